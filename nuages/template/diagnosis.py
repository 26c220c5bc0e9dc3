"""Putting errors where they belong: at a line and column of a template.

The functions made of templates carry template positions, so the traceback of an error says which tag was being
rendered. `annotate` turns that into a note on the exception, and in debug mode into the `template_debug`
dictionary that the debug page shows.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, NamedTuple

from nuages.template.exceptions import TemplateSyntaxError
from nuages.template.tokens import Token

# Functions of templates in one another from which on they are to blame when Python has no stack left.
_DEEP = 50

# Lines shown before and after the marked one.
_AROUND = 10


class Place(NamedTuple):
    """Where in which template."""

    unit: Any
    lineno: int
    column: int
    width: int


def excerpt(
    exception: BaseException, source: str, name: str, start: int | None, end: int | None
) -> dict[str, Any]:
    """The documented dictionary: the lines around an error with the offending text marked."""
    start = start or 0
    end = end or 0
    lines = source.splitlines(keepends=True)
    if not source or source.endswith("\n"):
        lines.append("")
    ends: list[int] = []
    offset = 0
    for line in lines:
        offset += len(line)
        ends.append(offset)
    index = next((number for number, line_end in enumerate(ends) if end <= line_end), len(lines) - 1)
    line = lines[index]
    line_start = ends[index] - len(line)
    lineno = index + 1
    total = len(lines)
    top = max(0, lineno - _AROUND)
    bottom = min(total, lineno + _AROUND)
    message = getattr(exception, "message", None) or (str(exception.args[0]) if exception.args else "")
    try:
        shown = str(message) or "(Could not get exception message)"
    except Exception:
        shown = "(Could not get exception message)"
    return {
        "message": shown,
        "source_lines": [(number + 1, lines[number]) for number in range(top, bottom)],
        "before": source[line_start : max(start, line_start)],
        "during": source[start:end],
        "after": source[end : ends[index]],
        "top": top,
        "bottom": bottom,
        "total": total,
        "line": lineno,
        "name": name,
        "start": start,
        "end": end,
    }


def describe(error: BaseException, template: Any, token: Token | None) -> None:
    """Mark an error found while parsing."""
    if token is None or token.start is None or hasattr(error, "template_debug"):
        return
    if template.engine.debug:
        error.template_debug = template.get_exception_info(error, token)  # type: ignore[attr-defined]
    if not hasattr(error, "_nuages_place"):
        error._nuages_place = True  # type: ignore[attr-defined]
        text = template.source[token.start : token.end]
        error.add_note(_note(template.origin.name, token.lineno or 1, token.column, text))


def annotate(error: BaseException, context: Any, node: Any = None) -> None:
    """Mark an error raised while rendering with the innermost template tag it came through."""
    if hasattr(error, "template_debug") or hasattr(error, "_nuages_place"):
        return
    _lend_sources(error.__traceback__)
    place = _place(error.__traceback__)
    if place is not None:
        template = place.unit.origin_template
        name = place.unit.filename
        source = getattr(template, "source", None)
        lineno, column, width = place.lineno, place.column, place.width
    elif node is not None and getattr(node, "token", None) is not None:
        template = getattr(context, "template", None)
        source = getattr(template, "source", None)
        name = str(getattr(node.origin, "name", "<template>"))
        token = node.token
        lineno, column = token.lineno or 1, token.column
        width = (token.end - token.start) if token.start is not None and token.end is not None else 0
    else:
        return
    try:
        error._nuages_place = True  # type: ignore[attr-defined]
    except AttributeError:
        return
    if source is None:
        error.add_note(_note(name, lineno, column, ""))
        return
    start = _offset(source, lineno, column)
    end = start + width
    error.add_note(_note(name, lineno, column, source[start:end]))
    engine = getattr(getattr(context, "template", None), "engine", None) or getattr(template, "engine", None)
    if getattr(engine, "debug", False):
        error.template_debug = excerpt(error, source, name, start, end)  # type: ignore[attr-defined]


def without_end(error: RecursionError) -> TemplateSyntaxError | None:
    """What to raise where templates that include one another used up the stack; None where other code did."""
    names = [unit.filename for unit in _units(error.__traceback__)]
    if len(names) < _DEEP:
        return None
    last = names.pop()
    again = len(names) - 1 - names[::-1].index(last) if last in names else None
    message = f"Templates are nested more than {len(names)} deep"
    if again is not None:
        message += f", perhaps without end: {' -> '.join([*names[again:], last])}"
    told = TemplateSyntaxError(message)
    for note in getattr(error, "__notes__", ()):
        told.add_note(note)
    told._nuages_place = True  # type: ignore[attr-defined]
    if hasattr(error, "template_debug"):
        told.template_debug = {**error.template_debug, "message": message}  # type: ignore[attr-defined]
    return told


def _lend_sources(trace: TracebackType | None) -> None:
    """Give tracebacks the lines of templates to show, whether they are files or not."""
    for unit in {id(unit): unit for unit in _units(trace)}.values():
        source = getattr(unit.origin_template, "source", None)
        if source is not None:
            name = unit.filename
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def _units(trace: TracebackType | None) -> Iterator[Any]:
    """The units whose functions are in a traceback, outermost first."""
    while trace is not None:
        names = trace.tb_frame.f_globals
        if "__nuages_unit__" in names:
            yield names["__nuages_unit__"]
        trace = trace.tb_next


def _note(name: str, lineno: int, column: int, text: str) -> str:
    return f"In template {name}, line {lineno}, column {column + 1}" + (f": {text}" if text else "")


def _offset(source: str, lineno: int, column: int) -> int:
    position = 0
    for _ in range(lineno - 1):
        position = source.find("\n", position) + 1
    return position + column


def _place(trace: TracebackType | None) -> Place | None:
    found: Place | None = None
    while trace is not None:
        frame: FrameType = trace.tb_frame
        if "__nuages_unit__" in frame.f_globals:
            found = _position(frame.f_globals["__nuages_unit__"], frame, trace.tb_lasti) or found
        trace = trace.tb_next
    return found


def _position(unit: Any, frame: FrameType, instruction: int) -> Place | None:
    for number, (lineno, end_lineno, column, end_column) in enumerate(frame.f_code.co_positions()):
        if number * 2 == instruction:
            if lineno is None or column is None or end_column is None or end_lineno is None:
                return None
            return Place(unit, lineno, column, end_column - column)
    return None
