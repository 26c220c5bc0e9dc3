"""Archives: the objects of a year, month, week or day, with links to the periods before and after.

A period is where it begins, where the next one begins, and how URLs write it. All views below share the search for
the neighbouring period; they differ in the period.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import models
from nuages.db.models.rows import M
from nuages.http import Http404
from nuages.utils import timezone
from nuages.utils.functional import cached_property
from nuages.utils.translation import gettext as _

from .base import View
from .detail import BaseDetailView, SingleObjectTemplateResponseMixin
from .list import MultipleObjectMixin, MultipleObjectTemplateResponseMixin

Date = datetime.date
Dated = tuple[Any, Any, dict[str, Any]]
ONE_DAY = datetime.timedelta(days=1)


def timezone_today() -> Date:
    """Today, in the current time zone."""
    return timezone.localdate() if settings.USE_TZ else datetime.date.today()


def _plus(date: Date, days: int) -> Date:
    try:
        return date + datetime.timedelta(days=days)
    except OverflowError as error:
        raise Http404(_("Date out of range")) from error


def _date_from_string(*parts: object, delim: str = "__") -> Date:
    """The date that pieces of a URL say, each followed by its format; a 404 where they say none.

    Packages with views of their own know it by this name.
    """
    text, date_format = (delim.join(map(str, parts[first::2])) for first in (0, 1))
    try:
        return datetime.datetime.strptime(text, date_format).date()
    except ValueError as error:
        params = {"datestr": text, "format": date_format}
        raise Http404(_("Invalid date string “%(datestr)s” given format “%(format)s”") % params) from error


class _DatePart:
    """What the mixins share: reading a part of the date from the request."""

    request: Any
    kwargs: dict[str, Any]

    def _asked_for(self, part: str, message: str) -> str:
        fixed = getattr(self, part)
        if fixed is not None:
            return fixed
        for source in (self.kwargs, self.request.GET):
            if part in source:
                return source[part]
        raise Http404(message)


class YearMixin(_DatePart):
    """A year in the URL."""

    year_format = "%Y"
    year: str | None = None

    def get_year_format(self) -> str:
        """How the URL writes it, for `strptime()`."""
        return self.year_format

    def get_year(self) -> str:
        """The year as the view, the URL or the query string say it."""
        return self._asked_for("year", _("No year specified"))

    def get_next_year(self, date: Date) -> Date | None:
        """The first day of the next year to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_year, forward=True)

    def get_previous_year(self, date: Date) -> Date | None:
        """The first day of the year before to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_year, forward=False)

    def _start_of_year(self, date: Date, periods_on: int = 0) -> Date:
        try:
            return date.replace(year=date.year + periods_on, month=1, day=1)
        except ValueError as error:
            raise Http404(_("Date out of range")) from error


class MonthMixin(_DatePart):
    """A month in the URL."""

    month_format = "%b"
    month: str | None = None

    def get_month_format(self) -> str:
        """How the URL writes it, for `strptime()`."""
        return self.month_format

    def get_month(self) -> str:
        """The month as the view, the URL or the query string say it."""
        return self._asked_for("month", _("No month specified"))

    def get_next_month(self, date: Date) -> Date | None:
        """The first day of the next month to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_month, forward=True)

    def get_previous_month(self, date: Date) -> Date | None:
        """The first day of the month before to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_month, forward=False)

    def _start_of_month(self, date: Date, periods_on: int = 0) -> Date:
        years_on, month = divmod(date.month - 1 + periods_on, 12)
        try:
            return date.replace(year=date.year + years_on, month=month + 1, day=1)
        except ValueError as error:
            raise Http404(_("Date out of range")) from error


class DayMixin(_DatePart):
    """A day in the URL."""

    day_format = "%d"
    day: str | None = None

    def get_day_format(self) -> str:
        """How the URL writes it, for `strptime()`."""
        return self.day_format

    def get_day(self) -> str:
        """The day as the view, the URL or the query string say it."""
        return self._asked_for("day", _("No day specified"))

    def get_next_day(self, date: Date) -> Date | None:
        """The next day to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_day, forward=True)

    def get_previous_day(self, date: Date) -> Date | None:
        """The day before to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_day, forward=False)

    def _start_of_day(self, date: Date, periods_on: int = 0) -> Date:
        return _plus(date, periods_on)


# The formats for weeks, with the weekday that each begins with: 0 is Sunday, as %w has it.
_FIRST_WEEKDAY = {"%U": 0, "%V": 1, "%W": 1}


class WeekMixin(_DatePart):
    """A week in the URL."""

    week_format = "%U"
    week: str | None = None

    def get_week_format(self) -> str:
        """How the URL writes it, for `strptime()`; it also says with which weekday a week begins."""
        return self.week_format

    def get_week(self) -> str:
        """The week as the view, the URL or the query string say it."""
        return self._asked_for("week", _("No week specified"))

    def get_next_week(self, date: Date) -> Date | None:
        """The first day of the next week to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_week, forward=True)

    def get_previous_week(self, date: Date) -> Date | None:
        """The first day of the week before to link to, None where there is none."""
        return _neighbour(self, date, self._start_of_week, forward=False)

    get_prev_week = get_previous_week

    def _first_weekday(self) -> int:
        week_format = self.get_week_format()
        if week_format not in _FIRST_WEEKDAY:
            raise ValueError(f"Unknown week format {week_format!r}. Choices are: {', '.join(_FIRST_WEEKDAY)}")
        return _FIRST_WEEKDAY[week_format]

    def _start_of_week(self, date: Date, periods_on: int = 0) -> Date:
        days_in = (date.isoweekday() - self._first_weekday()) % 7
        return _plus(date, 7 * periods_on - days_in)


class DateMixin:
    """What all date-based views share: the field with the date, and whether the future is shown."""

    date_field: str | None = None
    allow_future = False

    def get_date_field(self) -> str:
        """The name of the field with the date."""
        if self.date_field is None:
            raise ImproperlyConfigured(f"{type(self).__name__}.date_field is required.")
        return self.date_field

    def get_allow_future(self) -> bool:
        """Whether objects of the future are shown."""
        return self.allow_future

    @cached_property
    def uses_datetime_field(self) -> bool:
        """Whether the field has a time as well as a date."""
        queryset = self.get_queryset()  # type: ignore[attr-defined]
        model = queryset.model if self.model is None else self.model  # type: ignore[attr-defined]
        return isinstance(model._meta.get_field(self.get_date_field()), models.DateTimeField)

    def _moment(self, date: Date) -> Any:
        """The beginning of a day, as the field would hold it."""
        if not self.uses_datetime_field:
            return date
        midnight = datetime.datetime.combine(date, datetime.time.min)
        return timezone.make_aware(midnight) if settings.USE_TZ else midnight

    def _now(self) -> Any:
        return timezone.now() if self.uses_datetime_field else timezone_today()

    def _between(self, first: Date, end: Date) -> dict[str, Any]:
        """The look-up for objects from one day on and before another."""
        name = self.get_date_field()
        return {f"{name}__gte": self._moment(first), f"{name}__lt": self._moment(end)}

    def _on(self, date: Date) -> dict[str, Any]:
        """The look-up for objects of one day."""
        if self.uses_datetime_field:
            return self._between(date, date + ONE_DAY)
        return {self.get_date_field(): date}


def _neighbour(view: Any, date: Date, start_of: Callable[..., Date], *, forward: bool) -> Date | None:
    """The beginning of the period after or before that of a date, to link to.

    Where empty periods have pages it is the very next; else the next one with an object in it.
    """
    if view.get_allow_empty():
        found = start_of(date, 1 if forward else -1)
    else:
        held = _nearest_date(view, start_of(date, 1 if forward else 0), forward=forward)
        if held is None:
            return None
        found = start_of(held)
    return found if view.get_allow_future() or found <= timezone_today() else None


def _nearest_date(view: Any, boundary: Date, *, forward: bool) -> Date | None:
    """The date of the nearest object on one side of a day."""
    name = view.get_date_field()
    lookup = {f"{name}__{'gte' if forward else 'lt'}": view._moment(boundary)}
    objects = view.get_queryset().filter(**lookup)
    if not view.get_allow_future():
        objects = objects.filter(**{f"{name}__lte": view._now()})
    nearest = objects.order_by(name if forward else f"-{name}").first()
    if nearest is None:
        return None
    held = getattr(nearest, name)
    if view.uses_datetime_field:
        held = (timezone.localtime(held) if settings.USE_TZ else held).date()
    return held


class BaseDateListView(MultipleObjectMixin[M], DateMixin, View):
    """Base of the archives: the objects of a period, and the periods in it that have some."""

    allow_empty = False
    date_list_period = "year"

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the archive."""
        self.date_list, self.object_list, extra = self.get_dated_items()
        context = self.get_context_data(object_list=self.object_list, date_list=self.date_list, **extra)
        return self.render_to_response(context)  # type: ignore[attr-defined]

    def get_dated_items(self) -> Dated:
        """The dates that have objects, the objects, and what else the template gets."""
        raise NotImplementedError("A DateView must provide an implementation of get_dated_items()")

    def get_ordering(self) -> Any:
        """The view's order, the newest first unless it says otherwise."""
        return f"-{self.get_date_field()}" if self.ordering is None else self.ordering

    def get_dated_queryset(self, **lookup: Any) -> Any:
        """The objects that the look-up and the view let through; a 404 for none where that is not allowed."""
        objects = self.get_queryset().filter(**lookup)
        if not self.get_allow_future():
            objects = objects.filter(**{f"{self.get_date_field()}__lte": self._now()})
        if not self.get_allow_empty():
            # Without pages all are shown anyway; with them, one query for one row is enough.
            there_are = bool(objects) if self.get_paginate_by(objects) is None else objects.exists()
            if not there_are:
                raise self._nothing_there(objects)
        return objects

    def _nothing_there(self, objects: Any) -> Http404:
        plural = objects.model._meta.verbose_name_plural
        return Http404(_("No %(verbose_name_plural)s available") % {"verbose_name_plural": plural})

    def get_date_list_period(self) -> str:
        """The period of `date_list`: "year", "month" or "day"."""
        return self.date_list_period

    def get_date_list(self, queryset: Any, date_type: str | None = None, ordering: str = "ASC") -> Any:
        """The periods in which there are objects."""
        kind = date_type or self.get_date_list_period()
        dates_of = queryset.datetimes if self.uses_datetime_field else queryset.dates
        dates = dates_of(self.get_date_field(), kind, ordering)
        if not self.get_allow_empty() and not dates:
            raise self._nothing_there(queryset)
        return dates


class BaseArchiveIndexView(BaseDateListView[M]):
    """All objects by date, without a way to render them."""

    context_object_name = "latest"

    def get_dated_items(self) -> Dated:
        objects = self.get_dated_queryset()
        dates = self.get_date_list(objects, ordering="DESC")
        return dates, objects if dates else objects.none(), {}


class ArchiveIndexView(MultipleObjectTemplateResponseMixin, BaseArchiveIndexView[M]):
    """The front page of an archive: the newest objects, and the years there are."""

    template_name_suffix = "_archive"


class BaseYearArchiveView(YearMixin, BaseDateListView[M]):
    """The objects of a year, without a way to render them."""

    date_list_period = "month"
    make_object_list = False

    def get_dated_items(self) -> Dated:
        year = _date_from_string(self.get_year(), self.get_year_format())
        objects = self.get_dated_queryset(
            **self._between(self._start_of_year(year), self._start_of_year(year, 1))
        )
        dates = self.get_date_list(objects)
        if not self.get_make_object_list():
            # The dates come from all of them; that none are listed is the point.
            objects = objects.none()
        links = {
            "year": year,
            "next_year": self.get_next_year(year),
            "previous_year": self.get_previous_year(year),
        }
        return dates, objects, links

    def get_make_object_list(self) -> bool:
        """Whether the objects are listed, besides the months that have some."""
        return self.make_object_list


class YearArchiveView(MultipleObjectTemplateResponseMixin, BaseYearArchiveView[M]):
    """A page about a year: the months that have objects."""

    template_name_suffix = "_archive_year"


class BaseMonthArchiveView(YearMixin, MonthMixin, BaseDateListView[M]):
    """The objects of a month, without a way to render them."""

    date_list_period = "day"

    def get_dated_items(self) -> Dated:
        month = _date_from_string(
            self.get_year(), self.get_year_format(), self.get_month(), self.get_month_format()
        )
        objects = self.get_dated_queryset(
            **self._between(self._start_of_month(month), self._start_of_month(month, 1))
        )
        links = {
            "month": month,
            "next_month": self.get_next_month(month),
            "previous_month": self.get_previous_month(month),
        }
        return self.get_date_list(objects), objects, links


class MonthArchiveView(MultipleObjectTemplateResponseMixin, BaseMonthArchiveView[M]):
    """A page with the objects of a month."""

    template_name_suffix = "_archive_month"


class BaseWeekArchiveView(YearMixin, WeekMixin, BaseDateListView[M]):
    """The objects of a week, without a way to render them."""

    def get_dated_items(self) -> Dated:
        week_format, year_format = self.get_week_format(), self.get_year_format()
        first_weekday = str(self._first_weekday())
        if week_format == "%V" and year_format != "%G":
            raise ValueError(
                f"ISO week directive '{week_format}' is incompatible with the year directive '{year_format}'. "
                "Use the ISO year '%G' instead."
            )
        week = _date_from_string(
            self.get_year(), year_format, first_weekday, "%w", self.get_week(), week_format
        )
        objects = self.get_dated_queryset(**self._between(week, self._start_of_week(week, 1)))
        links = {
            "week": week,
            "next_week": self.get_next_week(week),
            "previous_week": self.get_previous_week(week),
        }
        return None, objects, links


class WeekArchiveView(MultipleObjectTemplateResponseMixin, BaseWeekArchiveView[M]):
    """A page with the objects of a week."""

    template_name_suffix = "_archive_week"


class BaseDayArchiveView(YearMixin, MonthMixin, DayMixin, BaseDateListView[M]):
    """The objects of a day, without a way to render them."""

    def get_dated_items(self) -> Dated:
        return self._get_dated_items(_day_in_url(self))

    def _get_dated_items(self, date: Date) -> Dated:
        """The objects of that day."""
        links = {
            "day": date,
            "previous_day": self.get_previous_day(date),
            "next_day": self.get_next_day(date),
            "previous_month": self.get_previous_month(date),
            "next_month": self.get_next_month(date),
        }
        return None, self.get_dated_queryset(**self._on(date)), links


def _day_in_url(view: Any) -> Date:
    return _date_from_string(
        view.get_year(),
        view.get_year_format(),
        view.get_month(),
        view.get_month_format(),
        view.get_day(),
        view.get_day_format(),
    )


class DayArchiveView(MultipleObjectTemplateResponseMixin, BaseDayArchiveView[M]):
    """A page with the objects of a day."""

    template_name_suffix = "_archive_day"


class BaseTodayArchiveView(BaseDayArchiveView[M]):
    """The objects of today, without a way to render them."""

    def get_dated_items(self) -> Dated:
        return self._get_dated_items(timezone_today())


class TodayArchiveView(MultipleObjectTemplateResponseMixin, BaseTodayArchiveView[M]):
    """A page with the objects of today."""

    template_name_suffix = "_archive_day"


class BaseDateDetailView(YearMixin, MonthMixin, DayMixin, DateMixin, BaseDetailView[M]):
    """One object that also has to be of the day in the URL, without a way to render it."""

    def get_object(self, queryset: Any = None) -> Any:
        date = _day_in_url(self)
        objects = self.get_queryset() if queryset is None else queryset
        if not self.get_allow_future() and date > timezone_today():
            params = {
                "verbose_name_plural": objects.model._meta.verbose_name_plural,
                "class_name": type(self).__name__,
            }
            raise Http404(
                _(
                    "Future %(verbose_name_plural)s not available because %(class_name)s.allow_future is "
                    "False."
                )
                % params
            )
        return super().get_object(queryset=objects.filter(**self._on(date)))


class DateDetailView(SingleObjectTemplateResponseMixin[M], BaseDateDetailView[M]):
    """A page about one object, with its date in the URL."""

    template_name_suffix = "_detail"
