"""SQL and signals around migrating, for the commands of migrations and for tests."""

from __future__ import annotations

from typing import Any


def sql_flush(
    style: Any, connection: Any, reset_sequences: bool = True, allow_cascade: bool = False
) -> list[str]:
    """Return the statements that empty all tables of models."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return connection.ops.sql_flush(
        style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
    )


def emit_pre_migrate_signal(verbosity: int, interactive: bool, db: str, **kwargs: Any) -> None:
    """Tell each application with models that migrating is about to start."""
    from nuages.db.models.signals import pre_migrate

    _emit(pre_migrate, "pre-migrate", verbosity, interactive, db, kwargs)


def emit_post_migrate_signal(verbosity: int, interactive: bool, db: str, **kwargs: Any) -> None:
    """Tell each application with models that migrating is done."""
    from nuages.db.models.signals import post_migrate

    _emit(post_migrate, "post-migrate", verbosity, interactive, db, kwargs)


def _emit(signal: Any, name: str, verbosity: int, interactive: bool, db: str, kwargs: dict[str, Any]) -> None:
    from nuages.apps import apps

    for config in apps.get_app_configs():
        if config.models_module is None:
            continue
        if verbosity >= 2:
            # A command's own stream ends the line itself.
            tell = kwargs["stdout"].write if kwargs.get("stdout") else print
            tell(f"Running {name} handlers for application {config.label}")
        signal.send(
            sender=config, app_config=config, verbosity=verbosity, interactive=interactive, using=db, **kwargs
        )
