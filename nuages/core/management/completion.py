"""Completions for bash: which words may stand where the cursor is."""

from __future__ import annotations

import os
from argparse import SUPPRESS
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nuages.core.management import ManagementUtility

# Commands whose arguments are applications.
_FOR_APPS = frozenset(
    [
        "dumpdata",
        "sqlmigrate",
        "sqlsequencereset",
        "test",
        "makemigrations",
        "migrate",
        "showmigrations",
        "squashmigrations",
    ]
)


def complete(utility: ManagementUtility) -> None:
    """Print the words that may complete what bash says has been typed."""
    from nuages.core.management import get_commands

    words = os.environ["COMP_WORDS"].split()[1:]
    position = int(os.environ["COMP_CWORD"])
    current = words[position - 1] if position <= len(words) else ""
    names = sorted([*get_commands(), "help"])
    if position == 1:
        print(" ".join(name for name in names if name.startswith(current)))
        return
    if words[0] not in names or words[0] == "help":
        return
    candidates = _candidates(utility.fetch_command(words[0]), words[0])
    typed = {word.partition("=")[0] for word in words[1 : position - 1]}
    for word, takes_value in sorted(candidates):
        if word.startswith(current) and word not in typed:
            print(f"{word}=" if takes_value and word.startswith("--") else word)


def _candidates(command: Any, name: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    if name in _FOR_APPS:
        from nuages.apps import apps

        try:
            found += [(config.label, False) for config in apps.get_app_configs()]
        except Exception:
            # Completion must not print anything but words.
            pass
    for action in command.create_parser("", name)._actions:
        if action.option_strings and action.help != SUPPRESS:
            found.append((min(action.option_strings), action.nargs != 0))
    return found
