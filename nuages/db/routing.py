"""Which database a query goes to: asks the routers of `DATABASE_ROUTERS` in turn."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.db.handler import DEFAULT_DB_ALIAS
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import import_string


class ConnectionRouter:
    """The first router with an opinion decides; without one there is a default for each question."""

    def __init__(self, routers: list[Any] | None = None) -> None:
        self._routers = routers

    @cached_property
    def routers(self) -> list[Any]:
        """The router objects; settings may name classes by path."""
        given = settings.DATABASE_ROUTERS if self._routers is None else self._routers
        return [import_string(router)() if isinstance(router, str) else router for router in given]

    def _ask(self, question: str, *about: Any, **hints: Any) -> Any:
        """Return the first answer that is not None. Routers need not answer every question."""
        for router in self.routers:
            method = getattr(router, question, None)
            if method is not None:
                answer = method(*about, **hints)
                if answer is not None:
                    return answer
        return None

    def _choose(self, question: str, model: Any, hints: dict[str, Any]) -> str:
        alias = self._ask(question, model, **hints) if self.routers else None
        if alias:
            return alias
        instance = hints.get("instance")
        return (None if instance is None else _database_of(instance)) or DEFAULT_DB_ALIAS

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the alias to read `model` from."""
        if not (hints or self.routers):
            return DEFAULT_DB_ALIAS
        return self._choose("db_for_read", model, hints)

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Return the alias to write `model` to."""
        return self._choose("db_for_write", model, hints)

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        """Say whether two objects may be related: by default those of the same database."""
        answer = self._ask("allow_relation", obj1, obj2, **hints) if self.routers else None
        return _database_of(obj1) == _database_of(obj2) if answer is None else answer

    def bring_together(self, instance: Any, value: Any) -> None:
        """Give an object without a database the one of the other; raises ValueError where two may not be related."""
        mine = instance._state
        theirs = _state_of(value)
        routers = self.routers
        if mine.db is None and not routers:
            mine.db = theirs.db or DEFAULT_DB_ALIAS
        # Without routers nobody is asked, and most objects are of one database.
        if routers or mine.db != theirs.db:
            if mine.db is None:
                instance._state.db = self.db_for_write(instance.__class__, instance=value)
            if theirs.db is None:
                value._state.db = self.db_for_write(value.__class__, instance=instance)
            if not self.allow_relation(value, instance):
                raise ValueError(
                    f'Cannot assign "{value!r}": the current database router prevents this relation.'
                )

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Say whether a migration of `app_label` may touch the database `db`."""
        answer = self._ask("allow_migrate", db, app_label, **hints)
        return True if answer is None else answer

    def allow_migrate_model(self, db: str, model: Any) -> bool:
        """Say whether the table of `model` belongs into `db`."""
        meta = model._meta
        return self.allow_migrate(db, meta.app_label, model_name=meta.model_name, model=model)

    def get_migratable_models(
        self, app_config: Any, db: str, include_auto_created: bool = False
    ) -> list[Any]:
        """Return the models of an app whose tables belong into `db`."""
        models = app_config.get_models(include_auto_created=include_auto_created)
        return [model for model in models if self.allow_migrate_model(db, model)]


def _database_of(instance: Any) -> str | None:
    """Where an instance is from."""
    state = _state_of(instance)
    return None if state is None else state.db


def _state_of(instance: Any) -> Any:
    """The state of an instance, looked at where it is: one that is shared stays so."""
    # A lazy object, as `request.user` is, has its state inside.
    state = getattr(instance, "__dict__", {}).get("_state") or getattr(instance, "_state", None)
    return state[0] if type(state) is tuple else state
