"""Checks of the commands that a project replaces."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import Tags, register
from nuages.utils.module_loading import home_path


@register(Tags.commands)
def migrate_and_makemigrations_autodetector(**kwargs: Any) -> list[Error]:
    """Complain when the two commands would find different changes."""
    from nuages.core.management import get_commands, load_command_class

    commands = {
        name: source for name, source in get_commands().items() if name in ("makemigrations", "migrate")
    }
    # Our own two agree: loading them, and with them all of migrations, takes long at every start.
    if {home_path(source) for source in commands.values()} == {"nuages.core"}:
        return []
    detectors = {
        name: load_command_class(source, name).autodetector  # type: ignore[attr-defined]
        for name, source in sorted(commands.items())
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
