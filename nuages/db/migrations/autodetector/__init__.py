"""Finding out which operations lead from one state of the models to another.

`comparison` puts the two states side by side, `models`, `fields` and `indexes` go over them in small passes, each
of which plans operations of one kind together with what they need, `ordering` makes migrations of them, and
`naming` puts those at the end of the history.
"""

from __future__ import annotations

from typing import Any

from nuages.db.migrations.autodetector import fields, indexes, models, naming, ordering
from nuages.db.migrations.autodetector.comparison import Comparison
from nuages.db.migrations.autodetector.needs import OperationDependency
from nuages.db.migrations.questioner import MigrationQuestioner
from nuages.db.migrations.utils import parse_number

__all__ = ["MigrationAutodetector", "OperationDependency"]

#: In this order: what comes first stands first, where needs do not say otherwise.
PASSES = (
    models.deleted,
    models.created,
    models.deleted_proxies,
    models.created_proxies,
    models.altered_options,
    models.altered_managers,
    fields.find_renamed,
    indexes.compare_indexes,
    indexes.compare_constraints,
    indexes.removed_constraints,
    indexes.removed_indexes,
    fields.renamed,
    indexes.renamed_indexes,
    models.narrowed_together,
    fields.removed,
    fields.added,
    fields.altered,
    models.altered_order,
    models.widened_together,
    indexes.added_indexes,
    indexes.added_constraints,
    indexes.altered_constraints,
    models.altered_table,
    models.altered_table_comment,
)


class MigrationAutodetector:
    """Compares two states. Questions that they leave open go to a questioner."""

    def __init__(self, from_state: Any, to_state: Any, questioner: Any = None) -> None:
        self.from_state = from_state
        self.to_state = to_state
        self.questioner = questioner or MigrationQuestioner()
        self.existing_apps = {app for app, _ in from_state.models}

    def changes(
        self,
        graph: Any,
        trim_to_apps: Any = None,
        convert_apps: Any = None,
        migration_name: str | None = None,
    ) -> dict[str, list[Any]]:
        """Return the migrations that are missing, by app, named and with their place in the history."""
        changes = self._detect_changes(convert_apps, graph)
        changes = self.arrange_for_graph(changes, graph, migration_name)
        return self._trim_to_apps(changes, trim_to_apps) if trim_to_apps else changes

    def _detect_changes(self, convert_apps: Any = None, graph: Any = None) -> dict[str, list[Any]]:
        """Return the migrations without names and without their connection to what is there already."""
        comparison = Comparison(self.from_state, self.to_state, self.questioner, set(convert_apps or ()))
        models.find_renamed(comparison)
        comparison.pair_fields()
        for step in PASSES:
            step(comparison)
        return ordering.migrations_of(comparison, graph, self.existing_apps)

    def arrange_for_graph(
        self, changes: dict[str, list[Any]], graph: Any, migration_name: str | None = None
    ) -> dict[str, list[Any]]:
        """Name migrations, and connect each app's first with its last one so far."""
        return naming.arrange(changes, graph, self.questioner, migration_name)

    def _trim_to_apps(self, changes: dict[str, list[Any]], app_labels: Any) -> dict[str, list[Any]]:
        """Leave out migrations of apps that are neither named nor needed by those."""
        return naming.trim(changes, app_labels)

    @classmethod
    def parse_number(cls, name: str) -> int | None:
        """Return the number that a migration's name begins with."""
        return parse_number(name)
