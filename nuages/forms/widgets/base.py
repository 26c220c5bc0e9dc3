"""The base widget, and the widget made of widgets."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nuages.utils import formats
from nuages.utils.safestring import mark_safe

from .. import renderers
from .media import Media, MediaDefiningClass

if TYPE_CHECKING:
    from ..renderers import Renderer


class Widget(metaclass=MediaDefiningClass):
    """A field's HTML: how it is rendered, and how its value is read back from submitted data."""

    template_name: str
    media: Media
    needs_multipart_form = False
    is_localized = False
    is_required = False
    supports_microseconds = True
    use_fieldset = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        self.attrs: dict[str, Any] = dict(attrs or {})

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = self.__class__.__new__(self.__class__)
        twin.__dict__.update(self.__dict__)
        twin.attrs = self.attrs.copy()
        memo[id(self)] = twin
        return twin

    @property
    def is_hidden(self) -> bool:
        """Whether the widget shows nothing."""
        return getattr(self, "input_type", None) == "hidden"

    def subwidgets(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The context of each input that this widget consists of."""
        yield self.get_context(name, value, attrs)["widget"]

    def format_value(self, value: Any) -> Any:
        """The value as the template shows it; None leaves the attribute out."""
        if value is None or value == "":
            return None
        if self.is_localized:
            return formats.localize_input(value)
        if isinstance(value, str):
            return value
        return None if _is_left_to_database(value) else str(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the widget's template may use, under the one key "widget"."""
        about = {
            "template_name": self.template_name,
            "name": name,
            "value": self.format_value(value),
            "attrs": self.build_attrs(self.attrs, attrs),
            "is_hidden": self.is_hidden,
            "required": self.is_required,
        }
        return {"widget": about}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Renderer | None = None
    ) -> str:
        """The widget as HTML."""
        return self._render(self.template_name, self.get_context(name, value, attrs), renderer)

    def _render(self, template_name: str, context: dict[str, Any], renderer: Renderer | None = None) -> str:
        return mark_safe((renderer or renderers.get_default_renderer()).render(template_name, context))

    def build_attrs(
        self, base_attrs: Mapping[str, Any], extra_attrs: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The attributes of the tag: those of the widget, then those of this rendering."""
        return {**base_attrs, **(extra_attrs or {})}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The submitted value, None where there is none."""
        return data.get(name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the submission said nothing about this widget."""
        return name not in data

    def id_for_label(self, id_: str) -> str:
        """The id that a `<label>` points to, given the field's."""
        return id_

    def use_required_attribute(self, initial: Any) -> bool:
        """Whether a required field may carry the `required` attribute, given its initial value."""
        return not self.is_hidden


def _is_left_to_database(value: Any) -> bool:
    """Whether a model's field waits for its `db_default`: there is nothing to show yet."""
    from nuages.db.models.expressions import DatabaseDefault

    return isinstance(value, DatabaseDefault)


class MultiWidget(Widget):
    """A widget made of several, whose values form one list.

    `widgets` is a list (names get `_0`, `_1`, …) or a dictionary of suffixes. Subclasses that show a single value
    say how to take it apart in `decompress()`.
    """

    template_name = "django/forms/widgets/multiwidget.html"
    use_fieldset = True

    def __init__(
        self,
        widgets: Iterable[Widget | type[Widget]] | Mapping[str, Widget | type[Widget]],
        attrs: dict[str, Any] | None = None,
    ) -> None:
        if isinstance(widgets, Mapping):
            self.widgets_names = [f"_{suffix}" if suffix else "" for suffix in widgets]
            widgets = widgets.values()
        else:
            widgets = list(widgets)
            self.widgets_names = [f"_{number}" for number in range(len(widgets))]
        self.widgets: list[Widget] = [widget() if isinstance(widget, type) else widget for widget in widgets]
        super().__init__(attrs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        twin.widgets = copy.deepcopy(self.widgets)
        return twin

    def _parts(self, name: str) -> Iterator[tuple[str, Widget]]:
        for suffix, widget in zip(self.widgets_names, self.widgets):
            yield name + suffix, widget

    @property
    def is_hidden(self) -> bool:
        return all(widget.is_hidden for widget in self.widgets)

    @property
    def needs_multipart_form(self) -> bool:  # type: ignore[override]
        return any(widget.needs_multipart_form for widget in self.widgets)

    @property
    def media(self) -> Media:  # type: ignore[override]
        return sum((widget.media for widget in self.widgets), Media())

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shared = context["widget"]["attrs"]
        input_type = shared.pop("type", None)
        id_ = shared.get("id")
        values = value if isinstance(value, (list, tuple)) else self.decompress(value)
        subwidgets = context["widget"]["subwidgets"] = []
        for number, (part, widget) in enumerate(self._parts(name)):
            if self.is_localized:
                widget.is_localized = True
            own = {**shared, "id": f"{id_}_{number}"} if id_ else dict(shared)
            if input_type is not None and getattr(widget, "input_type", None) is not None:
                own["type"] = input_type
            part_value = values[number] if number < len(values) else None
            subwidgets.append(widget.get_context(part, part_value, own)["widget"])
        return context

    def id_for_label(self, id_: str) -> str:
        return ""  # a group of inputs has a legend instead

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return [widget.value_from_datadict(data, files, part) for part, widget in self._parts(name)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return all(widget.value_omitted_from_data(data, files, part) for part, widget in self._parts(name))

    def decompress(self, value: Any) -> list[Any] | tuple[Any, ...]:
        """The values of the parts, from the value of the whole (which may be empty)."""
        raise NotImplementedError("Subclasses must implement this method.")
