"""Permissions appear after migrations; names for superusers are guessed from the system."""

from __future__ import annotations

import getpass
import unicodedata
from collections.abc import Iterator
from typing import Any

from nuages.apps import apps as global_apps
from nuages.contrib.auth import get_permission_codename
from nuages.contrib.contenttypes.management import create_contenttypes
from nuages.core import exceptions
from nuages.db import DEFAULT_DB_ALIAS, router


def builtin_permissions(opts: Any) -> Iterator[tuple[str, str]]:
    """Yield (codename, name) of the permissions that a model has by itself."""
    for action in opts.default_permissions:
        yield get_permission_codename(action, opts), f"Can {action} {opts.verbose_name_raw}"


def _get_all_permissions(opts: Any) -> list[tuple[str, str]]:
    return [*builtin_permissions(opts), *opts.permissions]


def _get_builtin_permissions(opts: Any) -> list[tuple[str, str]]:
    return list(builtin_permissions(opts))


def inject_rename_permissions_operations(
    plan: Any = None, verbosity: int = 1, stdout: Any = None, **kwargs: Any
) -> None:
    """Put a `RenamePermission` behind every `RenameModel` that is about to run."""
    # Imported here, while migrating: no other process needs migrations.
    from nuages.contrib.auth.management.renaming import follow_renames

    follow_renames(plan, verbosity, stdout)


def create_permissions(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Create what permissions of an app are missing."""
    if not app_config.models_module:
        return
    # Permissions are about content types.
    create_contenttypes(
        app_config, verbosity=verbosity, interactive=interactive, using=using, apps=apps, **kwargs
    )
    try:
        app_config = apps.get_app_config(app_config.label)
        ContentType = apps.get_model("contenttypes", "ContentType")
        Permission = apps.get_model("auth", "Permission")
    except LookupError:
        return
    if not router.allow_migrate_model(using, Permission):
        return
    models = list(app_config.get_models())
    kinds = ContentType.objects.db_manager(using).get_for_models(*models, for_concrete_models=False)
    wanted = [
        (kinds[model], code, name) for model in models for code, name in _get_all_permissions(model._meta)
    ]
    present = set(
        Permission.objects.using(using)
        .filter(content_type__in={kind for kind, *_ in wanted})
        .order_by()
        .values_list("content_type", "codename")
    )
    missing = []
    for kind, codename, name in wanted:
        if (kind.pk, codename) not in present:
            permission = Permission()
            permission._state.db = using
            permission.codename, permission.name, permission.content_type = codename, name, kind
            missing.append(permission)
    Permission.objects.using(using).bulk_create(missing)
    if verbosity >= 2:
        for permission in missing:
            print(f"Adding permission '{permission}'")


def get_system_username() -> str:
    """Return the name of the system's user, or nothing where it cannot be had."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        # No such user in the system's table, as in some containers.
        return ""


def get_default_username(check_db: bool = True, database: str = DEFAULT_DB_ALIAS) -> str:
    """Return a user name made from the system's, or nothing where it does not do or is taken."""
    # At import time the user model may be another one than in the end.
    from nuages.contrib.auth import models as auth_app

    if auth_app.User._meta.swapped:
        return ""
    plain = unicodedata.normalize("NFKD", get_system_username())
    name = plain.encode("ascii", "ignore").decode("ascii").replace(" ", "").lower()
    try:
        auth_app.User._meta.get_field("username").run_validators(name)
    except exceptions.ValidationError:
        return ""
    if (
        check_db
        and name
        and auth_app.User._default_manager.db_manager(database).filter(username=name).exists()
    ):
        return ""
    return name
