"""Variables and filter expressions: what stands between `{{` and `}}` and in the arguments of tags."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nuages.template.context import BaseContext
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.lookup import Missing, not_found, settle, step
from nuages.template.presentation import log_failure
from nuages.utils.deprecation import RemovedInDjango2028Warning
from nuages.utils.safestring import SafeData, SafeString, mark_safe
from nuages.utils.text import literal_text, unescape_string_literal
from nuages.utils.timezone import template_localtime
from nuages.utils.translation import gettext_lazy, pgettext_lazy

if TYPE_CHECKING:
    from nuages.template.parser import Parser

_DIGITS = r"\d(?:_?\d)*"
_WHOLE = re.compile(rf"[-+]?{_DIGITS}\Z")
_FRACTION = re.compile(rf"[-+]?(?:{_DIGITS}\.(?:{_DIGITS})?|\.?{_DIGITS})(?:[eE][-+]?{_DIGITS})?\Z")

# Filters and look-ups in a row: Python's compiler does not go much deeper, and nobody means it.
LINKS_AT_MOST = 500

_nowhere = object()


def number_of(text: str) -> int | float | None:
    """The number a literal stands for; None when it is no number (`2.` is looked up, as documented)."""
    if _WHOLE.match(text):
        return int(text)
    if _FRACTION.match(text) and not text.endswith("."):
        return float(text)
    return None


@lru_cache(maxsize=1024)
def _parts(var: str) -> tuple[str, ...]:
    """The names in `a.b.c`. Templates have many of them in common."""
    if var.startswith("_") or "._" in var:
        raise TemplateSyntaxError(f"Variables and attributes may not begin with underscores: '{var}'")
    for sign in "+-":
        if sign in var:
            raise TemplateSyntaxError(f"Invalid character ('{sign}') in variable name: '{var}'")
    parts = tuple(var.split("."))
    if len(parts) > LINKS_AT_MOST:
        raise TemplateSyntaxError(f"More than {LINKS_AT_MOST} look-ups in one expression")
    return parts


class Variable:
    """A variable, number or string literal.

    `Variable("article.section").resolve({"article": {"section": "News"}})` gives `"News"`.
    """

    __slots__ = ("literal", "lookups", "message_context", "translate", "var")

    def __init__(self, var: str) -> None:
        if not isinstance(var, str):
            raise TypeError(f"Variable must be a string or number, got {type(var)}")
        self.var = var
        self.literal: Any = None
        self.lookups: tuple[str, ...] | None = None
        self.translate = False
        self.message_context: str | None = None
        if var[:1].isalpha():
            self.lookups = _parts(var)
            return
        if var[:1] in "+-.0123456789":
            self.literal = number_of(var)
            if self.literal is not None:
                return
        if var.startswith("_(") and var.endswith(")"):
            self.translate = True
            var = var[2:-1]
        try:
            self.literal = mark_safe(unescape_string_literal(var))
        except ValueError:
            self.lookups = _parts(var)

    def __repr__(self) -> str:
        return f"<Variable: {self.var!r}>"

    def __str__(self) -> str:
        return self.var

    def find(self, context: Any) -> Any:
        """The value, or a `Missing` that says what was not there."""
        if self.lookups is None:
            value = self.literal
        else:
            first, *rest = self.lookups
            value = self._first(context, first)
            for bit in rest:
                value = step(bit)(value)
        return self.translated(value) if self.translate else value

    @staticmethod
    def _first(context: Any, name: str) -> Any:
        if isinstance(context, BaseContext):
            value = context.get(name, _nowhere)
            return Missing(name, context) if value is _nowhere else settle(value)
        return step(name)(context)

    def resolve(self, context: Any) -> Any:
        """The value in a context; raises VariableDoesNotExist when there is none."""
        value = self.find(context)
        if type(value) is Missing:
            log_failure(value, getattr(context, "template_name", None))
            if value.silent:
                return _string_if_invalid(context)
            raise not_found(value)
        return value

    def translated(self, value: Any) -> Any:
        """The translation of a value, for `_(...)`; lazy, so that it follows the language."""
        if type(value) is Missing:
            return value
        # Catalogues hold doubled percent signs, as every message might be a format.
        message = str(value).replace("%", "%%")
        if isinstance(value, SafeData):
            message = mark_safe(message)
        if self.message_context:
            return pgettext_lazy(self.message_context, message)
        return gettext_lazy(message)


def _string_if_invalid(context: Any) -> str:
    template = getattr(context, "template", None)
    engine = getattr(template, "engine", None)
    return getattr(engine, "string_if_invalid", "")


# The pieces of an expression. What may not stand in a name is found when the name is read, with a better word for it.
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\'\\]*(?:\\.[^\'\\]*)*\''
_CONSTANT = rf"(?P<constant>_\((?:{_STRING})\)|{_STRING})"
_NAME = r"(?P<name>[\w.+-]+)"
_HEAD = re.compile(rf"{_CONSTANT}|{_NAME}", re.DOTALL)
_FILTER = re.compile(rf"\s*\|\s*(?P<filter>\w+)(?::(?:{_CONSTANT}|{_NAME}))?", re.DOTALL)

# Without the white space before it: searching for that too would take quadratic time in a long row of spaces.
_FOLLOWING_FILTER = re.compile(r"\|\s*\w+")

Filter = Callable[..., Any]
Argument = tuple[bool, Any]


def _literal(text: str) -> Any:
    """The value of a string in quotes, which may stand in `_(...)`."""
    if text[0] == "_":
        return Variable(text).resolve({})
    # Nothing is lazy about it, so the text is at hand at once.
    return SafeString(literal_text(text))


class FilterExpression:
    """A variable or literal and the filters it goes through, as in `{{ name|default:"nobody"|upper }}`.

    `filters` holds `(function, arguments)` pairs; an argument is `(True, Variable)` or `(False, value)`.
    """

    __slots__ = ("filters", "is_var", "token", "var")

    def __init__(self, token: str, parser: Parser) -> None:
        self.token = token
        self.filters: list[tuple[Filter, list[Argument]]] = []
        if token.isidentifier() and token[0] != "_":
            # As most are.
            self.is_var = True
            self.var: Any = Variable(token)
            return
        head = _HEAD.match(token)
        if head is None:
            raise self._headless(token)
        self.is_var = head.lastgroup == "name"
        self.var = Variable(head[0]) if self.is_var else _literal(head[0])
        upto = head.end()
        while upto < len(token):
            piece = _FILTER.match(token, upto)
            if piece is None:
                following = _FOLLOWING_FILTER.search(token, upto)
                if following is None:
                    raise TemplateSyntaxError(
                        f"Could not parse the remainder: '{token[upto:]}' from '{token}'"
                    )
                start = upto + len(token[upto : following.start()].rstrip())
                raise self._unreadable(token, upto, start)
            self._add(piece, parser)
            upto = piece.end()

    @staticmethod
    def _headless(token: str) -> TemplateSyntaxError:
        following = _FOLLOWING_FILTER.search(token)
        if following is None:
            return TemplateSyntaxError(f"Could not parse the remainder: '{token}' from '{token}'")
        start = len(token[: following.start()].rstrip())
        if start == 0:
            return TemplateSyntaxError(f"Could not find variable at start of {token}.")
        return FilterExpression._unreadable(token, 0, start)

    @staticmethod
    def _unreadable(token: str, upto: int, start: int) -> TemplateSyntaxError:
        return TemplateSyntaxError(
            f"Could not parse some characters: {token[:upto]}|{token[upto:start]}|{token[start:]}"
        )

    def _add(self, piece: re.Match[str], parser: Parser) -> None:
        name, constant, variable = piece.group("filter", "constant", "name")
        function = parser.find_filter(name)
        arguments: list[Argument] = []
        if constant is not None:
            arguments.append((False, _literal(constant)))
        elif variable is not None:
            arguments.append((True, Variable(variable)))
        self.args_check(name, function, arguments)
        if len(self.filters) >= LINKS_AT_MOST:
            raise TemplateSyntaxError(f"More than {LINKS_AT_MOST} filters in one expression")
        self.filters.append((function, arguments))

    @staticmethod
    def args_check(name: str, func: Filter, provided: list[Any]) -> bool:
        """Refuse a filter used with more or fewer arguments than it takes."""
        fewest, most = _arity(inspect.unwrap(func))
        given = len(provided) + 1
        if not fewest <= given <= most:
            raise TemplateSyntaxError(f"{name} requires {fewest} arguments, {given} provided")
        return True

    def __str__(self) -> str:
        return self.token

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.token!r}>"

    @property
    def may_miss(self) -> bool:
        """Whether a filter has a variable for an argument, which must be there."""
        return any(
            looked_up and argument.lookups is not None
            for _, arguments in self.filters
            for looked_up, argument in arguments
        )

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """The value after all filters. A missing variable gives `string_if_invalid`, or None if told so."""
        value = self.var
        if self.is_var:
            value = value.find(context)
            if type(value) is Missing:
                log_failure(value, getattr(context, "template_name", None))
                invalid = _string_if_invalid(context)
                if value.silent or not ignore_failures:
                    if invalid and not value.silent:
                        return invalid % self.var if "%s" in invalid else invalid
                    value = invalid
                else:
                    value = None
        for function, arguments in self.filters:
            given = [
                argument.resolve(context) if looked_up else argument for looked_up, argument in arguments
            ]
            value = filtered(
                function, value, given, getattr(context, "autoescape", True), getattr(context, "use_tz", None)
            )
        return value


def filtered(function: Filter, value: Any, given: list[Any], autoescape: bool, use_tz: bool | None) -> Any:
    """Send a value through a filter the way its registration asks for."""
    if getattr(function, "expects_localtime", False):
        value = template_localtime(value, use_tz=use_tz)
    if getattr(function, "needs_autoescape", False):
        result = function(value, *given, autoescape=autoescape)
    else:
        result = function(value, *given)
    if getattr(function, "is_safe", False) and isinstance(value, SafeData):
        return mark_safe(result)
    return result


def _arity(function: Filter) -> tuple[int, int]:
    """How many positional arguments a function needs and takes."""
    code = getattr(function, "__code__", None)
    if code is not None and not inspect.ismethod(function):
        return code.co_argcount - len(function.__defaults__ or ()), code.co_argcount  # type: ignore[attr-defined]
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    positional = [one for one in inspect.signature(function).parameters.values() if one.kind in kinds]
    return sum(1 for one in positional if one.default is one.empty), len(positional)


def warn_of_double_dot(expression: FilterExpression, template_name: str, lineno: int | None) -> None:
    """`a..b` looks up the empty string; it will be an error."""
    lookups = expression.var.lookups if expression.is_var else None
    if lookups and "" in lookups[:-1]:
        warnings.warn(
            "Support for double-dot lookups '..' which maps to a lookup of the empty string is deprecated.\n"
            f"  Template: {template_name}\n  Line: {lineno}",
            RemovedInDjango2028Warning,
            stacklevel=2,
        )
