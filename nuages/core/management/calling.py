"""Calling a command from code."""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Any

from nuages.core.management.base import BaseCommand
from nuages.core.management.parser import CommandError, CommandParser, nested_parsers

# Options whose presence says everything; their value, if one is given from code, is not written out.
_FLAGS = (
    argparse._AppendConstAction,
    argparse._CountAction,
    argparse._StoreConstAction,
)


def call_command(command_name: Any, *args: Any, **options: Any) -> Any:
    """Run a command, by its name or given as an object, and return what it returns.

    Positional arguments are parsed as on the command line; options are passed on as they are, by the names of
    their flags or of their destinations. Checks do not run unless `skip_checks=False`.
    """
    command, name = _find(command_name)
    parser = command.create_parser("", name)
    by_flag = {
        min(action.option_strings).lstrip("-").replace("-", "_"): action.dest
        for action in parser._actions
        if action.option_strings
    }
    given = {by_flag.get(key, key): value for key, value in options.items()}
    line = _as_arguments(args) + _required(parser, options, given)
    values = {**vars(parser.parse_args(line)), **given}
    _refuse_unknown(command, name, parser, by_flag, given, options)
    arguments = values.pop("args", ())
    if "skip_checks" not in options:
        values["skip_checks"] = True
    return command.execute(*arguments, **values)


def _find(command_name: Any) -> tuple[BaseCommand, str]:
    from nuages.core.management import get_commands, load_command_class

    if isinstance(command_name, BaseCommand):
        return command_name, type(command_name).__module__.rpartition(".")[2]
    if isinstance(command_name, (list, tuple)):
        command_name = command_name[0]
    try:
        app = get_commands()[command_name]
    except KeyError:
        error = CommandError(f"Unknown command: {command_name!r}")
        _suggest(error, command_name, list(get_commands()))
        raise error from None
    command = app if isinstance(app, BaseCommand) else load_command_class(app, command_name)
    return command, command_name


def _suggest(error: CommandError, name: str, names: list[str]) -> None:
    from difflib import get_close_matches

    if near := get_close_matches(name, names, n=1):
        error.add_note(f"Did you mean {near[0]!r}?")


def _as_arguments(args: tuple[Any, ...]) -> list[str]:
    """Return positional arguments as a command line: lists are laid out flat."""
    line: list[str] = []
    for arg in args:
        line += map(str, arg) if isinstance(arg, (list, tuple)) else [str(arg)]
    return line


def _required(parser: CommandParser, options: dict[str, Any], given: dict[str, Any]) -> list[str]:
    """Return the required options as a command line; the parser would miss them otherwise."""
    actions = [action for inner in nested_parsers(parser) for action in inner._actions]
    exclusive = {
        action
        for inner in nested_parsers(parser)
        for group in inner._mutually_exclusive_groups
        if group.required
        for action in group._group_actions
    }
    shared = Counter(action.dest for action in actions if action in exclusive or action.required)
    line: list[str] = []
    for action in actions:
        if (
            action.dest not in given
            or not (action.required or action in exclusive)
            or not action.option_strings
        ):
            continue
        if shared[action.dest] > 1 and action.dest in options:
            raise TypeError(
                f"Cannot pass the dest {action.dest!r} that matches multiple arguments via **options."
            )
        flag, value = min(action.option_strings), given[action.dest]
        if isinstance(action, _FLAGS):
            line.append(flag)
        elif isinstance(value, (list, tuple)):
            line += [flag, *map(str, value)]
        else:
            line.append(f"{flag}={value}")
    return line


def _refuse_unknown(
    command: BaseCommand,
    name: str,
    parser: CommandParser,
    by_flag: dict[str, str],
    given: dict[str, Any],
    options: dict[str, Any],
) -> None:
    destinations = {action.dest for inner in nested_parsers(parser) for action in inner._actions}
    hidden = set(command.base_stealth_options) | set(command.stealth_options)
    valid = (destinations | hidden | set(by_flag)) - {"args"}
    unknown = given.keys() - valid - {"args"}
    if unknown:
        named = {action.dest for action in parser._actions if not action.option_strings} - {"args"}
        choices = ", ".join(sorted(valid | named))
        raise TypeError(
            f"Unknown option(s) for {name} command: {', '.join(sorted(unknown))}. Valid options are: {choices}."
        )
