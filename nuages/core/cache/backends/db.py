"""Keeps values in a table that `manage.py createcachetable` makes."""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from nuages.conf import settings
from nuages.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from nuages.db import DatabaseError, connections, models, router, transaction
from nuages.utils.timezone import now as tz_now


class Options:
    """What database routers ask of a model, for a table without one."""

    def __init__(self, table: str) -> None:
        self.db_table, self.app_label = table, "django_cache"
        self.object_name, self.model_name = "CacheEntry", "cacheentry"
        self.verbose_name, self.verbose_name_plural = "cache entry", "cache entries"
        self.managed = True
        self.abstract = self.proxy = self.swapped = False


class BaseDatabaseCache(BaseCache):
    """A cache with a table."""

    def __init__(self, table: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._table = table
        self.cache_model_class = type("CacheEntry", (), {"_meta": Options(table)})


class DatabaseCache(BaseDatabaseCache):
    """Values stand pickled in base 64, with a key and the moment of expiry."""

    pickle_protocol = pickle.HIGHEST_PROTOCOL

    def _for(self, reading: bool) -> tuple[Any, str, dict[str, str]]:
        choose = router.db_for_read if reading else router.db_for_write
        connection = connections[choose(self.cache_model_class)]
        quote = connection.ops.quote_name
        names = {name: quote(name) for name in ("cache_key", "value", "expires")}
        return connection, quote(self._table), names

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        wanted = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not wanted:
            return {}
        connection, table, names = self._for(reading=True)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names['cache_key']}, {names['value']}, {names['expires']} FROM {table} "
                f"WHERE {names['cache_key']} IN ({', '.join(['%s'] * len(wanted))})",
                list(wanted),
            )
            rows = cursor.fetchall()
        found, expired = {}, []
        converters = self._expiry_converters(connection)
        for name, value, expires in rows:
            for convert in converters:
                expires = convert(expires, None, connection)
            if expires < tz_now():
                expired.append(name)
            else:
                text = connection.ops.process_clob(value)
                found[wanted[name]] = pickle.loads(base64.b64decode(text.encode()))
        self._delete_names(expired)
        return found

    def _expiry_converters(self, connection: Any) -> list[Any]:
        expression = models.Expression(output_field=models.DateTimeField())
        own = expression.get_db_converters(connection)
        return [*connection.ops.get_db_converters(expression), *own]

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._put("set", self.make_and_validate_key(key, version=version), value, timeout)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._put("add", self.make_and_validate_key(key, version=version), value, timeout)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._put("touch", self.make_and_validate_key(key, version=version), None, timeout)

    def _expires(self, timeout: Any) -> datetime:
        moment = self.get_backend_timeout(timeout)
        zone = UTC if settings.USE_TZ else None
        found = datetime.max if moment is None else datetime.fromtimestamp(moment, tz=zone)
        # A whole second: not all databases keep more.
        return found.replace(microsecond=0)

    def _put(self, mode: str, name: str, value: Any, timeout: Any) -> bool:
        connection, table, names = self._for(reading=False)
        now = tz_now().replace(microsecond=0)
        adapt = connection.ops.adapt_datetimefield_value
        expires = adapt(self._expires(timeout))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            count = cursor.fetchone()[0]
            if count > self._max_entries:
                self._cull(connection, cursor, now, count)
            text = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
            try:
                # The key may appear meanwhile; the transaction outside goes on then.
                with transaction.atomic(using=connection.alias):
                    cursor.execute(
                        f"SELECT {names['cache_key']}, {names['expires']} FROM {table} WHERE {names['cache_key']} = %s",
                        [name],
                    )
                    row = cursor.fetchone()
                    current = row is not None and not self._is_expired(connection, row[1], now)
                    if mode == "touch" and current:
                        cursor.execute(
                            f"UPDATE {table} SET {names['expires']} = %s WHERE {names['cache_key']} = %s",
                            [expires, name],
                        )
                    elif row is not None and (mode == "set" or (mode == "add" and not current)):
                        cursor.execute(
                            f"UPDATE {table} SET {names['value']} = %s, {names['expires']} = %s "
                            f"WHERE {names['cache_key']} = %s",
                            [text, expires, name],
                        )
                    elif row is None and mode != "touch":
                        cursor.execute(
                            f"INSERT INTO {table} ({names['cache_key']}, {names['value']}, {names['expires']}) "
                            "VALUES (%s, %s, %s)",
                            [name, text, expires],
                        )
                    else:
                        return False
            except DatabaseError:
                # A cache that cannot write is a cache that forgets.
                return False
        return True

    def _is_expired(self, connection: Any, expires: Any, now: datetime) -> bool:
        for convert in self._expiry_converters(connection):
            expires = convert(expires, None, connection)
        return expires < now

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._delete_names([self.make_and_validate_key(key, version=version)])

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        self._delete_names([self.make_and_validate_key(key, version=version) for key in keys])

    def _delete_names(self, found: list[str]) -> bool:
        if not found:
            return False
        connection, table, names = self._for(reading=False)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE {names['cache_key']} IN ({', '.join(['%s'] * len(found))})", found
            )
            return bool(cursor.rowcount)

    def has_key(self, key: Any, version: Any = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        connection, table, names = self._for(reading=True)
        now = connection.ops.adapt_datetimefield_value(
            tz_now().replace(microsecond=0, tzinfo=None if not settings.USE_TZ else UTC)
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names['cache_key']} FROM {table} WHERE {names['cache_key']} = %s AND {names['expires']} > %s",
                [name, now],
            )
            return cursor.fetchone() is not None

    def _cull(self, connection: Any, cursor: Any, now: datetime, count: int) -> None:
        if self._cull_frequency == 0:
            self.clear()
            return
        _, table, names = self._for(reading=False)
        cursor.execute(
            f"DELETE FROM {table} WHERE {names['expires']} < %s",
            [connection.ops.adapt_datetimefield_value(now)],
        )
        remaining = count - max(cursor.rowcount, 0)
        if remaining <= self._max_entries:
            return
        surplus = remaining // self._cull_frequency
        cursor.execute(connection.ops.cache_key_culling_sql() % table, [surplus])
        last = cursor.fetchone()
        if last:
            cursor.execute(f"DELETE FROM {table} WHERE {names['cache_key']} < %s", [last[0]])

    def clear(self) -> None:
        connection, table, _ = self._for(reading=False)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
