"""What migrating does to content types: new models get theirs, those of renamed models follow."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps as global_apps
from nuages.db import DEFAULT_DB_ALIAS, router


def __getattr__(name: str) -> Any:
    """The operation, found here as well as where it is defined."""
    if name != "RenameContentType":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nuages.contrib.contenttypes.management.renaming import RenameContentType

    return RenameContentType


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
    # Imported here, while migrating: no other process needs migrations.
    from nuages.contrib.contenttypes.management.renaming import RenameContentType
    from nuages.db.migrations import RenameModel

    if not isinstance(operation, RenameModel):
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
