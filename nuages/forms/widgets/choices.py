"""Widgets that offer choices: selects, radio buttons, groups of checkboxes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from nuages.utils.choices import normalize_choices
from nuages.utils.translation import gettext_lazy as _

from .base import Widget
from .inputs import CheckboxInput, values_of

Option = dict[str, Any]


class ChoiceWidget(Widget):
    """Base of the widgets with choices: makes the list of options that the templates show."""

    allow_multiple_selected = False
    input_type: str | None = None
    option_template_name: str | None = None
    template_name: str = None  # type: ignore[assignment]
    #: Whether each option gets an id of its own, made from the widget's and its index.
    add_id_index = True
    #: What marks a chosen option.
    checked_attribute: dict[str, Any] = {"checked": True}
    #: Whether the widget's attributes go to each option.
    option_inherits_attrs = True

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__(attrs)
        self.choices = choices

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        twin = super().__deepcopy__(memo)
        # In the form that choices are kept in already: they need not be gone through again.
        twin._choices = copy.copy(self._choices)
        return twin

    @property
    def choices(self) -> Any:
        return self._choices

    @choices.setter
    def choices(self, choices: Any) -> None:
        self._choices = normalize_choices(choices)

    def subwidgets(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Iterator[Option]:
        yield from self.options(name, self.format_value(value), attrs)

    def options(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Iterator[Option]:
        """All options, without their groups."""
        for _heading, options, _index in self.optgroups(name, value, attrs):
            yield from options

    def optgroups(
        self, name: str, value: list[str], attrs: dict[str, Any] | None = None
    ) -> list[tuple[Any, list[Option], int]]:
        """The options in groups: heading (None for an option by itself), options, index."""
        groups = []
        still_open = True  # until one is selected, where only one may be
        for index, (key, label) in enumerate(self.choices):
            key = "" if key is None else key
            heading, members = None, [(key, label, None)]
            if isinstance(label, (list, tuple)):
                heading, members = key, [(inner, text, place) for place, (inner, text) in enumerate(label)]
            options = []
            for member, text, place in members:
                selected = still_open and str(member) in value
                still_open = still_open and (self.allow_multiple_selected or not selected)
                options.append(
                    self.create_option(name, member, text, selected, index, subindex=place, attrs=attrs)
                )
            groups.append((heading, options, index))
        return groups

    def create_option(
        self,
        name: str,
        value: Any,
        label: Any,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> Option:
        """What the template of one option may use."""
        place = str(index) if subindex is None else f"{index}_{subindex}"
        option_attrs = self.build_attrs(self.attrs, attrs) if self.option_inherits_attrs else {}
        if selected:
            option_attrs.update(self.checked_attribute)
        if "id" in option_attrs:
            option_attrs["id"] = self.id_for_label(option_attrs["id"], place)
        return {
            "name": name,
            "value": value,
            "label": label,
            "selected": selected,
            "index": place,
            "attrs": option_attrs,
            "type": self.input_type,
            "template_name": self.option_template_name,
            "wrap_label": True,
        }

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["optgroups"] = self.optgroups(name, context["widget"]["value"], attrs)
        return context

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return f"{id_}_{index}" if id_ and self.add_id_index else id_

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return values_of(data, name) if self.allow_multiple_selected else data.get(name)

    def format_value(self, value: Any) -> list[str]:
        """The selected values as strings, as options are compared by them."""
        if not isinstance(value, (list, tuple)):
            if value is None and self.allow_multiple_selected:
                return []
            value = [value]
        return ["" if one is None else str(one) for one in value]


class Select(ChoiceWidget):
    """`<select>` with one option to choose."""

    template_name = "django/forms/widgets/select.html"
    option_template_name = "django/forms/widgets/select_option.html"
    input_type = "select"
    checked_attribute = {"selected": True}
    # Options have no inputs, and so neither ids nor the attributes of one.
    add_id_index = option_inherits_attrs = False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if self.allow_multiple_selected:
            context["widget"]["attrs"]["multiple"] = True
        return context

    def use_required_attribute(self, initial: Any) -> bool:
        # HTML allows `required` on a single select only where its first option is the empty one.
        if self.allow_multiple_selected or not super().use_required_attribute(initial):
            return super().use_required_attribute(initial)
        for value, label in self.choices:
            return not isinstance(label, (list, tuple)) and str("" if value is None else value) == ""
        return False


class NullBooleanSelect(Select):
    """A select of "Unknown", "Yes" and "No"."""

    _names = {True: "true", "True": "true", "true": "true", "2": "true"} | {
        False: "false",
        "False": "false",
        "false": "false",
        "3": "false",
    }

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, [("unknown", _("Unknown")), ("true", _("Yes")), ("false", _("No"))])

    def _name(self, value: Any) -> str:
        # 1 and 0 are found as True and False, which they equal; what cannot be hashed is no answer.
        return self._names.get(value, "unknown") if isinstance(value, (int, str)) else "unknown"

    def format_value(self, value: Any) -> Any:
        return self._name(value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool | None:
        return {"true": True, "false": False}.get(self._name(data.get(name)))


class SelectMultiple(Select):
    """`<select multiple>`"""

    allow_multiple_selected = True

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False  # browsers send nothing for a select without a selection


class RadioSelect(ChoiceWidget):
    """Radio buttons, one for each choice."""

    template_name = "django/forms/widgets/radio.html"
    option_template_name = "django/forms/widgets/radio_option.html"
    input_type = "radio"
    use_fieldset = True

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The id of one button; the group as a whole has no input that a label could point to."""
        return "" if index is None else super().id_for_label(id_, index)


class CheckboxSelectMultiple(RadioSelect):
    """Checkboxes, one for each choice."""

    template_name = "django/forms/widgets/checkbox_select.html"
    option_template_name = "django/forms/widgets/checkbox_option.html"
    input_type = "checkbox"
    allow_multiple_selected = True

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # browsers would ask for every box to be checked

    value_omitted_from_data = CheckboxInput.value_omitted_from_data  # type: ignore[assignment]
