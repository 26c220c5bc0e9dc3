"""Looking at all templates of an engine without rendering them: errors, who uses whom, what they read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nuages.conf import settings
from nuages.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from nuages.template.lexer import Lexer
from nuages.template.library import InclusionNode
from nuages.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from nuages.template.nodes import Node, NodeList, TextNode
from nuages.template.origin import Origin
from nuages.template.parser import Parser
from nuages.template.presentation import Switches
from nuages.template.template import Template
from nuages.template.tokens import Token
from nuages.template.variables import FilterExpression
from nuages.utils.module_loading import import_string


@dataclass(slots=True)
class Problem:
    """Something wrong at a place in a template; `hint` says how it may be mended."""

    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    # A template is named that does not exist.
    missing: bool = False


@dataclass(slots=True)
class Finding:
    """What was found out about one template."""

    name: str
    path: str
    problems: list[Problem] = field(default_factory=list)
    extends: set[str] = field(default_factory=set)
    includes: set[str] = field(default_factory=set)
    reads: set[str] = field(default_factory=set)
    # Whether another template of the same name is found before this one.
    hidden: bool = False

    @property
    def uses(self) -> set[str]:
        """The templates that this one extends or includes, less the names of partials."""
        return {name.partition("#")[0] for name in self.extends | self.includes}


def survey(engine: Any, wanted: Callable[[Origin], bool] = lambda origin: True) -> list[Finding]:
    """Parse and compile every wanted template that the engine's loaders can list; errors in one do not end it."""
    seen: set[str] = set()
    findings: list[Finding] = []
    for loader in engine.template_loaders:
        for origin in filter(wanted, loader.list_sources()):
            finding = _look_at(engine, origin)
            finding.hidden = finding.name in seen
            seen.add(finding.name)
            findings.append(finding)
    return findings


def _look_at(engine: Any, origin: Origin) -> Finding:
    finding = Finding(str(origin.template_name), str(origin.name))
    try:
        source = origin.loader.get_contents(origin)
    except (OSError, UnicodeError) as error:
        finding.problems.append(Problem(f"{type(error).__name__}: {error}"))
        return finding
    try:
        template = Template(source, origin, origin.template_name, engine)
        units = [template.root, *(block.unit for block in template.nodelist.get_nodes_by_type(BlockNode))]
        units += [partial.root for partial in template.extra_data.get("partials", {}).values()]
        for unit in units:
            finding.reads |= unit.tree(Switches(engine.autoescape), engine.string_if_invalid)[1].reads
    except TemplateSyntaxError as error:
        errors, nodes = _gone_through(source, engine, origin)
        finding.problems += map(problem_of, errors or [error])
        _refer_all(engine, finding, nodes)
        return finding
    except Exception as error:
        finding.problems.append(problem_of(error))
        return finding
    finding.reads -= {"block", "forloop"}
    _refer_all(engine, finding, template.nodelist)
    return finding


def _refer_all(engine: Any, finding: Finding, nodes: NodeList) -> None:
    """Note the templates that nodes name."""
    for extends in nodes.get_nodes_by_type(ExtendsNode):
        _refer(engine, finding, extends, extends.parent_name, finding.extends)
    for include in nodes.get_nodes_by_type(IncludeNode):
        _refer(engine, finding, include, include.template, finding.includes)
    for tag in nodes.get_nodes_by_type(InclusionNode):
        if isinstance(tag.filename, str):
            finding.includes.add(tag.filename)


def _refer(engine: Any, finding: Finding, node: Node, expression: FilterExpression, names: set[str]) -> None:
    """Note the template that a tag names, where it does so with a literal, and whether it is there."""
    if expression.is_var or expression.filters:
        return
    wanted = str(expression.var)
    names.add(wanted)
    try:
        _found(engine, wanted)
    except TemplateDoesNotExist:
        message = f"There is no template {wanted!r}."
        line, column = (None, None) if node.token is None else _place(node.token)
        finding.problems.append(Problem(message, line, column, missing=True))
    except Exception:
        # Its own finding tells.
        return


def _found(engine: Any, name: str) -> Any:
    """The template of a name; that of a widget may be one that only the renderer of forms knows."""
    try:
        return engine.get_template(name)
    except TemplateDoesNotExist:
        return import_string(settings.FORM_RENDERER)().get_template(name)


def problem_of(error: Exception) -> Problem:
    """What an error says, and where."""
    token = getattr(error, "token", None)
    if isinstance(error, TemplateSyntaxError):
        message = error.message
    else:
        message = f"{type(error).__name__}: {error}"
    hints = [note for note in getattr(error, "__notes__", ()) if not note.startswith("In template ")]
    hint = " ".join(hints) or None
    return Problem(message, None, None, hint) if token is None else Problem(message, *_place(token), hint)


def _place(token: Token) -> tuple[int | None, int]:
    return token.lineno, token.column + 1


def all_errors(source: str, engine: Any, origin: Origin | None = None) -> list[Exception]:
    """Every error of a template's text, not only the first."""
    return _gone_through(source, engine, origin)[0]


def _gone_through(source: str, engine: Any, origin: Origin | None) -> tuple[list[Exception], NodeList]:
    """The errors of a template's text, and the nodes of what is right in it."""
    parser = _Collecting(
        Lexer(source).tokenize(), engine.template_libraries, engine.template_builtins, origin
    )
    nodes = NodeList()
    try:
        nodes = parser.parse()
    except TemplateSyntaxError as error:
        parser.errors.append(error)
    return parser.errors, nodes


class _Collecting(Parser):
    """A parser that keeps an error and goes on after the tag it is about."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.errors: list[Exception] = []
        # Tags that could not be made sense of: what ends them is not an error of its own.
        self._given_up: list[str] = []

    def _expression(self, token: Token) -> FilterExpression:
        try:
            return super()._expression(token)
        except TemplateSyntaxError as error:
            self.errors.append(error)
            return FilterExpression("None", self)

    def _tag(self, name: str, token: Token, ends: tuple[str, ...]) -> Any:
        if self._belongs_to_given_up(name):
            return TextNode("")
        depth = len(self.command_stack)
        try:
            return super()._tag(name, token, ends)
        except TemplateSyntaxError as error:
            self.errors.append(error)
            del self.command_stack[depth:]
            if not name.startswith("end"):
                self._given_up.append(name)
            return TextNode("")

    def _belongs_to_given_up(self, name: str) -> bool:
        if not self._given_up or not name.startswith("end"):
            return bool(self._given_up) and name in ("elif", "else", "empty", "plural")
        from difflib import get_close_matches  # Only errors need it.

        # The name may have been misspelt where the tag begins.
        begun = get_close_matches(name[3:], self._given_up, n=1)
        if begun:
            self._given_up.remove(begun[0])
        return bool(begun)
