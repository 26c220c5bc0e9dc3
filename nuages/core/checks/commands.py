"""Checks of the commands that a project replaces."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import Tags, register


@register(Tags.commands)
def migrate_and_makemigrations_autodetector(**kwargs: Any) -> list[Error]:
    """Complain when the two commands would find different changes."""
    from nuages.core.management import get_commands, load_command_class

    commands = get_commands()
    detectors = {
        name: load_command_class(commands[name], name).autodetector  # type: ignore[attr-defined]
        for name in ("makemigrations", "migrate")
        if name in commands
    }
    if len(set(detectors.values())) < 2:
        return []
    described = ", but ".join(
        f"{name}.Command.autodetector is {detector.__name__}" for name, detector in detectors.items()
    )
    return [
        Error(
            "The migrate and makemigrations commands must have the same autodetector.",
            hint=f"{described}.",
            id="commands.E001",
        )
    ]
