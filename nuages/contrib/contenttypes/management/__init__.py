"""What migrating does to content types: new models get theirs, those of renamed models follow."""

from __future__ import annotations

import warnings
from typing import Any

from nuages.apps import apps as global_apps
from nuages.db import DEFAULT_DB_ALIAS, IntegrityError, migrations, router, transaction


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


def inject_rename_contenttypes_operations(
    plan: Any = None, apps: Any = global_apps, using: str = DEFAULT_DB_ALIAS, **kwargs: Any
) -> None:
    """Put a `RenameContentType` behind every `RenameModel` that is about to run."""
    if plan is None:
        return
    try:
        kinds = apps.get_model("contenttypes", "ContentType")
    except LookupError:
        table_exists = False
    else:
        if not router.allow_migrate_model(using, kinds):
            return
        table_exists = True
    for migration, backward in plan:
        # From its first migration on, content types can be renamed; in that one itself there are none.
        if (migration.app_label, migration.name) == ("contenttypes", "0001_initial"):
            if backward:
                return
            table_exists = True
            continue
        if table_exists:
            migration.operations[:] = [
                operation for given in migration.operations for operation in _followed(migration, given)
            ]


def _followed(migration: Any, operation: Any) -> list[Any]:
    if not isinstance(operation, migrations.RenameModel):
        return [operation]
    names = operation.old_name_lower, operation.new_name_lower
    return [operation, RenameContentType(migration.app_label, *names)]


def get_contenttypes_and_models(
    app_config: Any, using: str, ContentType: Any
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return an app's content types and models by name; None twice where the database has no content types."""
    if not router.allow_migrate_model(using, ContentType):
        return None, None
    ContentType.objects.clear_cache()
    kinds = ContentType.objects.using(using).filter(app_label=app_config.label)
    by_name = {model._meta.model_name: model for model in app_config.get_models()}
    return {kind.model: kind for kind in kinds}, by_name


def create_contenttypes(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Create what content types of an app are missing."""
    if not app_config.models_module:
        return
    try:
        app_config = apps.get_app_config(app_config.label)
        ContentType = apps.get_model("contenttypes", "ContentType")
    except LookupError:
        return
    present, models = get_contenttypes_and_models(app_config, using, ContentType)
    missing = [name for name in models or () if name not in (present or ())]
    made = [ContentType(app_label=app_config.label, model=name) for name in missing]
    if not made:
        return
    ContentType.objects.using(using).bulk_create(made)
    if verbosity >= 2:
        for kind in made:
            print(f"Adding content type '{kind.app_label} | {kind.model}'")
