"""Errors of the query layer: the wording people search for, and what would have worked as a note."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import FieldDoesNotExist, FieldError

if TYPE_CHECKING:
    from nuages.db.models.shapes.draft import Draft


def noted(error: Exception, name: str, choices: Iterable[str], place: str = "") -> Exception:
    """The error with a note that names the closest choice."""
    from difflib import get_close_matches  # Only errors need it.

    close = get_close_matches(name, list(choices), n=1)
    if close:
        error.add_note(f"Did you mean {close[0]!r}?{f' ({place})' if place else ''}")
    return error


def field_names(opts: Any) -> set[str]:
    """Every name a lookup may start with."""
    if opts is None:
        return set()
    names: set[str] = set()
    for field in opts.get_fields():
        one_way = field.is_relation and not field.related_model
        names.add(field.name)
        if not one_way and hasattr(field, "attname") and field.concrete:
            names.add(field.attname)
    return names


def relation_names(instance: Any) -> list[str]:
    """Names of the attributes of an instance that lead to others."""
    relations = (field for field in instance._meta.get_fields() if field.is_relation)
    return [getattr(field, "get_accessor_name", lambda: None)() or field.name for field in relations]


def unknown_keyword(draft: Draft, name: str, opts: Any, related: bool = False) -> Exception:
    """A name that is no field, annotation or relation."""
    names = field_names(opts)
    if not related:
        names |= {*draft.annotations, *draft.filtered_relations, *draft.extra}
    choices = ", ".join(sorted(names))
    error = FieldError(f"Cannot resolve keyword '{name}' into field. Choices are: {choices}")
    return noted(error, name, names, f"on {opts.object_name}" if opts is not None else "")


def field_called(opts: Any, name: str) -> Any:
    """The field that a caller named; FieldDoesNotExist, with what was likely meant, where there is none."""
    try:
        return opts.get_field(name)
    except FieldDoesNotExist as error:
        raise noted(error, name, field_names(opts)) from None


def unsupported_lookup(lookup: str, field: Any, suggest: str | None = None) -> Exception:
    """A lookup or transform that the left side does not have."""
    from difflib import get_close_matches

    close = get_close_matches(suggest or lookup, list(getattr(field, "get_lookups", dict)()))
    hint = f", perhaps you meant {' or '.join(close)}?" if close else "."
    kind = field.__class__.__name__
    error = FieldError(f"Unsupported lookup {lookup!r} for {kind} or join on the field not permitted{hint}")
    related = getattr(field, "related_model", None)
    if related is None or isinstance(related, str):
        return error
    return noted(error, suggest or lookup, field_names(related._meta), f"on {related._meta.object_name}")
