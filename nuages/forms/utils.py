"""What forms, fields, form sets and error lists share: rendering through templates, error containers, time zones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nuages.conf import settings
from nuages.core.exceptions import ValidationError
from nuages.utils import timezone
from nuages.utils.html import escape, format_html, format_html_join
from nuages.utils.safestring import mark_safe
from nuages.utils.translation import gettext_lazy as _

from . import renderers

if TYPE_CHECKING:
    from .renderers import Renderer


def pretty_name(name: str | None) -> str:
    """A label made from a field's name: `first_name` becomes "First name"."""
    if not name:
        return ""
    words = name.replace("_", " ")
    return words[0].upper() + words[1:]


def flatatt(attrs: Mapping[str, Any]) -> str:
    """HTML attributes from a mapping, each with a space before it.

    True gives a bare attribute, False and None give nothing.
    """
    valued = sorted(
        (name, value) for name, value in attrs.items() if value is not None and not isinstance(value, bool)
    )
    bare = sorted((name,) for name, value in attrs.items() if value is True)
    return format_html("{}{}", format_html_join("", ' {}="{}"', valued), format_html_join("", " {}", bare))


class RenderableMixin:
    """Something that a template and the context from `get_context()` turn into HTML."""

    template_name: str
    renderer: Any

    def get_context(self) -> dict[str, Any]:
        """What the template may use."""
        raise NotImplementedError("Subclasses of RenderableMixin must provide a get_context() method.")

    def render(
        self,
        template_name: str | None = None,
        context: dict[str, Any] | None = None,
        renderer: Renderer | None = None,
    ) -> str:
        """The HTML of this object; what is not given comes from its attributes."""
        html = (renderer or self.renderer).render(
            template_name or self.template_name, self.get_context() if context is None else context
        )
        return mark_safe(html)

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> str:
        return self.__str__()


class RenderableFieldMixin(RenderableMixin):
    """A field as a whole: printed it is its widget, `as_field_group()` adds label, help text and errors."""

    field: Any

    def as_field_group(self) -> str:
        return self.render()

    def as_hidden(self, attrs: dict[str, Any] | None = None, only_initial: bool = False) -> str:
        raise NotImplementedError("Subclasses of RenderableFieldMixin must provide an as_hidden() method.")

    def as_widget(
        self, widget: Any = None, attrs: dict[str, Any] | None = None, only_initial: bool = False
    ) -> str:
        raise NotImplementedError("Subclasses of RenderableFieldMixin must provide an as_widget() method.")

    def __str__(self) -> str:
        html = self.as_widget()
        if self.field.show_hidden_initial:
            html = mark_safe(html + self.as_hidden(only_initial=True))
        return html


class RenderableFormMixin(RenderableMixin):
    """The output styles of forms and form sets, one template each."""

    template_name_div: str
    template_name_p: str
    template_name_table: str
    template_name_ul: str

    def as_p(self) -> str:
        """Each field in a `<p>`."""
        return self.render(self.template_name_p)

    def as_table(self) -> str:
        """Each field in a table row; the `<table>` around them is yours."""
        return self.render(self.template_name_table)

    def as_ul(self) -> str:
        """Each field in a `<li>`; the `<ul>` around them is yours."""
        return self.render(self.template_name_ul)

    def as_div(self) -> str:
        """Each field in a `<div>`."""
        return self.render(self.template_name_div)


class RenderableErrorMixin(RenderableMixin):
    """Errors as HTML, text or JSON."""

    template_name_text: str
    template_name_ul: str

    def get_json_data(self, escape_html: bool = False) -> Any:
        raise NotImplementedError("Subclasses of RenderableErrorMixin must provide a get_json_data() method.")

    def as_json(self, escape_html: bool = False) -> str:
        """The errors as JSON, each with message and code; messages are escaped only where asked."""
        return json.dumps(self.get_json_data(escape_html))

    def as_text(self) -> str:
        return self.render(self.template_name_text)

    def as_ul(self) -> str:
        return self.render(self.template_name_ul)


class ErrorDict(dict[str, Any], RenderableErrorMixin):
    """The errors of a form: field names (and `__all__`) with an `ErrorList` each."""

    template_name = "django/forms/errors/dict/default.html"
    template_name_text = "django/forms/errors/dict/text.html"
    template_name_ul = "django/forms/errors/dict/ul.html"

    def __init__(self, *args: Any, renderer: Renderer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.renderer = renderer or renderers.get_default_renderer()

    def as_data(self) -> dict[str, list[ValidationError]]:
        """The `ValidationError` instances behind the messages, by field."""
        return {field: errors.as_data() for field, errors in self.items()}

    def get_json_data(self, escape_html: bool = False) -> dict[str, list[dict[str, str]]]:
        return {field: errors.get_json_data(escape_html) for field, errors in self.items()}

    def get_context(self) -> dict[str, Any]:
        return {"errors": self.items(), "error_class": "errorlist"}

    def __copy__(self) -> ErrorDict:
        return self.__class__(self, renderer=self.renderer)

    copy = __copy__

    # The mixin comes after dict, whose own __str__ and __repr__ would win.
    __str__ = RenderableErrorMixin.__str__
    __html__ = RenderableErrorMixin.__html__


class ErrorList(list[Any], RenderableErrorMixin):
    """The errors of one field: a list of messages that remembers the `ValidationError` behind each.

    The list itself holds what was put in (errors or strings); every way of reading it gives messages.
    """

    template_name = "django/forms/errors/list/default.html"
    template_name_text = "django/forms/errors/list/text.html"
    template_name_ul = "django/forms/errors/list/ul.html"

    def __init__(
        self,
        initlist: Iterable[Any] | None = None,
        error_class: str | None = None,
        renderer: Renderer | None = None,
        field_id: str | None = None,
    ) -> None:
        super().__init__(_raw(initlist or ()))
        self.error_class = "errorlist" if error_class is None else f"errorlist {error_class}"
        self.renderer = renderer or renderers.get_default_renderer()
        self.field_id = field_id

    def as_data(self) -> list[ValidationError]:
        """The `ValidationError` instances behind the messages."""
        # Through a new error, which flattens what was given as a list and wraps what was given as a string.
        return ValidationError(self.data).error_list

    @property
    def data(self) -> list[Any]:
        """What was put in: errors and strings."""
        return list(super().__iter__())

    def copy(self) -> ErrorList:
        twin = self.__class__(self)
        twin.__dict__.update(self.__dict__)
        return twin

    __copy__ = copy

    def get_json_data(self, escape_html: bool = False) -> list[dict[str, str]]:
        rows = []
        for error in self.as_data():
            message = _message(error)
            rows.append({"message": escape(message) if escape_html else message, "code": error.code or ""})
        return rows

    def get_context(self) -> dict[str, Any]:
        return {"errors": self, "error_class": self.error_class}

    def extend(self, items: Iterable[Any]) -> None:
        super().extend(_raw(items))

    def __iadd__(self, items: Iterable[Any]) -> ErrorList:
        self.extend(items)
        return self

    def __iter__(self) -> Iterator[str]:
        return map(_message, super().__iter__())

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return [_message(item) for item in found] if isinstance(index, slice) else _message(found)

    def __contains__(self, item: object) -> bool:
        return item in list(self)

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, list) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(list(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> ErrorList:
        # Errors are never changed after they are made, and their parameters may be anything.
        return self.copy()

    def __reduce_ex__(self, protocol: Any) -> Any:
        # The renderer stays here: it holds templates, and another process has its own.
        attributes = {name: value for name, value in self.__dict__.items() if name != "renderer"}
        return _restored, (self.__class__, self.data, attributes)

    __str__ = RenderableErrorMixin.__str__
    __html__ = RenderableErrorMixin.__html__


def _restored(kind: type[ErrorList], data: list[Any], attributes: dict[str, Any]) -> ErrorList:
    errors = kind(data)
    errors.__dict__.update(attributes)
    return errors


def _raw(items: Iterable[Any]) -> Iterable[Any]:
    return items.data if isinstance(items, ErrorList) else items


def _message(item: Any) -> Any:
    return next(iter(item)) if isinstance(item, ValidationError) else item


def from_current_timezone(value: datetime | None) -> datetime | None:
    """A naive time that somebody typed, as an aware one in the current time zone (where USE_TZ is on)."""
    if value is None or not settings.USE_TZ or not timezone.is_naive(value):
        return value
    zone = timezone.get_current_timezone()
    try:
        if value.replace(tzinfo=zone, fold=0).utcoffset() != value.replace(tzinfo=zone, fold=1).utcoffset():
            raise ValueError("Ambiguous or non-existent time.")
        return timezone.make_aware(value, zone)
    except Exception as error:  # time zone classes raise what they like
        raise ValidationError(
            _(
                "%(datetime)s couldn’t be interpreted in time zone %(current_timezone)s; it may be "
                "ambiguous or it may not exist."
            ),
            code="ambiguous_timezone",
            params={"datetime": value, "current_timezone": zone},
        ) from error


def to_current_timezone(value: datetime | None) -> datetime | None:
    """An aware time as a naive one in the current time zone, for display in an input."""
    if value is not None and settings.USE_TZ and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value
