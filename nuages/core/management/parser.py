"""The parser of command lines."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from argparse import ArgumentParser, HelpFormatter
from collections.abc import Sequence
from typing import Any


class CommandError(Exception):
    """Something went wrong that the user should read about, without a traceback.

    `returncode` is what the process exits with.
    """

    def __init__(self, *args: Any, returncode: int = 1, **kwargs: Any) -> None:
        self.returncode = returncode
        super().__init__(*args, **kwargs)


class CommandParser(ArgumentParser):
    """An argument parser that raises CommandError when a command is called from code."""

    def __init__(
        self,
        *,
        missing_args_message: str | None = None,
        called_from_command_line: bool | None = None,
        **kwargs: Any,
    ) -> None:
        self.missing_args_message = missing_args_message
        self.called_from_command_line = called_from_command_line
        if sys.version_info >= (3, 14):
            kwargs.setdefault("suggest_on_error", True)
            if "nocolor" in os.environ.get("DJANGO_COLORS", "") or "--no-color" in sys.argv:
                kwargs.setdefault("color", False)
        super().__init__(**kwargs)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        # argparse would say which arguments are missing; the command may know better words.
        if self.missing_args_message and not args:
            self.error(self.missing_args_message)
        return super().parse_args(args, namespace)

    def error(self, message: str) -> Any:
        if self.called_from_command_line:
            super().error(message)
        raise CommandError(f"Error: {message}")

    def add_subparsers(self, **kwargs: Any) -> Any:
        kind = kwargs.get("parser_class", type(self))
        if issubclass(kind, CommandParser):
            kwargs["parser_class"] = functools.partial(
                kind, called_from_command_line=self.called_from_command_line
            )
        return super().add_subparsers(**kwargs)


class DjangoHelpFormatter(HelpFormatter):
    """Shows a command's own options before those that all commands have."""

    show_last = frozenset(
        f"--{name}"
        for name in (
            *("settings", "pythonpath", "verbosity", "traceback"),
            *("force-color", "no-color", "skip-checks", "version"),
        )
    )

    def _in_order(self, actions: Any) -> list[Any]:
        return sorted(actions, key=lambda action: not self.show_last.isdisjoint(action.option_strings))

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: Any = None) -> None:
        super().add_usage(usage, self._in_order(actions), groups, prefix)

    def add_arguments(self, actions: Any) -> None:
        super().add_arguments(self._in_order(actions))


def nested_parsers(parser: ArgumentParser) -> Sequence[ArgumentParser]:
    """Return a parser and those of all its subcommands."""
    found = [parser]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                found += nested_parsers(inner)
    return found
