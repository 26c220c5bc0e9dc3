"""The operation that lets a content type follow its renamed model."""

from __future__ import annotations

import warnings
from typing import Any

from nuages.db import IntegrityError, migrations, router, transaction


class RenameContentType(migrations.RunPython):
    """Rename a content type together with its model."""

    def __init__(self, app_label: str, old_model: str, new_model: str) -> None:
        self.app_label, self.old_model, self.new_model = app_label, old_model, new_model
        super().__init__(self.rename_forward, self.rename_backward)

    def rename_forward(self, apps: Any, schema_editor: Any) -> None:
        """Follow the model to its new name."""
        self._rename(apps, schema_editor, self.old_model, self.new_model)

    def rename_backward(self, apps: Any, schema_editor: Any) -> None:
        """Go back to the old name."""
        self._rename(apps, schema_editor, self.new_model, self.old_model)

    def _rename(self, apps: Any, schema_editor: Any, old_model: str, new_model: str) -> None:
        kinds = apps.get_model("contenttypes", "ContentType").objects
        alias = schema_editor.connection.alias
        if not router.allow_migrate_model(alias, kinds.model):
            return
        kind = kinds.db_manager(alias).filter(app_label=self.app_label, model=old_model).first()
        if kind is None:
            return
        kind.model = new_model
        try:
            with transaction.atomic(using=alias):
                kind.save(using=alias, update_fields={"model"})
        except IntegrityError:
            # One of an earlier model with that name was left behind.
            warnings.warn(
                f"Could not rename content type '{self.app_label}.{old_model}' to '{new_model}' due to an existing "
                "conflicting content type. Run 'remove_stale_contenttypes' to clean up stale entries.",
                RuntimeWarning,
                stacklevel=2,
            )
            return
        # Remembered under its old name.
        kinds.clear_cache()
