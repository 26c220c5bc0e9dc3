"""Giving new migrations names and a place in the history."""

from __future__ import annotations

from typing import Any

from nuages.db.migrations.utils import parse_number


def arrange(
    changes: dict[str, list[Any]], graph: Any, questioner: Any, name: str | None
) -> dict[str, list[Any]]:
    """Number and name migrations, after the last one of each app."""
    ends = graph.leaf_nodes()
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for app in list(changes):
        end = next((each for each in ends if each[0] == app), None)
        if end is None and not questioner.ask_initial(app):
            # It gets no migrations, nor does anybody depend on those it would have had.
            for migration in changes.pop(app):
                names[app, migration.name] = (app, "__first__")
            continue
        number = 1 if end is None else (parse_number(end[1]) or 0) + 1
        for position, migration in enumerate(changes[app]):
            if position == 0 and end is not None:
                migration.dependencies.append(end)
            parts = [f"{number:04d}", name or _suggested(migration, position, end)]
            new_name = "_".join(parts)
            names[app, migration.name] = (app, new_name)
            migration.name = new_name
            number += 1
    for migrations in changes.values():
        for migration in migrations:
            migration.dependencies = [names.get(key, key) for key in migration.dependencies]
    return changes


def _suggested(migration: Any, position: int, end: Any) -> str:
    return "initial" if position == 0 and end is None else migration.suggest_name()[:100]


def trim(changes: dict[str, list[Any]], app_labels: Any) -> dict[str, list[Any]]:
    """Keep the migrations of some apps, and those of others that they need."""
    needs: dict[str, set[str]] = {
        app: {key[0] for migration in migrations for key in migration.dependencies}
        for app, migrations in changes.items()
    }
    wanted = set(app_labels)
    while True:
        more = {need for app in wanted for need in needs.get(app, ())} - wanted
        if not more:
            break
        wanted |= more
    return {app: migrations for app, migrations in changes.items() if app in wanted}
