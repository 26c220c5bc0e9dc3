"""The frames of an exception and of those it came from, with the source around each."""

from __future__ import annotations

import linecache
import re
import warnings
from collections.abc import Iterator
from itertools import islice
from types import TracebackType
from typing import Any

_CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
NO_SOURCE = "<source code not available>"


class ExceptionCycleWarning(UserWarning):
    """An exception is, in the end, its own cause."""


def cause_of(error: BaseException | None) -> BaseException | None:
    """Return what an exception came from: its cause, or what was being handled, unless that is suppressed."""
    if error is None:
        return None
    explicit = getattr(error, "__cause__", None)
    if explicit is not None or getattr(error, "__suppress_context__", False):
        return explicit
    return getattr(error, "__context__", None)


def chain_of(error: BaseException | None) -> list[BaseException]:
    """Return an exception after those it came from."""
    chain: list[BaseException] = []
    while error is not None:
        if any(error is known for known in chain):
            warnings.warn(
                f"Cycle in the exception chain detected: exception '{error}' encountered again.",
                ExceptionCycleWarning,
                stacklevel=2,
            )
            break
        chain.append(error)
        error = cause_of(error)
    return chain[::-1]


def steps(tb: TracebackType | None) -> Iterator[TracebackType]:
    """Yield the steps of a traceback that do not ask to be left out (`__traceback_hide__`)."""
    while tb is not None:
        if not tb.tb_frame.f_locals.get("__traceback_hide__"):
            yield tb
        tb = tb.tb_next


def read_source(filename: str, loader: Any, module_name: str | None) -> list[str] | None:
    """Return the lines of a file, from its loader or from disk, by the encoding that it declares."""
    source: Any = None
    get_source = getattr(loader, "get_source", None)
    if get_source is not None:
        try:
            source = get_source(module_name)
        except ImportError:
            source = None
    if source is not None:
        return source.splitlines()
    try:
        with open(filename, "rb") as file:
            lines = file.read().splitlines()
    except OSError:
        # Templates that are not files, for one, are known there.
        return [line.rstrip("\n") for line in linecache.getlines(filename)] or None
    encoding = "utf-8"
    for line in lines[:2]:
        declared = _CODING.search(line)
        if declared:
            encoding = declared[1].decode("ascii")
            break
    try:
        return [line.decode(encoding, "replace") for line in lines]
    except LookupError:
        return [line.decode("utf-8", "replace") for line in lines]


def underline(tb: TracebackType, line: str) -> str:
    """Return a line of blanks and `^` that shows which part of the source line raised; empty for all of it."""
    positions = next(islice(tb.tb_frame.f_code.co_positions(), tb.tb_lasti // 2, None), None)
    if positions is None:
        return ""
    first, last, start, end = positions
    if first is None or start is None or end is None:
        return ""
    # Columns are counted in bytes of UTF-8.
    raw = line.encode()
    begin = len(raw[:start].decode(errors="replace"))
    stop = len(raw[:end].decode(errors="replace")) if last == first else len(line.rstrip())
    return " " * begin + "^" * max(1, stop - begin) if stop > begin else ""


def is_ours(module_name: str) -> bool:
    """Say whether a module is the framework's."""
    return module_name.startswith(("nuages.", "django."))
