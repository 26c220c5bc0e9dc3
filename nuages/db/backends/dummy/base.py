"""The backend of a project without a database: everything that would need one says what to do."""

from __future__ import annotations

from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.backends.base.base import BaseDatabaseWrapper
from nuages.db.backends.base.client import BaseDatabaseClient
from nuages.db.backends.base.creation import BaseDatabaseCreation
from nuages.db.backends.base.introspection import BaseDatabaseIntrospection
from nuages.db.backends.base.operations import BaseDatabaseOperations
from nuages.db.backends.dummy.features import DummyDatabaseFeatures


def complain(*args: Any, **kwargs: Any) -> Any:
    """Say that there is no database."""
    raise ImproperlyConfigured(
        "settings.DATABASES is improperly configured. "
        "Please supply the ENGINE value. Check settings documentation for more details."
    )


class DatabaseOperations(BaseDatabaseOperations):
    quote_name = complain


class DatabaseClient(BaseDatabaseClient):
    runshell = complain


class DatabaseCreation(BaseDatabaseCreation):
    """A test database of a project without one is none."""

    def create_test_db(self, *args: Any, **kwargs: Any) -> Any:
        return None

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        return None

    def serialize_test_db(self) -> None:
        return None


class DatabaseIntrospection(BaseDatabaseIntrospection):
    get_table_list = complain
    get_table_description = complain
    get_relations = complain
    get_constraints = complain


class DatabaseWrapper(BaseDatabaseWrapper):
    vendor = "unknown"
    ensure_connection = complain
    _commit = complain
    _rollback = complain
    _close = BaseDatabaseWrapper._close
    _set_autocommit = complain
    is_usable = complain
    close = BaseDatabaseWrapper._forget

    client_class = DatabaseClient
    creation_class = DatabaseCreation
    features_class = DummyDatabaseFeatures
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations
