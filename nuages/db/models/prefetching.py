"""`prefetch_related()`: related objects of many instances, one statement a relation.

A look-up such as `books__author` is a path of relations. It is walked step by step for all instances at once;
a step that was taken before, by another look-up of the same call, is not taken again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nuages.core import exceptions
from nuages.db.models.constants import LOOKUP_SEP
from nuages.db.models.shapes import wording
from nuages.spine import twin
from nuages.utils.functional import cached_property


class Prefetch:
    """A relation to prefetch, with the query set to use and the attribute to keep the result under."""

    def __init__(self, lookup: str, queryset: Any = None, to_attr: str | None = None) -> None:
        _refuse_other_rows(queryset)
        # `prefetch_through` is the path of relations, `prefetch_to` the path the result is found under.
        self.prefetch_to = self.prefetch_through = lookup
        if to_attr:
            *before, _ = lookup.split(LOOKUP_SEP)
            self.prefetch_to = LOOKUP_SEP.join([*before, to_attr])
        self.queryset = queryset
        self.to_attr = to_attr

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        if self.queryset is not None:
            queryset = self.queryset._chain()
            # What is pickled is the query, not its rows.
            queryset._result_cache = []
            queryset._prefetch_done = True
            state["queryset"] = queryset
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.queryset is not None:
            self.queryset._result_cache = None
            self.queryset._prefetch_done = False

    def add_prefix(self, prefix: str) -> None:
        """Start one relation earlier."""
        self.prefetch_to = prefix + LOOKUP_SEP + self.prefetch_to
        self.prefetch_through = prefix + LOOKUP_SEP + self.prefetch_through

    def get_current_prefetch_to(self, level: int) -> str:
        """Where the result of a step of the path is found."""
        return LOOKUP_SEP.join(self.prefetch_to.split(LOOKUP_SEP)[: level + 1])

    def get_current_to_attr(self, level: int) -> tuple[str, bool | None]:
        """The attribute that a step's result is kept under, and whether it was chosen by `to_attr`."""
        parts = self.prefetch_to.split(LOOKUP_SEP)
        chosen = self.to_attr and level == len(parts) - 1
        return parts[level], bool(chosen)

    def get_current_querysets(self, level: int) -> list[Any] | None:
        """The query sets given for a step."""
        if self.get_current_prefetch_to(level) == self.prefetch_to and self.queryset is not None:
            return [self.queryset]
        return None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Prefetch):
            return NotImplemented
        return self.prefetch_to == other.prefetch_to

    def __hash__(self) -> int:
        return hash((self.__class__, self.prefetch_to))


def _refuse_other_rows(queryset: Any) -> None:
    """Only instances can be hung on instances."""
    from nuages.db.models.query.iterables import ModelIterable

    kind = getattr(queryset, "_iterable_class", None)
    if queryset is not None and (kind is None or not issubclass(kind, ModelIterable)):
        raise ValueError("Prefetch querysets cannot use raw(), values(), and values_list().")


class GenericPrefetch(Prefetch):
    """A prefetch over a generic relation, with a query set for each kind of object."""

    def __init__(self, lookup: str, querysets: Sequence[Any], to_attr: str | None = None) -> None:
        for queryset in querysets:
            _refuse_other_rows(queryset)
        self.querysets = querysets
        super().__init__(lookup, to_attr=to_attr)

    def get_current_querysets(self, level: int) -> list[Any] | None:
        if self.get_current_prefetch_to(level) == self.prefetch_to:
            return list(self.querysets)
        return None


def normalize_prefetch_lookups(lookups: Iterable[Any], prefix: str | None = None) -> list[Prefetch]:
    """Look-ups as Prefetch objects, perhaps one relation further on."""
    found = []
    for lookup in lookups:
        prefetch = lookup if isinstance(lookup, Prefetch) else Prefetch(lookup)
        if prefix:
            prefetch.add_prefix(prefix)
        found.append(prefetch)
    return found


def prefetch_related_objects(model_instances: Sequence[Any], *related_lookups: Any) -> None:
    """Load related objects of instances that are here already."""
    if model_instances:
        _Walk(model_instances).run(normalize_prefetch_lookups(related_lookups))


aprefetch_related_objects = twin(prefetch_related_objects)


class _Walk:
    """One call: which steps were taken, and what they led to."""

    def __init__(self, instances: Sequence[Any]) -> None:
        self.instances = instances
        # Path of a step → the objects it led to.
        self.reached: dict[str, list[Any]] = {}
        # Look-ups that came with the query sets of steps.
        self.automatic: set[Prefetch] = set()
        self.descriptors: set[Any] = set()
        self.waiting: list[Prefetch] = []

    def run(self, lookups: Iterable[Prefetch]) -> None:
        self.waiting = list(lookups)[::-1]
        while self.waiting:
            lookup = self.waiting.pop()
            if lookup.prefetch_to in self.reached:
                if lookup.queryset is not None:
                    raise ValueError(
                        f"'{lookup.prefetch_to}' lookup was already seen with a different queryset. You may need to "
                        "adjust the ordering of your lookups."
                    )
                continue
            self._follow(lookup)

    def _follow(self, lookup: Prefetch) -> None:
        objects: list[Any] = list(self.instances)
        names = lookup.prefetch_through.split(LOOKUP_SEP)
        for level, name in enumerate(names):
            if not objects:
                return
            place = lookup.get_current_prefetch_to(level)
            if place in self.reached:
                objects = self.reached[place]
                continue
            if not _can_hold_results(objects):
                return
            to_attr = lookup.get_current_to_attr(level)[0]
            prefetcher, descriptor, found, is_fetched = get_prefetcher(objects[0], name, to_attr)
            if not found:
                error = AttributeError(
                    f"Cannot find '{name}' on {objects[0].__class__.__name__} object, '{lookup.prefetch_through}' "
                    "is an invalid parameter to prefetch_related()"
                )
                related = wording.relation_names(objects[0]) if hasattr(objects[0], "_meta") else []
                raise wording.noted(error, name, related)
            if level == len(names) - 1 and prefetcher is None:
                raise ValueError(
                    f"'{lookup.prefetch_through}' does not resolve to an item that supports prefetching - this is an "
                    "invalid parameter to prefetch_related()."
                )
            lacking = [one for one in objects if not is_fetched(one)] if prefetcher is not None else []
            if lacking:
                objects, further = prefetch_one_level(lacking, prefetcher, lookup, level)
                # A relation that leads back to where it came from would go on for ever through its own look-ups.
                if not (
                    place in self.reached and lookup in self.automatic and descriptor in self.descriptors
                ):
                    self.reached[place] = objects
                    more = normalize_prefetch_lookups(reversed(further), place)
                    self.automatic.update(more)
                    self.waiting.extend(more)
                self.descriptors.add(descriptor)
            else:
                objects = list(_behind(objects, name, to_attr))


def _can_hold_results(objects: Iterable[Any]) -> bool:
    """Give each object a place for results; False for what is no instance."""
    for one in objects:
        if not hasattr(one, "_prefetched_objects_cache"):
            try:
                one._prefetched_objects_cache = {}
            except (AttributeError, TypeError):
                # Values of values_list() and the like cannot have anything hung on them.
                return False
    return True


def _behind(objects: Iterable[Any], name: str, to_attr: str) -> Iterator[Any]:
    """What an attribute of the objects holds, where nothing had to be fetched."""
    for one in objects:
        cache: dict[str, Any] = getattr(one, "_prefetched_objects_cache", {})
        if name in cache:
            # Rows that were prefetched before.
            behind = list(cache[name])
        else:
            try:
                behind = getattr(one, to_attr)
            except (exceptions.ObjectDoesNotExist, AttributeError):
                try:
                    behind = getattr(one, name)
                except exceptions.ObjectDoesNotExist:
                    continue
        if behind is None:
            continue
        if hasattr(behind, "get_queryset") and hasattr(behind, "all"):
            yield from behind.all()
        elif isinstance(behind, (list, tuple)) or hasattr(behind, "_result_cache"):
            yield from behind
        else:
            yield behind


Fetched = Callable[[Any], bool]


def get_prefetcher(instance: Any, through_attr: str, to_attr: str) -> tuple[Any, Any, bool, Fetched]:
    """What fetches an attribute for many instances, its descriptor, whether there is such an attribute, and a
    function that tells whether an instance has it already."""

    def has_to_attr(one: Any) -> bool:
        return hasattr(one, to_attr)

    def in_dict(one: Any) -> bool:
        return to_attr in one.__dict__

    cls = instance.__class__
    descriptor = getattr(cls, through_attr, None)
    if descriptor is None:
        return None, None, hasattr(instance, through_attr), has_to_attr
    if hasattr(descriptor, "get_prefetch_querysets"):
        # A relation to one object: the descriptor fetches, and knows who has it.
        # Under a name of its own, the result is looked for there and not where the relation keeps its object.
        return descriptor, descriptor, True, has_to_attr if through_attr != to_attr else descriptor.is_cached
    manager = getattr(instance, through_attr)
    if not hasattr(manager, "get_prefetch_querysets"):
        return None, descriptor, True, has_to_attr
    if through_attr != to_attr:
        is_property = isinstance(getattr(cls, to_attr, None), cached_property)
        return manager, descriptor, True, in_dict if is_property else has_to_attr

    def in_cache(one: Any) -> bool:
        return through_attr in one._prefetched_objects_cache

    return manager, descriptor, True, in_cache


def prefetch_one_level(
    instances: list[Any], prefetcher: Any, lookup: Prefetch, level: int
) -> tuple[list[Any], list[Any]]:
    """Fetch one relation for all instances, and hang the results on them.

    Returns all related objects, and look-ups that their query set brought along.
    """
    rel_qs, key_of_related, key_of_instance, single, cache_name, is_descriptor = (
        prefetcher.get_prefetch_querysets(instances, lookup.get_current_querysets(level))
    )
    # The related objects are wanted first; what is to be prefetched for them is done with all at once.
    further = list(getattr(rel_qs, "_prefetch_related_lookups", ()))
    if further:
        rel_qs._prefetch_related_lookups = ()
        further = [_own_copy(one) for one in further]
    related = list(rel_qs)
    by_key: dict[Any, list[Any]] = {}
    for one in related:
        by_key.setdefault(key_of_related(one), []).append(one)
    to_attr, chosen = lookup.get_current_to_attr(level)
    if chosen and instances:
        _refuse_field_name(instances[0]._meta.model, to_attr)
    for instance in instances:
        found = by_key.get(key_of_instance(instance), [])
        if single:
            one = found[0] if found else None
            if chosen:
                setattr(instance, to_attr, one)
            elif is_descriptor:
                # The related object may be under another name than the field's, as with GenericForeignKey.
                setattr(instance, cache_name, one)
            else:
                instance._state.fields_cache[cache_name] = one
        elif chosen:
            setattr(instance, to_attr, found)
        else:
            _keep(instance, lookup.prefetch_to.split(LOOKUP_SEP)[level], cache_name, found, level, lookup)
    return related, further


def _own_copy(lookup: Any) -> Any:
    """A Prefetch is given a prefix further on: not to the one that somebody else holds."""
    import copy

    return copy.copy(lookup) if isinstance(lookup, Prefetch) else lookup


def _refuse_field_name(model: Any, to_attr: str) -> None:
    try:
        model._meta.get_field(to_attr)
    except exceptions.FieldDoesNotExist:
        return
    raise ValueError(f"to_attr={to_attr} conflicts with a field on the {model.__name__} model.")


def _keep(instance: Any, name: str, cache_name: str, found: list[Any], level: int, lookup: Prefetch) -> None:
    """Put a many-valued result where the relation's manager looks for it."""
    manager = getattr(instance, name)
    given = lookup.get_current_querysets(level)
    if given and len(given) == 1:
        # `all()` and further steps continue from the query set that was given.
        queryset = manager._apply_rel_filters(given[0])
    else:
        queryset = manager.get_queryset()
    queryset._result_cache = found
    queryset._prefetch_done = True
    instance._prefetched_objects_cache[cache_name] = queryset


def fetch_peers(instances: Sequence[Any], name: str) -> None:
    """Load a relation for all instances that lack it."""
    prefetch_related_objects(instances, name)
