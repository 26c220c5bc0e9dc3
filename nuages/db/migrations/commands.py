"""What the commands about migrations share: finding what was named, and telling what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nuages.apps import apps
from nuages.core.management.base import CommandError
from nuages.core.management.utils import run_formatters
from nuages.db.migrations.exceptions import AmbiguityError
from nuages.db.migrations.writer import MigrationWriter


def check_app(app_label: str) -> None:
    """Raise where no app of that label is installed."""
    try:
        apps.get_app_config(app_label)
    except LookupError as error:
        raise CommandError(str(error)) from None


def check_migrated_app(app_label: str, loader: Any) -> None:
    """Raise where there is no such app, or it has no migrations."""
    check_app(app_label)
    if app_label not in loader.migrated_apps:
        raise CommandError(f"App '{app_label}' does not have migrations.")


def find_migration(loader: Any, app_label: str, name: str) -> Any:
    """Return the migration whose name begins with `name`."""
    try:
        return loader.get_migration_by_prefix(app_label, name)
    except AmbiguityError:
        raise CommandError(
            f"More than one migration matches '{name}' in app '{app_label}'. Please be more specific."
        ) from None
    except KeyError:
        error = CommandError(f"Cannot find a migration matching '{name}' from app '{app_label}'.")
        known = sorted(key[1] for key in loader.disk_migrations if key[0] == app_label)
        error.add_note(f"{app_label} has: {', '.join(known) or 'none'}.")
        raise error from None


def refuse_conflicts(conflicts: dict[str, list[str]]) -> None:
    """Raise where apps have more than one last migration."""
    if conflicts:
        listed = "; ".join(f"{', '.join(names)} in {app}" for app, names in conflicts.items())
        raise CommandError(
            "Conflicting migrations detected; multiple leaf nodes in the "
            f"migration graph: ({listed}).\nTo fix them run "
            "'python manage.py makemigrations --merge'"
        )


def write_file(writer: MigrationWriter, stderr: Any) -> str:
    """Write a migration file, have it formatted, and return its path."""
    path = Path(writer.path)
    path.write_text(writer.as_string(), encoding="utf-8")
    run_formatters([str(path)], stderr=stderr)
    return str(path)


PORTING_NOTE = (
    "  Your migrations contained functions that must be manually copied over,\n"
    "  as we could not safely copy their implementation.\n"
    "  See the comment at the top of the {kind} migration for details."
)
