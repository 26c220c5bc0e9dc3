from __future__ import annotations

import datetime

import pytest

from nuages.http import Http404
from nuages.test import RequestFactory
from nuages.views.generic import dates
from tests.forms.library.models import Author, Book

pytestmark = pytest.mark.usefixtures("library")


@pytest.fixture(autouse=True)
def books(library):
    ada = Author.objects.create(name="Ada")
    for title, published in (("Old", "2006-05-01"), ("New", "2008-10-01"), ("Far", "2999-01-01")):
        Book.objects.create(title=title, author=ada, published=datetime.date.fromisoformat(published))


def show(kind, *, attrs=None, **kwargs):
    made = type(kind.__name__, (kind,), {"model": Book, "date_field": "published", **(attrs or {})})()
    request = RequestFactory().get("/")
    made.setup(request, **kwargs)
    return made.dispatch(request, **kwargs).context_data


def titles(context) -> list[str]:
    return [book.title for book in context["object_list"]]


def day(*parts: int) -> datetime.date:
    return datetime.date(*parts)


def test_the_index_lists_the_newest_first_and_the_years_there_are():
    context = show(dates.ArchiveIndexView)
    assert titles(context) == ["New", "Old"]
    assert list(context["date_list"]) == [day(2008, 1, 1), day(2006, 1, 1)]


def test_a_year_links_to_the_nearest_years_with_something_in_them():
    context = show(dates.YearArchiveView, year=2008, attrs={"make_object_list": True})
    assert titles(context) == ["New"]
    assert (context["previous_year"], context["next_year"]) == (day(2006, 1, 1), None)
    assert list(context["date_list"]) == [day(2008, 10, 1)]


def test_empty_periods_link_to_their_neighbours():
    context = show(dates.YearArchiveView, year="1999", attrs={"allow_empty": True})
    assert (context["previous_year"], context["next_year"]) == (day(1998, 1, 1), day(2000, 1, 1))
    with pytest.raises(Http404, match="No books available"):
        show(dates.YearArchiveView, year="1999")


def test_the_future_is_shown_where_it_is_asked_for():
    context = show(dates.YearArchiveView, year="2008", attrs={"allow_future": True})
    assert context["next_year"] == day(2999, 1, 1)
    with pytest.raises(Http404):
        show(dates.YearArchiveView, year="2999")


def test_months_and_days():
    context = show(dates.MonthArchiveView, year="2008", month="oct")
    assert (context["month"], context["previous_month"]) == (day(2008, 10, 1), day(2006, 5, 1))
    context = show(dates.DayArchiveView, year="2008", month="oct", day="1")
    assert titles(context) == ["New"]
    assert (context["previous_day"], context["next_day"]) == (day(2006, 5, 1), None)
    assert context["previous_month"] == day(2006, 5, 1)


@pytest.mark.parametrize(
    ("formats", "week", "start"),
    [
        ({}, "39", day(2008, 9, 28)),
        ({"week_format": "%W"}, "39", day(2008, 9, 29)),
        ({"week_format": "%V", "year_format": "%G"}, "40", day(2008, 9, 29)),
    ],
)
def test_weeks_begin_as_their_format_says(formats, week, start):
    context = show(dates.WeekArchiveView, year="2008", week=week, attrs=formats)
    assert context["week"] == start and titles(context) == ["New"]


def test_week_formats_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match=r"Unknown week format '%T'. Choices are: %U, %V, %W"):
        show(dates.WeekArchiveView, year="2008", week="39", attrs={"week_format": "%T"})
    with pytest.raises(ValueError, match="incompatible with the year directive '%Y'"):
        show(dates.WeekArchiveView, year="2008", week="39", attrs={"week_format": "%V"})


def test_what_is_no_date_is_not_found():
    for kwargs in ({"year": "no"}, {"year": "9999999"}, {}):
        with pytest.raises(Http404):
            show(dates.YearArchiveView, **kwargs)
    with pytest.raises(Http404, match="Date out of range"):
        show(dates.YearArchiveView, year="9999", attrs={"allow_empty": True, "allow_future": True})


def test_an_object_must_be_of_the_day_in_its_url():
    new = Book.objects.get(title="New")
    context = show(dates.DateDetailView, year="2008", month="oct", day="1", pk=new.pk)
    assert context["object"] == new
    with pytest.raises(Http404):
        show(dates.DateDetailView, year="2008", month="oct", day="2", pk=new.pk)
    with pytest.raises(
        Http404, match=r"Future books not available because DateDetailView.allow_future is False"
    ):
        show(dates.DateDetailView, year="2999", month="jan", day="1", pk=new.pk)
