"""A field in a form: the name, the data and the HTML it has there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import ValidationError
from nuages.utils.functional import cached_property
from nuages.utils.html import conditional_escape, html_safe
from nuages.utils.safestring import SafeString
from nuages.utils.translation import gettext as _

from .utils import RenderableFieldMixin, pretty_name
from .widgets import MultiWidget, Textarea, TextInput, Widget

if TYPE_CHECKING:
    from .fields import Field
    from .forms import BaseForm
    from .renderers import Renderer
    from .utils import ErrorList

__all__ = ["BoundField", "BoundWidget"]

Attrs = dict[str, Any]


class BoundField(RenderableFieldMixin):
    """One field of one form. Printed it is its widget; iterated over, the parts of the widget."""

    def __init__(self, form: BaseForm, field: Field, name: str) -> None:
        self.form, self.field, self.name = form, field, name
        self.renderer = form.renderer
        self.html_name = form.add_prefix(name)
        self.html_initial_name = form.add_initial_prefix(name)
        self.html_initial_id = form.add_initial_prefix(self.auto_id)
        self.label = pretty_name(name) if field.label is None else field.label
        self.help_text = field.help_text or ""

    # -- the parts of the widget

    @cached_property
    def subwidgets(self) -> list[BoundWidget]:
        """The single inputs of the widget: most have one, radio buttons one for each choice."""
        widget = self.field.widget
        id_ = widget.attrs.get("id") or self.auto_id
        attrs = self.build_widget_attrs({"id": id_} if id_ else {})
        parts = widget.subwidgets(self.html_name, self.value(), attrs=attrs)
        return [BoundWidget(widget, part, self.renderer) for part in parts]

    def __bool__(self) -> bool:
        return True  # a field without choices is still there

    def __iter__(self) -> Iterator[BoundWidget]:
        return iter(self.subwidgets)

    def __len__(self) -> int:
        return len(self.subwidgets)

    def __getitem__(self, index: int | slice) -> Any:
        # Templates try names as keys first: an error tells them to go on to attributes.
        if not isinstance(index, (int, slice)):
            kind = type(index).__name__
            raise TypeError(f"BoundField indices must be integers or slices, not {kind}.")
        return self.subwidgets[index]

    # -- what is in it

    @property
    def errors(self) -> ErrorList:
        """The errors of this field, an empty list where there are none."""
        errors = self.form.errors
        if self.name in errors:
            return errors[self.name]
        return self.form.error_class(renderer=self.renderer)

    @property
    def _is_wrong(self) -> bool:
        return bool(self.form.errors.get(self.name))

    @property
    def data(self) -> Any:
        """The submitted data, as the widget reads it."""
        return self._submitted(self.field.widget, self.html_name)

    def _submitted(self, widget: Widget, html_name: str) -> Any:
        return widget.value_from_datadict(self.form.data, self.form.files, html_name)

    @cached_property
    def initial(self) -> Any:
        """The initial value, from the form or else the field; callables are asked once."""
        return self.form.get_initial_for_field(self.field, self.name)

    def value(self) -> Any:
        """What the widget shows: the data of a bound form, else the initial value."""
        value = self.initial
        if self.form.is_bound:
            value = self.field.bound_data(self.data, value)
        return self.field.prepare_value(value)

    def has_changed(self) -> bool:
        """Whether the submitted data differs from the initial value (the hidden copy of it, if there is one)."""
        initial = self.initial
        if self.field.show_hidden_initial:
            try:
                initial = self.field.to_python(
                    self._submitted(self.field.hidden_widget(), self.html_initial_name)
                )
            except ValidationError:
                return True  # somebody changed what cannot be seen
        return self.field.has_changed(initial, self.data)

    # -- HTML

    @property
    def template_name(self) -> str:  # type: ignore[override]
        """The template of `as_field_group()`."""
        return self.field.template_name or self.renderer.field_template_name

    def get_context(self) -> dict[str, Any]:
        return {"field": self}

    def as_widget(
        self, widget: Widget | None = None, attrs: Attrs | None = None, only_initial: bool = False
    ) -> str:
        """The HTML of the widget (or of another one); `only_initial` is for the hidden copy of the initial value."""
        widget = widget or self.field.widget
        if self.field.localize:
            widget.is_localized = True
        attrs = self.build_widget_attrs(dict(attrs or {}), widget)
        if self.auto_id and "id" not in widget.attrs:
            attrs.setdefault("id", self.html_initial_id if only_initial else self.auto_id)
        name, value = self.html_name, self.value
        if only_initial:
            name = self.html_initial_name
            if name in self.form.data:
                # Shown again after an error: still what was there when the form was first shown.
                return widget.render(
                    name, self._submitted(self.field.hidden_widget(), name), attrs, self.renderer
                )
        return widget.render(name=name, value=value(), attrs=attrs, renderer=self.renderer)

    def as_text(self, attrs: Attrs | None = None, only_initial: bool = False) -> str:
        """The field as `<input type="text">`."""
        return self.as_widget(TextInput(), attrs, only_initial)

    def as_textarea(self, attrs: Attrs | None = None, only_initial: bool = False) -> str:
        """The field as `<textarea>`."""
        return self.as_widget(Textarea(), attrs, only_initial)

    def as_hidden(self, attrs: Attrs | None = None, only_initial: bool = False) -> str:
        """The field as `<input type="hidden">`."""
        return self.as_widget(self.field.hidden_widget(), attrs, only_initial)

    def build_widget_attrs(self, attrs: Attrs, widget: Widget | None = None) -> Attrs:
        """The attributes that follow from the field's state: required, disabled, described by, invalid."""
        widget = widget or self.field.widget
        attrs = dict(attrs)
        if (
            self.form.use_required_attribute
            and self.field.required
            and widget.use_required_attribute(self.initial)
        ):
            attrs.update(self._required_attrs())
        if self.field.disabled:
            attrs["disabled"] = True
        # A hidden input beside a visible one, for the initial value, is described as that one is.
        if not (widget.is_hidden and self.is_hidden):
            if self._is_wrong and not widget.is_hidden:
                attrs["aria-invalid"] = "true"
            own = attrs.get("aria-describedby") or widget.attrs.get("aria-describedby")
            # A fieldset is described as a whole, by its own attribute.
            described = None if own or self.use_fieldset else self.aria_describedby
            if described:
                attrs["aria-describedby"] = described
        return attrs

    def _required_attrs(self) -> Attrs:
        """`required`, on the widget or only on those of its parts that need a value."""
        widget = self.field.widget
        if getattr(self.field, "require_all_fields", True) or not isinstance(widget, MultiWidget):
            return {"required": True}
        for part, part_widget in zip(self.field.fields, widget.widgets):  # type: ignore[attr-defined]
            part_widget.attrs["required"] = part.required and part_widget.use_required_attribute(self.initial)
        return {}

    @property
    def aria_describedby(self) -> str | None:
        """The ids of help text and errors; None where the widget says itself what describes it."""
        if self.field.widget.attrs.get("aria-describedby"):
            return None
        described = []
        if self.auto_id and not self.is_hidden:
            described += [f"{self.auto_id}_helptext"] if self.help_text else []
            described += [f"{self.auto_id}_error"] if self._is_wrong else []
        return " ".join(described)

    def label_tag(
        self,
        contents: Any = None,
        attrs: Attrs | None = None,
        label_suffix: Any = None,
        tag: str | None = None,
    ) -> str:
        """The label as HTML: `<label for="…">`, or bare text where the form gives no ids."""
        contents = contents or self.label
        if label_suffix is None:
            label_suffix = (
                self.form.label_suffix if self.field.label_suffix is None else self.field.label_suffix
            )
        # Translators: If found as last label character, these punctuation
        # characters will prevent the default label_suffix to be appended to
        # the label
        if label_suffix and contents and contents[-1] not in _(":?.!"):
            contents = SafeString(f"{conditional_escape(contents)}{conditional_escape(label_suffix)}")
        id_ = self.field.widget.attrs.get("id") or self.auto_id
        attrs = dict(attrs or {})
        if id_:
            target = self.field.widget.id_for_label(id_)
            if target and tag != "legend":  # which is for all inputs of its fieldset
                attrs["for"] = target
            if css_class := self.field.required and self.form.required_css_class:
                attrs["class"] = f"{attrs['class']} {css_class}" if "class" in attrs else css_class
        context = {
            "field": self,
            "label": contents,
            "contents": contents,
            "attrs": attrs,
            "use_tag": bool(id_),
            "tag": tag or "label",
        }
        return self.form.render(self.form.template_name_label, context)

    def legend_tag(self, contents: Any = None, attrs: Attrs | None = None, label_suffix: Any = None) -> str:
        """The label as `<legend>`, for widgets of several inputs."""
        return self.label_tag(contents, attrs, label_suffix, tag="legend")

    def css_classes(self, extra_classes: str | list[str] | None = None) -> str:
        """The classes of the element around the field: those given, and the form's for errors and required fields."""
        classes = extra_classes.split() if isinstance(extra_classes, str) else list(extra_classes or [])
        if self.form.error_css_class and self._is_wrong:
            classes.append(self.form.error_css_class)
        if self.form.required_css_class and self.field.required:
            classes.append(self.form.required_css_class)
        return " ".join(dict.fromkeys(classes))

    @property
    def is_hidden(self) -> bool:
        """Whether the widget shows nothing."""
        return self.field.widget.is_hidden

    @property
    def auto_id(self) -> str:
        """The HTML id, made as the form's `auto_id` says; empty where it makes none."""
        auto_id = self.form.auto_id
        if not auto_id:
            return ""
        return auto_id % self.html_name if isinstance(auto_id, str) and "%s" in auto_id else self.html_name

    @property
    def id_for_label(self) -> str:
        """The id that a label of your own should point to."""
        return self.field.widget.id_for_label(self.field.widget.attrs.get("id") or self.auto_id)

    @property
    def widget_type(self) -> str:
        """The widget's class as a word for templates: `textinput` is "text"."""
        return re.sub(r"(widget|input)$", "", type(self.field.widget).__name__.lower())

    @property
    def use_fieldset(self) -> bool:
        """Whether the widget has several inputs that belong in a `<fieldset>`."""
        return self.field.widget.use_fieldset


@html_safe
class BoundWidget:
    """One input of a widget, for templates that lay out radio buttons or checkboxes themselves."""

    def __init__(self, parent_widget: Widget, data: dict[str, Any], renderer: Renderer) -> None:
        self.parent_widget, self.data, self.renderer = parent_widget, data, renderer

    def __str__(self) -> str:
        return self.tag(wrap_label=True)

    def tag(self, wrap_label: bool = False) -> str:
        """The input by itself, or in its label."""
        context = {"widget": {**self.data, "wrap_label": wrap_label}}
        return self.parent_widget._render(self.template_name, context, self.renderer)

    @property
    def template_name(self) -> str:
        return self.data.get("template_name") or self.parent_widget.template_name

    @property
    def id_for_label(self) -> str | None:
        return self.data["attrs"].get("id")

    @property
    def choice_label(self) -> Any:
        return self.data["label"]
