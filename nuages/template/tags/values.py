"""Tags that work a value out and put it out or keep it: `firstof`, `now`, `regroup`, `url`, `widthratio` ..."""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from nuages.conf import settings
from nuages.template.compiler.runtime import helper
from nuages.template.compiler.scope import Bound, Layer
from nuages.template.context import Context
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.library import Parameters
from nuages.template.nodes import Node
from nuages.template.tags import register
from nuages.template.tokens import VARIABLE_ATTRIBUTE_SEPARATOR, Token
from nuages.template.variables import FilterExpression
from nuages.utils import timezone
from nuages.utils.html import conditional_escape
from nuages.utils.html.escaping import escape_text
from nuages.utils.lorem_ipsum import paragraphs, words

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser


class AsNode(Node):
    """A tag whose result can be kept in a variable with `as`."""

    child_nodelists = ()
    asvar: str | None = None

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variable named with `as`."""
        return (self.asvar,) if self.asvar else ()

    def finish(self, code: Emitter, result: ast.expr) -> None:
        """Keep text, or put it out as it is."""
        if self.asvar:
            code.set(self.asvar, result)
        else:
            code.put(result)


class FirstOfNode(AsNode):
    """The first of several values that is true."""

    def __init__(self, variables: list[FilterExpression], asvar: str | None = None) -> None:
        self.vars = variables
        self.asvar = asvar

    def emit(self, code: Emitter) -> None:
        result = code.const("")
        for expression in reversed(self.vars):
            value = code.temporary("value")
            shown = code.call(f"show{code.presenter()}", code.local(value))
            result = code.either(
                code.named(value, code.value(expression, ignore_failures=True)), shown, result
            )
        if self.asvar is not None and code.switches.autoescape:
            # Escaped already.
            result = code.call("safe", result)
        self.finish(code, result)


@register.tag
def firstof(parser: Parser, token: Token) -> FirstOfNode:
    """Put out the first argument that is not false."""
    given = token.split_contents()[1:]
    if not given:
        raise TemplateSyntaxError("'firstof' statement requires at least one argument")
    asvar = None
    if len(given) >= 2 and given[-2] == "as":
        asvar = given[-1]
        given = given[:-2]
    return FirstOfNode([parser.compile_filter(word) for word in given], asvar)


class NowNode(AsNode):
    """The current date and time."""

    def __init__(self, format_string: str, asvar: str | None = None) -> None:
        self.format_string = format_string
        self.asvar = asvar

    def emit(self, code: Emitter) -> None:
        self.finish(code, code.call("current_time", code.const(self.format_string)))


@helper
def current_time(format_string: str) -> str:
    """Now, in the current time zone, in a format."""
    # defaultfilters makes this module's library complete, so it is there only when templates run.
    from nuages.template.defaultfilters import date

    zone = timezone.get_current_timezone() if settings.USE_TZ else None
    return date(datetime.datetime.now(tz=zone), format_string)  # type: ignore[no-any-return]


@register.tag
def now(parser: Parser, token: Token) -> NowNode:
    """Put out the date, formatted: `{% now "Y" %}`."""
    given = token.split_contents()
    asvar = None
    if len(given) == 4 and given[-2] == "as":
        asvar = given[-1]
        given = given[:-2]
    if len(given) != 2:
        raise TemplateSyntaxError("'now' statement takes one argument")
    return NowNode(given[1][1:-1], asvar)


class GroupedResult(NamedTuple):
    """A group of `{% regroup %}`."""

    grouper: Any
    list: list[Any]  # type: ignore[valid-type]


class RegroupNode(Node):
    """Neighbouring items of a list, grouped by what they have in common."""

    child_nodelists = ()

    def __init__(self, target: FilterExpression, expression: FilterExpression, var_name: str) -> None:
        self.target = target
        self.expression = expression
        self.var_name = var_name

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variable that holds the groups."""
        return (self.var_name,)

    def emit(self, code: Emitter) -> None:
        target = code.value(self.target, ignore_failures=True)
        if code.live:
            key = code.call(
                "group_key",
                code.local("context"),
                code.const(self.var_name),
                code.constant(self.expression, "by"),
            )
        else:
            item = code.temporary("item")
            with code.within(Layer(names={self.var_name: Bound(item)})):
                key = code.function_of(item, code.value(self.expression, ignore_failures=True))
        code.set(self.var_name, code.call("grouped", target, key))


@helper
def grouped(items: Iterable[Any] | None, key: Callable[[Any], Any]) -> list[GroupedResult]:
    """Items in groups, in the order they come."""
    return [GroupedResult(by, list(group)) for by, group in groupby(items, key)] if items is not None else []


@helper
def group_key(context: Context, name: str, expression: FilterExpression) -> Callable[[Any], Any]:
    """The key of an item, worked out on a live context."""

    def key(item: Any) -> Any:
        context[name] = item
        return expression.resolve(context, ignore_failures=True)

    return key


@register.tag
def regroup(parser: Parser, token: Token) -> RegroupNode:
    """Group a list by a common property: `{% regroup cities by country as country_list %}`."""
    given = token.split_contents()
    if len(given) != 6:
        raise TemplateSyntaxError("'regroup' tag takes five arguments")
    if given[2] != "by":
        raise TemplateSyntaxError("second argument to 'regroup' tag must be 'by'")
    if given[4] != "as":
        raise TemplateSyntaxError("next-to-last argument to 'regroup' tag must be 'as'")
    name = given[5]
    target = parser.compile_filter(given[1])
    return RegroupNode(target, parser.compile_filter(f"{name}{VARIABLE_ATTRIBUTE_SEPARATOR}{given[3]}"), name)


class URLNode(AsNode):
    """The URL of a view."""

    def __init__(
        self,
        view_name: FilterExpression,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
        asvar: str | None,
    ) -> None:
        self.view_name = view_name
        self.args = args
        self.kwargs = kwargs
        self.asvar = asvar

    def __repr__(self) -> str:
        return (
            f"<{type(self).__qualname__} view_name='{self.view_name}' args={self.args!r} "
            f"kwargs={self.kwargs!r} as={self.asvar!r}>"
        )

    def emit(self, code: Emitter) -> None:
        escaped = not self.asvar and code.switches.autoescape
        if not self.view_name.is_var and not self.view_name.filters and not (self.args and self.kwargs):
            view = str.__str__(self.view_name.var)
            given = [*self.args, *self.kwargs.values()]
            write = url_writer(
                view, tuple(self.kwargs), len(given), quietly=bool(self.asvar), escaped=escaped
            )
            url = code.constant(write, "url")
            # Names without a namespace are the same in every application.
            if len(given) == 1 and not self.asvar and ":" not in view:
                code.put_written(url, given[0])
                return
            application = code.call("application", code.local("context")) if ":" in view else code.const(None)
            self.finish(code, code.call(url, application, *map(code.value, given)))
            return
        url = code.call(
            "url_of",
            code.local("context"),
            code.value(self.view_name),
            code.list_of(code.value(argument) for argument in self.args),
            code.dict_of({name: code.value(argument) for name, argument in self.kwargs.items()}),
            code.const(bool(self.asvar)),
        )
        self.finish(
            code, code.call(code.constant(conditional_escape, "conditional_escape"), url) if escaped else url
        )


_UNSET = object()


@helper
def url_of(context: Context, view_name: Any, args: list[Any], kwargs: dict[str, Any], quietly: bool) -> str:
    """Reverse a URL in the application of the current request."""
    urls = _urls()
    try:
        return urls.reverse(view_name, args=args, kwargs=kwargs, current_app=application(context))  # type: ignore[no-any-return]
    except urls.NoReverseMatch:
        if quietly:
            return ""
        raise


@helper
def application(context: Context) -> str | None:
    """The application namespace of the current request."""
    request = getattr(context, "request", None)
    if request is None:
        return None
    current_app: Any = getattr(request, "current_app", _UNSET)
    if current_app is _UNSET:
        current_app = getattr(getattr(request, "resolver_match", None), "namespace", None)
    return current_app  # type: ignore[no-any-return]


@lru_cache(maxsize=8192)
def url_writer(
    view: str, keywords: tuple[str, ...], count: int, *, quietly: bool, escaped: bool
) -> Callable[..., str]:
    """`url_of` for one view that the template names itself, in an application; gives an exact `str`."""
    urls = _urls()
    path: Callable[..., str] = urls.paths_of(view, keywords, count, escape_text if escaped else None)

    def quiet(current_app: str | None, *values: Any) -> str:
        try:
            return path(current_app, *values)
        except urls.NoReverseMatch:
            return ""

    url: Any = quiet if quietly else path
    url.made_from = ("url", view, keywords, count, quietly, escaped)
    return url


@cache
def _urls() -> Any:
    # Not before a template needs it: engines are made without URLs, too.
    from nuages.urls import base

    return base


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Put out the URL of a view: `{% url "book" book.pk %}`."""
    given = token.split_contents()
    if len(given) < 2:
        raise TemplateSyntaxError(f"{given[0]!r} takes at least one argument, a URL pattern name.")
    view_name = parser.compile_filter(given[1])
    rest = given[2:]
    asvar = None
    if len(rest) >= 2 and rest[-2] == "as":
        asvar = rest[-1]
        rest = rest[:-2]
    args: list[FilterExpression] = []
    kwargs: dict[str, FilterExpression] = {}
    for word in rest:
        name, equals, value = word.partition("=")
        if equals and name.isidentifier():
            kwargs[name] = parser.compile_filter(value)
        else:
            args.append(parser.compile_filter(word))
    return URLNode(view_name, args, kwargs, asvar)


class WidthRatioNode(AsNode):
    """A value scaled to a width."""

    def __init__(
        self,
        val_expr: FilterExpression,
        max_expr: FilterExpression,
        max_width: FilterExpression,
        asvar: str | None = None,
    ) -> None:
        self.val_expr = val_expr
        self.max_expr = max_expr
        self.max_width = max_width
        self.asvar = asvar

    def emit(self, code: Emitter) -> None:
        expressions = self.val_expr, self.max_expr, self.max_width
        if not any(expression.may_miss for expression in expressions):
            self.finish(code, self._ratio(code, expressions))
            return
        ratio = code.temporary("ratio")
        with code.block() as body:
            code.assign_local(ratio, self._ratio(code, expressions))
        with code.block() as handler:
            code.assign_local(ratio, code.const(""))
        code.try_except(body, "VariableDoesNotExist", handler)
        self.finish(code, code.local(ratio))

    @staticmethod
    def _ratio(code: Emitter, expressions: Iterable[FilterExpression]) -> ast.expr:
        return code.call("width_ratio", *map(code.value, expressions))


@helper
def width_ratio(value: Any, maximum: Any, width: Any) -> str:
    """`value / maximum * width`, rounded; nothing where that makes no sense."""
    try:
        width = int(width)
    except (ValueError, TypeError):
        raise TemplateSyntaxError("widthratio final argument must be a number") from None
    try:
        return str(round(float(value) / float(maximum) * width))
    except ZeroDivisionError:
        return "0"
    except (ValueError, TypeError, OverflowError):
        return ""


@register.tag
def widthratio(parser: Parser, token: Token) -> WidthRatioNode:
    """Scale a value for a bar: `{% widthratio this_value max_value max_width %}`."""
    given = token.split_contents()
    asvar = None
    if len(given) == 6:
        if given[4] != "as":
            raise TemplateSyntaxError("Invalid syntax in widthratio tag. Expecting 'as' keyword")
        asvar = given[5]
    elif len(given) != 4:
        raise TemplateSyntaxError("widthratio takes at least three arguments")
    value, maximum, width = (parser.compile_filter(word) for word in given[1:4])
    return WidthRatioNode(value, maximum, width, asvar)


class LoremNode(AsNode):
    """Text that means nothing."""

    def __init__(self, count: FilterExpression, method: str, common: bool) -> None:
        self.count = count
        self.method = method
        self.common = common

    def emit(self, code: Emitter) -> None:
        code.put(
            code.call("lorem_text", code.value(self.count), code.const(self.method), code.const(self.common))
        )


@helper
def lorem_text(count: Any, method: str, common: bool) -> str:
    """Words, paragraphs, or paragraphs in HTML."""
    try:
        number = int(count)
    except (ValueError, TypeError):
        number = 1
    if method == "w":
        return words(number, common=common)
    found = paragraphs(number, common=common)
    if method == "p":
        found = [f"<p>{paragraph}</p>" for paragraph in found]
    return "\n\n".join(found)


@register.tag
def lorem(parser: Parser, token: Token) -> LoremNode:
    """Put out filler text: `{% lorem 2 w random %}`."""
    given = token.split_contents()
    name = given[0]
    common = given[-1] != "random"
    if not common:
        given.pop()
    method = given.pop() if given[-1] in ("w", "p", "b") else "b"
    count = given.pop() if len(given) > 1 else "1"
    if len(given) != 1:
        raise TemplateSyntaxError(f"Incorrect format for {name!r} tag")
    return LoremNode(parser.compile_filter(count), method, common)


class QueryStringNode(AsNode):
    """A query string made of mappings and single values."""

    def __init__(
        self, args: list[FilterExpression], kwargs: dict[str, FilterExpression], asvar: str | None
    ) -> None:
        self.args = args
        self.kwargs = kwargs
        self.asvar = asvar

    def emit(self, code: Emitter) -> None:
        text = code.call(
            "query_string",
            code.local("context"),
            code.list_of(code.value(argument) for argument in self.args),
            code.dict_of({name: code.value(argument) for name, argument in self.kwargs.items()}),
        )
        if not self.asvar and code.switches.autoescape:
            text = code.call(code.constant(conditional_escape, "conditional_escape"), text)
        self.finish(code, text)


@helper
def query_string(context: Any, mappings: list[Any], changes: dict[str, Any]) -> str:
    """The mappings (or the request's parameters) as a query string, with changes; None removes."""
    from nuages.http import QueryDict

    params = QueryDict(mutable=True)
    for mapping in [*(mappings or [context.request.GET]), changes]:
        if not isinstance(mapping, Mapping):
            raise TemplateSyntaxError(
                f"querystring requires mappings for positional arguments (got {mapping!r} instead)."
            )
        lists = mapping.lists() if isinstance(mapping, QueryDict) else mapping.items()
        for key, value in lists:
            if not isinstance(key, str):
                raise TemplateSyntaxError(
                    f"querystring requires strings for mapping keys (got {key!r} instead)."
                )
            _put_parameter(params, key, value)
    return f"?{params.urlencode()}"


def _put_parameter(params: Any, key: str, value: Any) -> None:
    several = isinstance(value, Iterable) and not isinstance(value, str)
    values = [one for one in value if one is not None] if several else [] if value is None else [value]
    if values:
        params.setlist(key, values)
    else:
        params.pop(key, None)


_QUERYSTRING = Parameters(lambda context, *args, **kwargs: "", "querystring", takes_context=True)


@register.tag
def querystring(parser: Parser, token: Token) -> QueryStringNode:
    """Put out the current query string with changes: `{% querystring page=3 sort=None %}`."""
    given = token.split_contents()[1:]
    asvar = None
    if len(given) >= 2 and given[-2] == "as":
        asvar = given[-1]
        given = given[:-2]
    return QueryStringNode(*_QUERYSTRING.parse(parser, given), asvar)
