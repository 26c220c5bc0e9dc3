"""Libraries of tags and filters, and the short ways to write them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar, overload

from nuages.compat import resolved
from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.nodes import Node, NodeList
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression
from nuages.utils.html import conditional_escape

if TYPE_CHECKING:
    from nuages.template.compiler.emitter import Emitter
    from nuages.template.parser import Parser

F = TypeVar("F", bound=Callable[..., Any])

#: `name=value`, as tags of others take it apart too: the name, if there is one, and the value.
kwarg_re = re.compile(r"(?:(\w+)=)?(.+)", re.DOTALL)


class InvalidTemplateLibrary(Exception):
    """A module of tags cannot be imported or has no `register`."""


class Library:
    """Tags and filters under the names templates use. A module of them has one, called `register`."""

    def __init__(self) -> None:
        self.filters: dict[str, Callable[..., Any]] = {}
        self.tags: dict[str, Callable[..., Any]] = {}

    @overload
    def tag(self, name: F) -> F: ...
    @overload
    def tag(self, name: str, compile_function: F) -> F: ...
    @overload
    def tag(self, name: str | None = None) -> Callable[[F], F]: ...
    def tag(self, name: Any = None, compile_function: Callable[..., Any] | None = None) -> Any:
        """Register a function that makes a node from `(parser, token)`; also as a decorator."""
        if compile_function is not None:
            if name is None:
                raise ValueError(f"Unsupported arguments to Library.tag: ({name!r}, {compile_function!r})")
            self.tags[name] = compile_function
            return compile_function
        if callable(name):
            return self.tag_function(name)
        if name is None:
            return self.tag_function

        def register_as(function: Callable[..., Any]) -> Callable[..., Any]:
            self.tags[name] = function
            return function

        return register_as

    def tag_function(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Register a tag under its function's name."""
        self.tags[func.__name__] = func
        return func

    @overload
    def filter(self, name: F, **flags: bool) -> F: ...
    @overload
    def filter(self, name: str, filter_func: F, **flags: bool) -> F: ...
    @overload
    def filter(self, name: str | None = None, **flags: bool) -> Callable[[F], F]: ...
    def filter(self, name: Any = None, filter_func: Any = None, **flags: Any) -> Any:
        """Register a filter; also as a decorator.

        `is_safe`, `needs_autoescape` and `expects_localtime` say how templates are to treat it.
        """
        if filter_func is not None:
            if name is None:
                raise ValueError(f"Unsupported arguments to Library.filter: ({name!r}, {filter_func!r})")
            return self._add_filter(name, filter_func, flags)
        if callable(name):
            return self._add_filter(_name_of(name), name, flags)

        def register_as(function: Callable[..., Any]) -> Callable[..., Any]:
            return self._add_filter(_name_of(function) if name is None else name, function, flags)

        return register_as

    def filter_function(self, func: Callable[..., Any], **flags: Any) -> Any:
        """Register a filter under its function's name."""
        return self.filter(_name_of(func), func, **flags)

    def _add_filter(
        self, name: str, function: Callable[..., Any], flags: dict[str, Any]
    ) -> Callable[..., Any]:
        self.filters[name] = function
        innermost = inspect.unwrap(function)
        for flag in ("expects_localtime", "is_safe", "needs_autoescape"):
            if flag in flags:
                setattr(function, flag, flags[flag])
                # A decorator in between looks at the function it was given.
                setattr(innermost, flag, flags[flag])
        function._filter_name = name  # type: ignore[attr-defined]
        return function

    @overload
    def simple_tag(self, func: F, takes_context: bool | None = None, name: str | None = None) -> F: ...
    @overload
    def simple_tag(
        self, func: None = None, takes_context: bool | None = None, name: str | None = None
    ) -> Callable[[F], F]: ...
    def simple_tag(self, func: Any = None, takes_context: bool | None = None, name: str | None = None) -> Any:
        """Register a function whose result is put out, or kept with `as name`."""

        def make(function: Callable[..., Any]) -> Callable[..., Any]:
            called = name or _name_of(function)
            wanted = Parameters(function, called, bool(takes_context))

            @wraps(function)
            def compile_func(parser: Parser, token: Token) -> SimpleNode:
                words, target_var = _without_target(token.split_contents()[1:])
                args, kwargs = wanted.parse(parser, words)
                return SimpleNode(function, takes_context, args, kwargs, target_var)

            self.tag(called, _reading_as_ours(compile_func))
            return function

        if func is None:
            return make
        if not callable(func):
            raise ValueError("Invalid arguments provided to simple_tag")
        return make(func)

    @overload
    def simple_block_tag(
        self,
        func: F,
        takes_context: bool | None = None,
        name: str | None = None,
        end_name: str | None = None,
    ) -> F: ...
    @overload
    def simple_block_tag(
        self,
        func: None = None,
        takes_context: bool | None = None,
        name: str | None = None,
        end_name: str | None = None,
    ) -> Callable[[F], F]: ...
    def simple_block_tag(
        self,
        func: Any = None,
        takes_context: bool | None = None,
        name: str | None = None,
        end_name: str | None = None,
    ) -> Any:
        """Register a function that is given the output of what stands between its tag and the end tag."""

        def make(function: Callable[..., Any]) -> Callable[..., Any]:
            called = name or _name_of(function)
            end = end_name or f"end{called}"
            wanted = Parameters(function, called, bool(takes_context), takes_content=True)

            @wraps(function)
            def compile_func(parser: Parser, token: Token) -> SimpleBlockNode:
                words, target_var = _without_target(token.split_contents()[1:])
                nodelist = parser.parse((end,))
                parser.delete_first_token()
                args, kwargs = wanted.parse(parser, words)
                return SimpleBlockNode(nodelist, function, takes_context, args, kwargs, target_var)

            self.tag(called, _reading_as_ours(compile_func))
            return function

        if func is None:
            return make
        if not callable(func):
            raise ValueError("Invalid arguments provided to simple_block_tag")
        return make(func)

    def inclusion_tag(
        self,
        filename: Any,
        func: Callable[..., Any] | None = None,
        takes_context: bool | None = None,
        name: str | None = None,
    ) -> Callable[[F], F]:
        """Register a function whose result is the context another template is rendered with."""

        def make(function: Callable[..., Any]) -> Callable[..., Any]:
            called = name or _name_of(function)
            wanted = Parameters(function, called, bool(takes_context))

            @wraps(function)
            def compile_func(parser: Parser, token: Token) -> InclusionNode:
                args, kwargs = wanted.parse(parser, token.split_contents()[1:])
                return InclusionNode(function, takes_context, args, kwargs, filename)

            self.tag(called, _reading_as_ours(compile_func))
            return function

        made: Any = make if func is None else make(func)
        return made


def _reading_as_ours(compile_func: F) -> F:
    """Mark a tag whose words are read here, whoever wrote the function that it calls."""
    compile_func.reads_as_ours = True  # type: ignore[attr-defined]
    return compile_func


def _name_of(function: Callable[..., Any]) -> str:
    return inspect.unwrap(function).__name__


def _without_target(words: list[str]) -> tuple[list[str], str | None]:
    """A tag's words without a closing `as name`."""
    if len(words) >= 2 and words[-2] == "as":
        return words[:-2], words[-1]
    return words, None


class Parameters:
    """What a function behind a tag may be given, checked when a template is parsed."""

    def __init__(
        self, function: Callable[..., Any], name: str, takes_context: bool, takes_content: bool = False
    ) -> None:
        self.name = name
        positional: list[str] = []
        self.keyword_only: list[str] = []
        self.optional: set[str] = set()
        self.varargs = self.varkw = False
        for parameter in _signature(function).parameters.values():
            match parameter.kind:
                case parameter.VAR_POSITIONAL:
                    self.varargs = True
                    continue
                case parameter.VAR_KEYWORD:
                    self.varkw = True
                    continue
                case parameter.KEYWORD_ONLY:
                    self.keyword_only.append(parameter.name)
                case _:
                    positional.append(parameter.name)
            if parameter.default is not parameter.empty:
                self.optional.add(parameter.name)
        given = self._given(positional, takes_context, takes_content)
        self.positional = positional[given:]

    def _given(self, names: list[str], takes_context: bool, takes_content: bool) -> int:
        """How many leading parameters the tag itself fills."""
        wanted = ["context"] * takes_context + ["content"] * takes_content
        if names[: len(wanted)] == wanted:
            return len(wanted)
        if takes_context and takes_content:
            raise TemplateSyntaxError(
                f"'{self.name}' is decorated with takes_context=True so it must have a first argument of 'context' "
                "and a second argument of 'content'"
            )
        if takes_context:
            raise TemplateSyntaxError(
                f"'{self.name}' is decorated with takes_context=True so it must have a first argument of 'context'"
            )
        raise TemplateSyntaxError(f"'{self.name}' must have a first argument of 'content'")

    def parse(
        self, parser: Parser, words: Sequence[str]
    ) -> tuple[list[FilterExpression], dict[str, FilterExpression]]:
        """The expressions of a tag's words, sorted into arguments and keyword arguments."""
        args: list[FilterExpression] = []
        kwargs: dict[str, FilterExpression] = {}
        for word in words:
            keyword = token_kwargs([word], parser)
            if keyword:
                ((key, value),) = keyword.items()
                self._check_keyword(key, kwargs)
                kwargs[key] = value
                continue
            if kwargs:
                raise TemplateSyntaxError(
                    f"'{self.name}' received some positional argument(s) after some keyword argument(s)"
                )
            if len(args) >= len(self.positional) and not self.varargs:
                raise TemplateSyntaxError(f"'{self.name}' received too many positional arguments")
            args.append(parser.compile_filter(word))
        taken = set(self.positional[: len(args)])
        for key in kwargs:
            if key in taken:
                raise TemplateSyntaxError(
                    f"'{self.name}' received multiple values for keyword argument '{key}'"
                )
        missing = [
            name
            for name in (*self.positional[len(args) :], *self.keyword_only)
            if name not in kwargs and name not in self.optional
        ]
        if missing:
            names = ", ".join(f"'{name}'" for name in missing)
            raise TemplateSyntaxError(f"'{self.name}' did not receive value(s) for the argument(s): {names}")
        return args, kwargs

    def _check_keyword(self, key: str, kwargs: dict[str, Any]) -> None:
        if key not in self.positional and key not in self.keyword_only and not self.varkw:
            raise TemplateSyntaxError(f"'{self.name}' received unexpected keyword argument '{key}'")
        if key in kwargs:
            raise TemplateSyntaxError(f"'{self.name}' received multiple values for keyword argument '{key}'")


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(inspect.unwrap(function))


class TagHelperNode(Node):
    """A tag made of a function: its arguments are worked out, then it is called."""

    child_nodelists: tuple[str, ...] = ()

    def __init__(
        self,
        func: Callable[..., Any],
        takes_context: bool | None,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
    ) -> None:
        self.func = func
        self.takes_context = takes_context
        self.args = args
        self.kwargs = kwargs

    @property
    def needs_context(self) -> bool:  # type: ignore[override]
        """Whether the function is given the Context."""
        return bool(self.takes_context)

    def get_resolved_arguments(self, context: Any) -> tuple[list[Any], dict[str, Any]]:
        """The values to call the function with."""
        args = [argument.resolve(context) for argument in self.args]
        if self.takes_context:
            args.insert(0, context)
        return args, {name: argument.resolve(context) for name, argument in self.kwargs.items()}

    def called(self, code: Emitter, *first: Any) -> Any:
        """The call of the function, whichever colour it has."""
        given = [code.local("context")] if self.takes_context else []
        given += [*first, *(code.value(argument) for argument in self.args)]
        named = {name: code.value(argument) for name, argument in self.kwargs.items()}
        return code.call("awaited", code.call_with(code.constant(self.func, "tag"), given, named))


class SimpleNode(TagHelperNode):
    """`simple_tag`."""

    def __init__(
        self,
        func: Callable[..., Any],
        takes_context: bool | None,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
        target_var: str | None,
    ) -> None:
        super().__init__(func, takes_context, args, kwargs)
        self.target_var = target_var

    @property
    def binds(self) -> tuple[str, ...]:  # type: ignore[override]
        """The variable named with `as`."""
        return () if self.target_var is None else (self.target_var,)

    def put_result(self, code: Emitter, result: Any) -> None:
        """Keep the function's result, or put it out."""
        if self.target_var is not None:
            code.set(self.target_var, result)
        elif code.switches.autoescape:
            code.put(code.call(code.constant(conditional_escape, "conditional_escape"), result))
        else:
            code.put(code.call("str", result))

    def emit(self, code: Emitter) -> None:
        self.put_result(code, self.called(code))


class SimpleBlockNode(SimpleNode):
    """`simple_block_tag`."""

    child_nodelists: tuple[str, ...] = ("nodelist",)

    def __init__(
        self,
        nodelist: NodeList,
        func: Callable[..., Any],
        takes_context: bool | None,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
        target_var: str | None,
    ) -> None:
        super().__init__(func, takes_context, args, kwargs, target_var)
        self.nodelist = nodelist

    def get_resolved_arguments(self, context: Any) -> tuple[list[Any], dict[str, Any]]:
        """The values to call the function with, the content among them."""
        args, kwargs = super().get_resolved_arguments(context)
        args.insert(1 if self.takes_context else 0, self.nodelist.render(context))
        return args, kwargs

    def emit(self, code: Emitter) -> None:
        with code.capture("content") as content:
            code.nodes(self.nodelist)
        self.put_result(code, self.called(code, code.call("safe", content)))


class InclusionNode(TagHelperNode):
    """`inclusion_tag`."""

    def __init__(
        self,
        func: Callable[..., Any],
        takes_context: bool | None,
        args: list[FilterExpression],
        kwargs: dict[str, FilterExpression],
        filename: Any,
    ) -> None:
        super().__init__(func, takes_context, args, kwargs)
        self.filename = filename

    def find_template(self, context: Any) -> Any:
        """The template to render; loaded once per rendering."""
        loaded = context.render_context
        template = loaded.get(self)
        if template is None:
            template = loaded[self] = self._load(context.template.engine)
        return template

    def _load(self, engine: Any) -> Any:
        wanted = self.filename
        if callable(getattr(wanted, "render", None)):
            return getattr(wanted, "template", wanted)
        if not isinstance(wanted, str):
            try:
                return engine.select_template(list(wanted))
            except TypeError:
                pass
        return engine.get_template(wanted)

    def emit(self, code: Emitter) -> None:
        code.put(
            code.call(
                "include_tag",
                code.local("context"),
                code.constant(self, "inclusion"),
                self.called(code),
                code.call("or_none", code.read("csrf_token")),
                code.switches_expression(),
            )
        )


def token_kwargs(
    bits: list[str], parser: Parser, support_legacy: bool = False
) -> dict[str, FilterExpression]:
    """Take `name=value` words (and, if allowed, `value as name and ...`) off the front of a tag's words."""
    found: dict[str, FilterExpression] = {}
    if not bits:
        return found
    keyword = kwarg_re.match(bits[0])
    if keyword is not None and keyword[1]:
        while bits:
            keyword = kwarg_re.match(bits[0])
            if keyword is None or not keyword[1]:
                break
            del bits[0]
            found[keyword[1]] = parser.compile_filter(keyword[2])
        return found
    while support_legacy and len(bits) >= 3 and bits[1] == "as":
        found[bits[2]] = parser.compile_filter(bits[0])
        del bits[:3]
        if not bits or bits[0] != "and":
            break
        del bits[0]
    return found


def import_library(name: str) -> Library:
    """The library of a module, imported."""
    try:
        module = import_module(resolved(name))
    except ImportError as error:
        raise InvalidTemplateLibrary(
            f"Invalid template library specified. ImportError raised when trying to load '{name}': {error}"
        ) from error
    try:
        return module.register  # type: ignore[no-any-return]
    except AttributeError as error:
        raise InvalidTemplateLibrary(f"Module {name} does not have a variable named 'register'") from error
