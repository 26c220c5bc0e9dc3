"""`{% load cache %}`: parts of a page kept in the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.template import Library, Node, NodeList, TemplateSyntaxError
from nuages.template.compiler.runtime import helper
from nuages.template.lookup import Missing

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser
    from nuages.template.tokens import Token
    from nuages.template.variables import FilterExpression

register = Library()


class CacheNode(Node):
    """What it holds, rendered when the cache does not have it."""

    def __init__(
        self,
        nodelist: NodeList,
        expire_time_var: FilterExpression,
        fragment_name: str,
        vary_on: list[FilterExpression],
        cache_name: FilterExpression | None,
    ) -> None:
        self.nodelist = nodelist
        self.expire_time_var = expire_time_var
        self.fragment_name = fragment_name
        self.vary_on = vary_on
        self.cache_name = cache_name

    def emit(self, code: Emitter) -> None:
        fragment, kept = code.temporary("fragment"), code.temporary("kept")
        expiry = self.expire_time_var
        timeout = code.variable(expiry.var) if expiry.is_var and not expiry.filters else code.value(expiry)
        named = code.const(None) if self.cache_name is None else code.value(self.cache_name)
        vary_on = code.list_of(code.value(expression) for expression in self.vary_on)
        code.assign_local(
            fragment,
            code.call(
                "cached_fragment",
                code.const(self.fragment_name),
                vary_on,
                timeout,
                code.const(str(expiry)),
                named,
            ),
        )
        code.assign_local(kept, code.attribute(code.local(fragment), "text"))
        with code.block() as rendering:
            with code.capture("content") as content:
                code.nodes(self.nodelist)
            code.assign_local(kept, content)
            code.do(code.call(code.attribute(code.local(fragment), "keep"), code.local(kept)))
        code.if_(code.is_none(code.local(kept)), rendering)
        code.put(code.local(kept))


class Fragment:
    """A part of a page in a cache."""

    def __init__(self, cache: Any, key: str, timeout: int | None) -> None:
        self.cache = cache
        self.key = key
        self.timeout = timeout
        self.text: str | None = cache.get(key)

    def keep(self, text: str) -> None:
        """Put the rendered text in the cache."""
        self.cache.set(self.key, text, self.timeout)


@helper
def cached_fragment(name: str, vary_on: list[Any], timeout: Any, written: str, cache_name: Any) -> Fragment:
    """A part of a page looked up in its cache. A timeout of None keeps it for good."""
    if type(timeout) is Missing:
        raise TemplateSyntaxError(f'"cache" tag got an unknown variable: {written!r}')
    if timeout is not None:
        try:
            timeout = int(timeout)
        except (ValueError, TypeError):
            raise TemplateSyntaxError(f'"cache" tag got a non-integer timeout value: {timeout!r}') from None
    from nuages.core.cache.utils import make_template_fragment_key

    return Fragment(_cache(cache_name), make_template_fragment_key(name, vary_on), timeout)


def _cache(name: Any) -> Any:
    # Caches are loaded with the first fragment, not with the library: most templates have none.
    from nuages.core.cache import InvalidCacheBackendError, caches

    if name is not None:
        try:
            return caches[name]
        except InvalidCacheBackendError:
            raise TemplateSyntaxError(f"Invalid cache name specified for cache tag: {name!r}") from None
    try:
        return caches["template_fragments"]
    except InvalidCacheBackendError:
        return caches["default"]


@register.tag("cache")
def do_cache(parser: Parser, token: Token) -> CacheNode:
    """Keep a part in the cache: `{% cache 500 sidebar request.user.username %}`."""
    nodelist = parser.parse(("endcache",))
    parser.delete_first_token()
    words = token.split_contents()
    if len(words) < 3:
        raise TemplateSyntaxError(f"'{words[0]}' tag requires at least 2 arguments.")
    cache_name = None
    if len(words) > 3 and words[-1].startswith("using="):
        cache_name = parser.compile_filter(words.pop()[len("using=") :])
    return CacheNode(
        nodelist,
        parser.compile_filter(words[1]),
        words[2],
        [parser.compile_filter(word) for word in words[3:]],
        cache_name,
    )


__all__ = ["CacheNode", "register"]
