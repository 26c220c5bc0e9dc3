"""Permissions follow a model that a migration renames: their code names and names contain its name."""

from __future__ import annotations

import sys
from typing import Any

from nuages.apps import apps as global_apps
from nuages.db import IntegrityError, migrations, router, transaction


class RenamePermission(migrations.RunPython):
    """Rename the built-in permissions of a model."""

    def __init__(self, app_label: str, old_model: str, new_model: str, verbosity: int = 1) -> None:
        self.app_label, self.old_model, self.new_model = app_label, old_model, new_model
        self.verbosity = verbosity
        super().__init__(self.rename_forward, self.rename_backward)

    def rename_forward(self, apps: Any, schema_editor: Any) -> None:
        """Follow the model to its new name."""
        self._rename(apps, schema_editor.connection.alias, self.old_model, self.new_model)

    def rename_backward(self, apps: Any, schema_editor: Any) -> None:
        """Go back to the old name."""
        self._rename(apps, schema_editor.connection.alias, self.new_model, self.old_model)

    def _rename(self, apps: Any, using: str, old: str, new: str) -> None:
        try:
            for label, name in (("auth", "Permission"), ("contenttypes", "ContentType")):
                apps.get_model(label, name)
        except LookupError:
            return  # their tables are not there yet
        Permission = global_apps.get_model("auth", "Permission")
        if not router.allow_migrate_model(using, Permission):
            return
        actions = Permission._meta.default_permissions
        endings = {f"{action}_{old.lower()}": action for action in actions}
        # Whether the content type has its new name yet depends on which app comes first.
        found = Permission.objects.using(using).filter(
            codename__in=list(endings),
            content_type__model__in=[old.lower(), new.lower()],
            content_type__app_label=self.app_label,
        )
        for permission in found.order_by("pk"):
            was = permission.codename
            action = endings[was]
            permission.codename, permission.name = f"{action}_{new.lower()}", f"Can {action} {new}"
            try:
                with transaction.atomic(using=using):
                    permission.save(using=using, update_fields={"codename", "name"})
            except IntegrityError as error:
                message = (
                    f"Failed to rename permission {permission.pk} from '{was}' to '{permission.codename}'. Please "
                    "resolve the conflict manually."
                )
                self.stdout.write(f"{message}\n")
                raise RuntimeError(message) from error
            self._say(f"Renamed permission(s): {self.app_label}.{was} → {permission.codename}")

    def _say(self, text: str) -> None:
        if self.verbosity >= 2:
            self.stdout.write(f"{text}\n")

    stdout: Any = sys.stdout


def follow_renames(plan: Any, verbosity: int, stdout: Any) -> None:
    """Put a `RenamePermission` behind every `RenameModel` that is about to run."""
    for migration, _backward in plan or ():
        operations: list[Any] = []
        for operation in migration.operations:
            operations.append(operation)
            if isinstance(operation, migrations.RenameModel):
                names = operation.old_name, operation.new_name
                follower = RenamePermission(migration.app_label, *names, verbosity=verbosity)
                follower.stdout = stdout or sys.stdout
                operations.append(follower)
        migration.operations[:] = operations
