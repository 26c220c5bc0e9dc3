"""How values of rows are shown to people."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.core.validators import EMPTY_VALUES, URLValidator
from nuages.db import models
from nuages.db.models.expressions import DatabaseDefault
from nuages.templatetags.static import static
from nuages.utils.formats import localize, number_format
from nuages.utils.hashable import make_hashable
from nuages.utils.html import format_html
from nuages.utils.safestring import SafeString
from nuages.utils.timezone import template_localtime

_ICONS = {True: "yes", False: "no", None: "unknown"}


def display_for_field(value: Any, field: Any, empty_value_display: Any, avoid_link: bool = False) -> Any:
    """Return a field's value as a person reads it: its choice, in the language's format, as a link.

    A value that the database has yet to give is not known.
    """
    if isinstance(value, DatabaseDefault):
        value = None
    if field.flatchoices:
        labels = {make_hashable(choice): label for choice, label in field.flatchoices}
        return labels.get(make_hashable(value), empty_value_display)
    if isinstance(field, models.BooleanField):
        return _icon(value)
    if value in field.empty_values:
        return empty_value_display
    for kind, show in _LINKS.items():
        if isinstance(field, kind) and not avoid_link:
            return show(value)
    if isinstance(field, models.JSONField):
        try:
            return json.dumps(value, ensure_ascii=False, cls=field.encoder)
        except TypeError:
            return display_for_value(value, empty_value_display)
    if isinstance(field, models.DecimalField):
        return number_format(value, field.decimal_places)
    return display_for_value(value, empty_value_display)


def display_for_value(value: Any, empty_value_display: Any, boolean: bool = False) -> Any:
    """Return a value as a person reads it; yes and no as icons where it is a `boolean`."""
    if isinstance(value, DatabaseDefault):
        value = None
    if boolean:
        return _icon(value)
    if value in EMPTY_VALUES:
        return empty_value_display
    match value:
        case bool():
            return str(value)
        case datetime():
            return localize(template_localtime(value))
        case date() | time():
            return localize(value)
        case int() | float() | Decimal():
            return number_format(value)
        case list() | tuple():
            return ", ".join(str(one) for one in value)
        case SafeString():
            return value
        case _:
            return str(value).strip() or empty_value_display


def _icon(value: bool | None) -> SafeString:
    return format_html('<img src="{}" alt="{}">', static(f"admin/img/icon-{_ICONS[value]}.svg"), value)


def _address(value: str) -> Any:
    """A link, unless following it would do something else than open a page."""
    try:
        URLValidator()(value)
    except ValidationError:
        return value
    return format_html('<a href="{}">{}</a>', value, value)


def _file(value: Any) -> SafeString:
    return format_html('<a href="{}">{}</a>', value.url, value)


_LINKS: dict[type[models.Field[Any, Any]], Callable[[Any], Any]] = {
    models.URLField: _address,
    models.FileField: _file,
}
