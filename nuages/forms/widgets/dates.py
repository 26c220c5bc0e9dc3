"""Date widgets made of several inputs: date and time apart, or a select each for day, month and year."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nuages.utils import formats
from nuages.utils.dates import MONTHS

from ..utils import to_current_timezone
from .base import MultiWidget, Widget
from .choices import Select
from .inputs import DateInput, TimeInput


class SplitDateTimeWidget(MultiWidget):
    """An input for the date and one for the time; belongs to `SplitDateTimeField`."""

    supports_microseconds = False
    template_name = "django/forms/widgets/splitdatetime.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        date_attrs: dict[str, Any] | None = None,
        time_attrs: dict[str, Any] | None = None,
    ) -> None:
        date = DateInput(attrs=attrs if date_attrs is None else date_attrs, format=date_format)
        time = TimeInput(attrs=attrs if time_attrs is None else time_attrs, format=time_format)
        super().__init__([date, time])

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, None]
        local: Any = to_current_timezone(value)
        return [local.date(), local.time()]


class SplitHiddenDateTimeWidget(SplitDateTimeWidget):
    """The same, hidden."""

    template_name = "django/forms/widgets/splithiddendatetime.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        date_format: str | None = None,
        time_format: str | None = None,
        date_attrs: dict[str, Any] | None = None,
        time_attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs, date_format, time_format, date_attrs, time_attrs)
        for widget in self.widgets:
            widget.input_type = "hidden"  # type: ignore[attr-defined]


# The letters of DATE_FORMAT that stand for each part of a date.
_PART_OF_LETTER = {
    **dict.fromkeys("Yyo", "year"),
    **dict.fromkeys("bEFMmNn", "month"),
    **dict.fromkeys("dj", "day"),
}


class SelectDateWidget(Widget):
    """A select each for month, day and year, in the order of the active locale's date format.

    Optional ones begin with an empty option; `empty_label` is its text, or three texts for year, month and day.
    """

    template_name = "django/forms/widgets/select_date.html"
    use_fieldset = True
    input_type = "select"
    select_widget = Select
    # The names of the parts, made from the field's.
    year_field, month_field, day_field = "%s_year", "%s_month", "%s_day"
    none_value = ("", "---")
    # A part that was not chosen is a zero.
    date_re = re.compile(r"(?P<year>\d{4}|0)-(?P<month>\d\d?)-(?P<day>\d\d?)\Z")

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        years: Iterable[Any] | None = None,
        months: Mapping[int, Any] | None = None,
        empty_label: str | list[str] | tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(attrs)
        if years is None:
            this_year = datetime.date.today().year
            years = range(this_year, this_year + 10)
        self.years = years
        self.months = months or MONTHS
        if isinstance(empty_label, (list, tuple)):
            if len(empty_label) != 3:
                raise ValueError("empty_label list/tuple must have 3 elements.")
            labels = tuple(empty_label)
        else:
            labels = (self.none_value[1] if empty_label is None else empty_label,) * 3
        self.year_none_value, self.month_none_value, self.day_none_value = (("", label) for label in labels)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = context["widget"]["value"]
        offered: dict[str, list[tuple[Any, Any]]] = {
            "year": [(year, str(year)) for year in self.years],
            "month": list(self.months.items()),
            "day": [(day, day) for day in range(1, 32)],
        }
        subwidgets = context["widget"]["subwidgets"] = []
        for part in self._order():
            choices = offered[part]
            if not self.is_required:
                choices = [getattr(self, f"{part}_none_value"), *choices]
            part_name = self._part_name(part, name)
            own = {**context["widget"]["attrs"], "id": f"id_{part_name}"}
            select = self.select_widget(attrs, choices=choices)
            subwidgets.append(select.get_context(part_name, chosen[part], own)["widget"])
        return context

    def format_value(self, value: Any) -> dict[str, Any]:
        """Year, month and day of a date or of a date's text; None or "" for what it does not tell."""
        if isinstance(value, datetime.date):
            return {"year": value.year, "month": value.month, "day": value.day}
        if isinstance(value, str):
            if match := self.date_re.match(value):
                return {part: int(digits) or "" for part, digits in match.groupdict().items()}
            try:
                parsed = datetime.datetime.strptime(value, formats.get_format("DATE_INPUT_FORMATS")[0])
            except ValueError:
                pass
            else:
                return {"year": parsed.year, "month": parsed.month, "day": parsed.day}
        return {"year": None, "month": None, "day": None}

    def _part_name(self, part: str, name: str) -> str:
        return getattr(self, f"{part}_field") % name

    @staticmethod
    def _order() -> Iterator[str]:
        letters = iter(formats.get_format("DATE_FORMAT"))
        for letter in letters:
            if letter == "\\":
                next(letters, None)  # an escaped letter stands for itself
            elif letter in _PART_OF_LETTER:
                yield _PART_OF_LETTER[letter]

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{next(self._order(), 'month')}"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        parts = {part: data.get(self._part_name(part, name)) for part in ("year", "month", "day")}
        if all(part == "" for part in parts.values()):
            return None
        if None in parts.values():
            return data.get(name)
        as_typed = "-".join(part or "0" for part in parts.values())
        try:
            date = datetime.date(*map(int, parts.values()))
        except OverflowError:
            return "0-0-0"
        except ValueError:
            return as_typed  # no such day: the field will say so, and this widget can show it again
        # strftime() does not pad years before 1000 everywhere, which the field could not read back.
        date_format = formats.get_format("DATE_INPUT_FORMATS")[0].replace("%Y", f"{date.year:04}")
        return date.strftime(date_format)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(self._part_name(part, name) in data for part in ("year", "month", "day"))
