"""`reverse`, `resolve`, and the URL configuration and script prefix of the request at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

from nuages.conf import settings
from nuages.http.querydict import QueryDict
from nuages.urls.exceptions import NoReverseMatch, Resolver404
from nuages.urls.match import ResolverMatch
from nuages.urls.resolvers import URLResolver, forget_resolvers, get_resolver, resolver_of
from nuages.urls.utils import get_callable
from nuages.urls.writing import LASTING, Writer, no_path
from nuages.utils.functional import lazy
from nuages.utils.memo import worked_out_from
from nuages.utils.translation import override

# Of the request at hand, whichever lane it runs in.
_prefix: ContextVar[str] = ContextVar("nuages_script_prefix", default="/")
_urlconf: ContextVar[Any] = ContextVar("nuages_urlconf", default=None)


def resolve(path: str, urlconf: Any = None) -> ResolverMatch:
    """Return the view that a path leads to, or raise `Resolver404`.

    >>> resolve("/articles/2003/").url_name  # doctest: +SKIP
    'articles-year'
    """
    return get_resolver(get_urlconf() if urlconf is None else urlconf).resolve(path)


def reverse(
    viewname: Any,
    urlconf: Any = None,
    args: Sequence[Any] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    current_app: str | None = None,
    *,
    query: Any = None,
    fragment: str | None = None,
) -> str:
    """Return the path of a view, by its name or by itself, or raise `NoReverseMatch`.

    >>> reverse("admin:index", query={"page": 2}, fragment="results")  # doctest: +SKIP
    '/admin/?page=2#results'
    """
    if args and kwargs:
        raise ValueError("Don't mix *args and **kwargs in call to reverse()!")
    names = get_resolver(_urlconf.get() if urlconf is None else urlconf).names
    url = names.reverse(viewname, _prefix.get(), tuple(args) if args else (), kwargs or {}, current_app)
    if query is not None:
        encoded = query.urlencode() if isinstance(query, QueryDict) else urlencode(query, doseq=True)
        if encoded:
            url += f"?{encoded}"
    if fragment is not None:
        if not isinstance(fragment, str):
            raise TypeError(f"fragment must be a string, not {type(fragment).__name__}.")
        url += f"#{fragment}"
    return url


@worked_out_from("ROOT_URLCONF")
def _site_resolver() -> URLResolver:
    """The resolver of the site's own URL configuration."""
    return resolver_of(settings.ROOT_URLCONF)


# Of the values that a page writes paths for, the next page has many too.
_REMEMBERED_AT_MOST = 1024


def paths_of(
    viewname: str, keywords: tuple[str, ...], count: int, finish: Callable[[str], str] | None = None
) -> Callable[..., str]:
    """Return a quick `reverse` for one view and so many arguments, which are `keywords` or go by their places.

    It takes the current application and the arguments, and gives what `finish` makes of the path. What it knows holds
    for a URL configuration, a script prefix and an application, those of the call before.
    """
    known: tuple[Any, Any, Any, Writer, dict[Any, str]] = None, None, None, no_path, {}

    def path(current_app: str | None, *values: Any) -> str:
        nonlocal known
        urlconf, prefix = _urlconf.get(), _prefix.get()
        resolver = _site_resolver() if urlconf is None else resolver_of(urlconf)
        of_resolver, of_prefix, of_app, write, texts = known
        if resolver is not of_resolver or prefix != of_prefix or current_app != of_app:
            write, texts = resolver.names.writer(viewname, prefix, keywords, count, current_app), {}
            known = resolver, prefix, current_app, write, texts
        written = write(*values)
        if written is None:
            args, kwargs = ((), dict(zip(keywords, values))) if keywords else (values, {})
            written = resolver.names.reverse(viewname, prefix, args, kwargs, current_app)
            return written if finish is None else finish(written)
        text = written if finish is None else finish(written)
        if count == 1 and getattr(write, "lasts", False) and type(values[0]) in LASTING:
            if len(texts) >= _REMEMBERED_AT_MOST:
                texts.clear()
            texts[values[0]] = text
        return text

    def path_with_one(current_app: str | None, value: Any) -> str:
        urlconf = _urlconf.get()
        resolver, prefix, app, _, texts = known
        if (
            resolver is (_site_resolver() if urlconf is None else resolver_of(urlconf))
            and prefix == _prefix.get()
            and app == current_app
            and type(value) in LASTING
        ):
            text = texts.get(value)
            if text is not None:
                return text
        return path(current_app, value)

    return path_with_one if count == 1 else path


reverse_lazy = lazy(reverse, str)


def clear_url_caches() -> None:
    """Forget all that was worked out from URL configurations."""
    get_callable.cache_clear()
    forget_resolvers()
    _site_resolver.cache_clear()  # type: ignore[attr-defined]


def set_script_prefix(prefix: str) -> None:
    """Set where the site is mounted on its server, for the request at hand."""
    if not prefix.endswith("/"):
        prefix += "/"
    # Looking costs less than setting, and is the end of it for nearly all sites.
    if _prefix.get() != prefix:
        _prefix.set(prefix)


def get_script_prefix() -> str:
    """Return where the site is mounted on its server; ends with a slash."""
    return _prefix.get()


def clear_script_prefix() -> None:
    """Go back to the root of the server."""
    _prefix.set("/")


def set_urlconf(urlconf_name: Any) -> None:
    """Set the URL configuration for the request at hand; None for the site's own."""
    urlconf = urlconf_name or None
    if _urlconf.get() is not urlconf:
        _urlconf.set(urlconf)


def get_urlconf(default: Any = None) -> Any:
    """Return the URL configuration that was set for the request at hand."""
    urlconf = _urlconf.get()
    return default if urlconf is None else urlconf


def is_valid_path(path: str, urlconf: Any = None) -> ResolverMatch | bool:
    """Return the match of a path, False where there is none."""
    try:
        return resolve(path, urlconf)
    except Resolver404:
        return False


def translate_url(url: str, lang_code: str) -> str:
    """Return the URL of the same page in another language; the same URL where there is none."""
    parsed = urlsplit(url)
    try:
        match = resolve(unquote(parsed.path))
    except Resolver404:
        return url
    name = f"{match.namespace}:{match.url_name}" if match.namespace else match.url_name
    with override(lang_code):
        try:
            path = reverse(name, args=match.args, kwargs=match.captured_kwargs)
        except NoReverseMatch:
            return url
    return urlunsplit(parsed._replace(path=path))
