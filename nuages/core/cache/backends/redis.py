"""Keeps values in Redis, or a server that speaks its protocol (not required: `pip install nuages[redis]`)."""

from __future__ import annotations

import pickle
import random
import re
from collections.abc import Iterable
from typing import Any

from nuages.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from nuages.spine import offload
from nuages.utils.functional import cached_property
from nuages.utils.module_loading import import_string


class RedisSerializer:
    """Writes whole numbers as they are, so that Redis can count, and pickles the rest."""

    def __init__(self, protocol: int | None = None) -> None:
        self.protocol = pickle.HIGHEST_PROTOCOL if protocol is None else protocol

    def dumps(self, obj: Any) -> Any:
        """Return what is stored."""
        return obj if type(obj) is int else pickle.dumps(obj, self.protocol)

    def loads(self, data: Any) -> Any:
        """Return the value of what was stored."""
        try:
            return int(data)
        except ValueError:
            return pickle.loads(data)


class RedisCacheClient:
    """Speaks with a leader, which is written to, and replicas, which are read from."""

    def __init__(
        self, servers: list[str], serializer: Any = None, pool_class: Any = None, parser_class: Any = None, **options: Any
    ) -> None:  # fmt: skip
        import redis

        self._lib = redis
        self._servers = servers
        self._pools: dict[int, Any] = {}
        self._client = redis.Redis
        pool_class = import_string(pool_class) if isinstance(pool_class, str) else pool_class
        self._pool_class = pool_class or redis.ConnectionPool
        serializer = import_string(serializer) if isinstance(serializer, str) else serializer
        self._serializer = (serializer() if callable(serializer) else serializer) or RedisSerializer()
        parser_class = import_string(parser_class) if isinstance(parser_class, str) else parser_class
        self._pool_options = {"parser_class": parser_class or redis.connection.DefaultParser, **options}

    def _get_connection_pool_index(self, write: bool) -> int:
        if write or len(self._servers) == 1:
            return 0
        return random.randint(1, len(self._servers) - 1)

    def _get_connection_pool(self, write: bool) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._pools:
            self._pools[index] = self._pool_class.from_url(self._servers[index], **self._pool_options)
        return self._pools[index]

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return redis-py's client; `key` is for clients of your own that spread keys over servers."""
        return self._client(connection_pool=self._get_connection_pool(write))

    def add(self, key: str, value: Any, timeout: int | None) -> bool:
        """Set a value where there is none."""
        client, data = self.get_client(key, write=True), self._serializer.dumps(value)
        if timeout == 0:
            # Set and expired at once: all that can be said is whether it could have been set.
            if added := bool(offload(client.set, key, data, nx=True)):
                offload(client.delete, key)
            return added
        return bool(offload(client.set, key, data, ex=timeout, nx=True))

    def get(self, key: str, default: Any) -> Any:
        """Return a value."""
        found = offload(self.get_client(key).get, key)
        return default if found is None else self._serializer.loads(found)

    def set(self, key: str, value: Any, timeout: int | None) -> None:
        """Set a value."""
        client = self.get_client(key, write=True)
        if timeout == 0:
            offload(client.delete, key)
        else:
            offload(client.set, key, self._serializer.dumps(value), ex=timeout)

    def touch(self, key: str, timeout: int | None) -> bool:
        """Give a value another timeout."""
        client = self.get_client(key, write=True)
        if timeout is None:
            return bool(offload(client.persist, key)) or bool(offload(client.exists, key))
        return bool(offload(client.expire, key, timeout))

    def delete(self, key: str) -> bool:
        """Remove a value."""
        return bool(offload(self.get_client(key, write=True).delete, key))

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        """Return several values."""
        wanted = list(keys)
        found = offload(self.get_client(None).mget, wanted)
        return {key: self._serializer.loads(value) for key, value in zip(wanted, found) if value is not None}

    def has_key(self, key: str) -> bool:
        """Say whether there is a value."""
        return bool(offload(self.get_client(key).exists, key))

    def incr(self, key: str, delta: int) -> int:
        """Add to a number."""
        client = self.get_client(key, write=True)
        if not offload(client.exists, key):
            raise ValueError(f"Key '{key}' not found.")
        return offload(client.incr, key, delta)

    def set_many(self, data: dict[str, Any], timeout: int | None) -> None:
        """Set several values at once."""
        pipeline = self.get_client(None, write=True).pipeline()
        pipeline.mset({key: self._serializer.dumps(value) for key, value in data.items()})
        if timeout is not None:
            for key in data:
                pipeline.expire(key, timeout)
        offload(pipeline.execute)

    def delete_many(self, keys: Iterable[str]) -> None:
        """Remove several values."""
        offload(self.get_client(None, write=True).delete, *keys)

    def clear(self) -> bool:
        """Remove everything in the database of the server."""
        return bool(offload(self.get_client(None, write=True).flushdb))


class RedisCache(BaseCache):
    """A cache in Redis; LOCATION is a URL, or several: the leader, then its replicas."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._servers = re.split("[;,]", server) if isinstance(server, str) else server
        self._class = RedisCacheClient
        self._options = params.get("OPTIONS", {})

    @cached_property
    def _cache(self) -> Any:
        return self._class(self._servers, **self._options)

    def get_backend_timeout(self, timeout: Any = DEFAULT_TIMEOUT) -> int | None:
        """Return the seconds that Redis is told."""
        chosen = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        # Redis refuses less than 0, which means expired here.
        return None if chosen is None else max(0, int(chosen))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._cache.add(
            self.make_and_validate_key(key, version=version), value, self.get_backend_timeout(timeout)
        )

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._cache.get(self.make_and_validate_key(key, version=version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._cache.set(
            self.make_and_validate_key(key, version=version), value, self.get_backend_timeout(timeout)
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._cache.touch(
            self.make_and_validate_key(key, version=version), self.get_backend_timeout(timeout)
        )

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._cache.delete(self.make_and_validate_key(key, version=version))

    def get_many(self, keys: Iterable[Any], version: Any = None) -> dict[Any, Any]:
        wanted = {self.make_and_validate_key(key, version=version): key for key in keys}
        return {wanted[key]: value for key, value in self._cache.get_many(wanted).items()} if wanted else {}

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._cache.has_key(self.make_and_validate_key(key, version=version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> Any:
        return self._cache.incr(self.make_and_validate_key(key, version=version), delta)

    def set_many(
        self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None
    ) -> list[Any]:
        if data:
            named = {self.make_and_validate_key(key, version=version): value for key, value in data.items()}
            self._cache.set_many(named, self.get_backend_timeout(timeout))
        return []

    def delete_many(self, keys: Iterable[Any], version: Any = None) -> None:
        named = [self.make_and_validate_key(key, version=version) for key in keys]
        if named:
            self._cache.delete_many(named)

    def clear(self) -> bool:  # type: ignore[override]
        return self._cache.clear()
