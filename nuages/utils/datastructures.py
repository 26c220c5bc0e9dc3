"""Containers: several values under a key, ordered sets, and others that the rooms share."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, NoReturn, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class OrderedSet(Generic[K]):
    """A set that keeps the order of insertion."""

    def __init__(self, iterable: Iterable[K] | None = None) -> None:
        self.dict: dict[K, None] = dict.fromkeys(iterable or ())

    def add(self, item: K) -> None:
        self.dict[item] = None

    def remove(self, item: K) -> None:
        del self.dict[item]

    def discard(self, item: K) -> None:
        self.dict.pop(item, None)

    def __iter__(self) -> Iterator[K]:
        return iter(self.dict)

    def __reversed__(self) -> Iterator[K]:
        return reversed(self.dict)

    def __contains__(self, item: object) -> bool:
        return item in self.dict

    def __len__(self) -> int:
        return len(self.dict)

    def __bool__(self) -> bool:
        return bool(self.dict)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self.dict) if self.dict else ''})"


class MultiValueDictKeyError(KeyError):
    """The key is not in the MultiValueDict."""


class MultiValueDict(dict[Any, Any]):
    """A dictionary with a list of values for each key, as query strings and forms have.

    `d[key]` is the last value, `d.getlist(key)` all of them.
    """

    def __init__(self, key_to_list_mapping: Any = ()) -> None:
        super().__init__(key_to_list_mapping)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {super().__repr__()}>"

    def __getitem__(self, key: Any) -> Any:
        try:
            values = super().__getitem__(key)
        except KeyError:
            raise MultiValueDictKeyError(key) from None
        return values[-1] if values else []

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, [value])

    def __copy__(self) -> MultiValueDict:
        return type(self)([(key, list(values)) for key, values in self.lists()])

    def __deepcopy__(self, memo: dict[int, Any]) -> MultiValueDict:
        clone = type(self)()
        memo[id(self)] = clone
        for key, values in self.lists():
            dict.__setitem__(clone, copy.deepcopy(key, memo), copy.deepcopy(values, memo))
        return clone

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_data": dict(self.lists())}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # dict pickles through items(), which shows last values only; the lists travel beside it.
        for key, values in state.pop("_data", {}).items():
            self.setlist(key, values)
        self.__dict__.update(state)

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the last value of the key; the default when there is no key or its list is empty."""
        values = super().get(key)
        return values[-1] if values else default

    def _getlist(self, key: Any, default: Any = None, force_list: bool = False) -> Any:
        """Return the list itself, or a copy of it when `force_list` is true."""
        try:
            values = super().__getitem__(key)
        except KeyError:
            return [] if default is None else default
        return list(values) if force_list and values is not None else values

    def getlist(self, key: Any, default: Any = None) -> Any:
        """Return a copy of the list of values, or the default, or an empty list."""
        return self._getlist(key, default, force_list=True)

    def setlist(self, key: Any, list_: Any) -> None:
        """Set the whole list of values."""
        super().__setitem__(key, list_)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Return the last value, after setting the default where there is no key."""
        if key not in self:
            self[key] = default
        return self[key]

    def setlistdefault(self, key: Any, default_list: Any = None) -> Any:
        """Return the list of values, after setting the default list where there is no key."""
        if key not in self:
            self.setlist(key, [] if default_list is None else default_list)
        return self._getlist(key)

    def appendlist(self, key: Any, value: Any) -> None:
        """Add a value to the key's list."""
        self.setlistdefault(key).append(value)

    def items(self) -> Iterator[tuple[Any, Any]]:  # type: ignore[override]
        """Iterate over keys and their last values."""
        return ((key, self[key]) for key in self)

    def lists(self) -> Iterator[tuple[Any, list[Any]]]:
        """Iterate over keys and their lists of values."""
        return iter(super().items())

    def values(self) -> Iterator[Any]:  # type: ignore[override]
        """Iterate over the last value of each key."""
        return (self[key] for key in self)

    def copy(self) -> Any:
        """Return a copy with lists of its own."""
        return copy.copy(self)

    def update(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Add to the lists rather than replace them: takes a mapping, another of its kind, or pairs."""
        if len(args) > 1:
            raise TypeError(f"update expected at most 1 argument, got {len(args)}")
        for source in args:
            if isinstance(source, MultiValueDict):
                for key, values in source.lists():
                    self.setlistdefault(key).extend(values)
                continue
            for key, value in source.items() if isinstance(source, Mapping) else source:
                self.appendlist(key, value)
        for key, value in kwargs.items():
            self.appendlist(key, value)

    def dict(self) -> dict[Any, Any]:
        """Return a plain dictionary of the last values."""
        return {key: self[key] for key in self}


class ImmutableList(tuple[Any, ...]):
    """A tuple that looks like a list whose methods of change explain why they refuse."""

    warning: Any

    def __new__(cls, *args: Any, warning: Any = "ImmutableList object is immutable.") -> ImmutableList:
        made = super().__new__(cls, *args)
        made.warning = warning
        return made

    def complain(self, *args: object, **kwargs: object) -> NoReturn:
        raise self.warning if isinstance(self.warning, Exception) else AttributeError(self.warning)


for _name in (
    "__delitem__", "__iadd__", "__imul__", "__setitem__",
    "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
):  # fmt: skip
    setattr(ImmutableList, _name, ImmutableList.complain)


class DictWrapper(dict[str, Any]):
    """A dictionary that passes a value through `func` when its key is asked for with the prefix.

    Used to quote names while formatting: `"%(name)s %(qn_name)s" % DictWrapper(data, quote, "qn_")`.
    """

    def __init__(self, data: Any, func: Callable[[Any], Any], prefix: str) -> None:
        super().__init__(data)
        self.func = func
        self.prefix = prefix

    def __getitem__(self, key: str) -> Any:
        plain = key.removeprefix(self.prefix)
        value = super().__getitem__(plain)
        return value if plain == key and self.prefix != "" else self.func(value)


class CaseInsensitiveMapping(Mapping[str, V]):
    """A read-only mapping whose string keys differ by more than case; it shows them as they were given."""

    _store: dict[str, tuple[str, V]]

    def __init__(self, data: Any) -> None:
        self._store = {key.lower(): (key, value) for key, value in self._pairs(data)}

    @staticmethod
    def _pairs(data: Any) -> Iterator[tuple[str, Any]]:
        entries = data.items() if isinstance(data, Mapping) else data
        for position, entry in enumerate(entries):
            if len(entry) != 2:
                raise ValueError(
                    f"dictionary update sequence element #{position} has length {len(entry)}; 2 is required"
                )
            if not isinstance(entry[0], str):
                raise ValueError(f"Element key {entry[0]!r} invalid, only strings are allowed")
            yield entry[0], entry[1]

    def __getitem__(self, key: str) -> V:
        return self._store[key.lower()][1]

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[str]:
        return (shown for shown, value in self._store.values())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return False
        mine = {key: value for key, (shown, value) in self._store.items()}
        return mine == {key.lower() if isinstance(key, str) else key: value for key, value in other.items()}

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self._store.values()))

    def copy(self) -> CaseInsensitiveMapping[V]:
        """Return the mapping itself; it does not change."""
        return self


class DeferredSubDict:
    """Reads `parent[key]` anew at each look-up, so that what replaces the inner mapping is seen."""

    def __init__(self, deferred_dict: Mapping[Any, Any], subkey: Any) -> None:
        self._deferred_dict = deferred_dict
        self._subkey = subkey

    def __getitem__(self, key: Any) -> Any:
        return self._deferred_dict[self._subkey][key]
