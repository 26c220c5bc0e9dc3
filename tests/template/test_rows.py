"""A unit that is called often shows the rows of its loops in another way, and shows what it showed before."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context, Engine, Template
from nuages.template.compiler.unit import OFTEN
from nuages.test.utils import override_settings
from nuages.urls import NoReverseMatch, path
from nuages.utils import translation
from nuages.utils.safestring import SafeString, mark_safe

SOURCE = (
    "{% for row in rows %}{{ forloop.counter }}{{ row.a }} {{ row.b }}{{ row.c|upper }}|"
    "{{ row.part.a }} {{ row.part.b }}{{ row.part.c|lower }}|{{ row.one.a }}{{ row.two.b }}"
    '{{ row.day|date:"j F Y" }}{{ row.day|date:"Y-m-d H:i" }};{% endfor %}'
)


class Row:
    """Any attributes."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __repr__(self) -> str:
        return "row"


class Other(Row):
    """Of another type."""


class Text:
    """Shown by code of its own."""

    def __str__(self) -> str:
        return "<text>"


def often(template: Template) -> Template:
    """The template, rendered so often that it is written out for rows."""
    row = Row(a="a", b="b", c="c", day=datetime.date(2026, 11, 26))
    row.part = row.one = row.two = row
    for _ in range(OFTEN):
        template.render(Context({"rows": [row]}))
    unit = template.root
    (function,) = unit._functions.values()
    assert "types" in " ".join(function.__code__.co_names), "nothing was written out"
    return template


@pytest.fixture(scope="module")
def written_out() -> Template:
    return often(Engine().from_string(SOURCE))


def shown(template: Template, rows: list[Any]) -> str | tuple[type[BaseException], str]:
    try:
        return template.render(Context({"rows": rows}))
    except Exception as error:
        return type(error), str(error)


def same(written_out: Template, *rows: Any) -> None:
    assert shown(written_out, list(rows)) == shown(Engine().from_string(SOURCE), list(rows))


def raising(error: type[Exception]) -> Callable[[], Any]:
    def call() -> Any:
        raise error("because")

    return call


PLAIN = (
    st.text(alphabet="ab<>&\"'#;")
    | st.integers()
    | st.none()
    | st.booleans()
    | st.decimals(allow_nan=False, places=2)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.builds(mark_safe, st.text(alphabet="a<&"))
    | st.sampled_from([Text(), lambda: "<called>", raising(KeyError), ["<a>"], Row, {"a": "<", "b": 1}])
)
VALUES = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys("abc", PLAIN), "day": PLAIN | st.dates() | st.datetimes()}
)
PARTS = VALUES.map(lambda values: Row(**values)) | VALUES.map(lambda values: Other(**values)) | VALUES | PLAIN
ROWS = st.builds(
    lambda kind, values, parts: kind(**values, **parts),
    st.sampled_from([Row, Other, dict]),
    VALUES,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("part", "one", "two"), PARTS)),
)


@given(rows=st.lists(ROWS, max_size=3))
def test_rows_of_all_kinds_are_shown_as_ever(written_out: Template, rows: list[Any]) -> None:
    same(written_out, *rows)


@pytest.mark.parametrize("separator", [False, True])
@pytest.mark.parametrize("language", ["en", "de", "ca"])
def test_languages_and_settings_count(written_out: Template, language: str, separator: bool) -> None:
    row = Row(a=1234567, b=Decimal("1234.5"), c=-1.5, day=datetime.date(2026, 4, 3))
    row.part = row
    with override_settings(USE_THOUSAND_SEPARATOR=separator), translation.override(language):
        same(written_out, row)
        same(written_out, row)


def test_dates_follow_the_language_of_each_rendering(written_out: Template) -> None:
    row = Row(day=datetime.date(2026, 5, 1))
    texts = []
    for language in ("en", "de", "en", "fr"):
        with translation.override(language):
            texts.append(written_out.render(Context({"rows": [row]})).split("|")[2].split(" 2026")[0])
    assert texts == ["1 May", "1 Mai", "1 May", "1 mai"]


def test_dates_do_not_stay_in_memory(written_out: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nuages.template.filters.dates._DATES_AT_MOST", 2)
    days = [datetime.date(2026, 5, 1 + number % 5) for number in range(10)]
    same(written_out, *[Row(day=day) for day in days])


def test_attributes_are_read_in_order_and_as_often_as_before(written_out: Template) -> None:
    class Watched(Row):
        """Notes what is read."""

        def __getattribute__(self, name: str) -> Any:
            if len(name) < 5:
                object.__getattribute__(self, "log").append(name)
            return object.__getattribute__(self, name)

    class Telling(Row):
        """Notes its properties."""

        @property
        def part(self) -> Any:
            self.log.append("part")
            return Watched(a="a", b="b", c="c", log=self.log)

        @part.setter
        def part(self, value: Any) -> None: ...

    def reads(template: Template) -> list[str]:
        log: list[str] = []
        template.render(
            Context({"rows": [Telling(a="a", b=Text(), log=log), Watched(a="x", b="y", log=log)]})
        )
        return log

    expected = reads(Engine().from_string(SOURCE))
    assert expected.count("part") == 6
    assert [reads(often_of(Telling, Watched)), reads(written_out)] == [expected, expected]


def often_of(*kinds: type) -> Template:
    template = Engine().from_string(SOURCE)
    for _ in range(OFTEN):
        rows = [kind(a="a", b="b", c="c", log=[]) for kind in kinds]
        template.render(Context({"rows": rows}))
    return template


def test_reading_twice_what_a_property_gives_shows_two_values() -> None:
    class Counting:
        number = 0

        @property
        def part(self) -> Row:
            type(self).number += 1
            return Row(a=f"{self.number};", b=f"{self.number};")

    template = Engine().from_string("{% for row in rows %}{{ row.part.a }}{{ row.part.b }}{% endfor %}")
    for turn in range(OFTEN + 2):
        text = template.render(Context({"rows": [Counting()]}))
        assert text == f"{turn * 2 + 1};{turn * 2 + 2};"


def test_what_changes_while_another_part_is_shown_is_read_again() -> None:
    class Changing:
        def __init__(self, row: Row) -> None:
            self.row = row

        def __str__(self) -> str:
            self.row.part = Row(a="", b="new")
            return "old"

    template = Engine().from_string("{% for row in rows %}{{ row.part.a }} {{ row.part.b }}{% endfor %}")
    for _ in range(OFTEN):
        template.render(Context({"rows": [Row(part=Row(a="a", b="b"))]}))
    row = Row()
    row.part = Row(a=Changing(row), b="before")
    assert template.render(Context({"rows": [row]})) == "old new"


def test_what_stands_before_a_row_is_worked_out_before_it() -> None:
    log: list[str] = []

    class Logged:
        @property
        def a(self) -> str:
            log.append("a")
            return "a"

    template = Engine().from_string("{% for row in rows %}{{ first }}{{ row.a }}{{ last }}{% endfor %}")
    for _ in range(OFTEN + 1):
        log.clear()
        words = {"first": lambda: log.append("first"), "last": lambda: log.append("last")}
        template.render(Context({"rows": [Logged()], **words}))
        assert log == ["first", "a", "last"]


def test_an_error_names_the_tag_that_it_comes_from() -> None:
    class Failing:
        a = "a"

        @property
        def b(self) -> str:
            if self.fails:
                raise ValueError("broken")
            return "b"

        def __init__(self, fails: bool) -> None:
            self.fails = fails

    source = "{% for row in rows %}{{ row.a }}\n{{ row.a }}\n  {{ row.b }}{{ row.a }}{% endfor %}"
    template = Engine(debug=True).from_string(source)
    for _ in range(OFTEN + 1):
        template.render(Context({"rows": [Failing(False)]}))
    with pytest.raises(ValueError, match="broken") as caught:
        template.render(Context({"rows": [Failing(True)]}))
    told: dict[str, Any] = caught.value.template_debug  # type: ignore[attr-defined]
    assert (told["line"], told["during"]) == (3, "{{ row.b }}")


@pytest.mark.parametrize("name", ["class", "größe", "x_", "0"])
def test_names_of_all_kinds_are_shown(name: str) -> None:
    template = Engine().from_string("{% for row in rows %}{{ row." + name + " }}{{ row.a }}{% endfor %}")
    row = Row(a="a", **{name: "<"})
    texts = {template.render(Context({"rows": [row]})) for _ in range(OFTEN + 2)}
    assert texts == {"&lt;a"}


def test_text_without_escaping_stays_as_it_is() -> None:
    source = "{% autoescape off %}{% for row in rows %}{{ row.a }}{{ row.day|date:'d<F' }}{% endfor %}{% endautoescape %}"
    template = Engine().from_string(source)
    row = Row(a="<", day=datetime.date(2026, 5, 1))
    assert {template.render(Context({"rows": [row]})) for _ in range(OFTEN + 2)} == {"<01<May"}


def test_what_is_invalid_is_shown_as_the_engine_says() -> None:
    template = Engine(string_if_invalid="??").from_string(
        "{% for row in rows %}{{ row.a }}{{ row.part.a }}{{ row.part.b }}{% endfor %}"
    )
    full = Row(a="a", part=Row(a="b", b="c"))
    for _ in range(OFTEN):
        template.render(Context({"rows": [full]}))
    rows = [full, Row(), Row(a=1, part=Row(a="b")), Row(part=None), Row(part=Row(b=SafeString("<")))]
    assert template.render(Context({"rows": rows})) == "abc" + "??????" + "1b??" + "??????" + "????<"


def test_paths_of_rows_are_written_as_ever() -> None:
    class Urls:
        urlpatterns: ClassVar = [
            path("a/<str:s>/", print, name="page"),
            path("b/<int:n>/", print, name="number"),
        ]

    source = (
        "{% for row in rows %}{% url 'page' row.a %}{{ row.b }}{% url 'page' s=row.c %}"
        "{% url 'number' row.n as n %}{{ n }};{% endfor %}"
    )
    template = Engine().from_string(source)
    with override_settings(ROOT_URLCONF=Urls):
        for _ in range(OFTEN):
            template.render(Context({"rows": [Row(a="a", b="b", c="c", n=1)]}))
        rows = [Row(a="<&'", b=1, c=2.5), Row(a=lambda: "x", c=mark_safe("<"), n=3), {"a": "a", "c": 1}]
        fresh = Engine().from_string(source)
        assert shown(template, rows) == shown(fresh, rows)
        for wrong in (Row(a="", c="c"), Row(c="c"), Row(a="a/b", c="c")):
            told = shown(template, [wrong])
            assert told == shown(fresh, [wrong])
            assert told[0] is NoReverseMatch
    with override_settings(
        ROOT_URLCONF=type("Other", (), {"urlpatterns": [path("z/<str:s>/", print, name="page")]})
    ):
        assert shown(template, [Row(a="a", b="", c="c")]) == "/z/a//z/c/;"
    with (
        pytest.raises(NoReverseMatch),
        override_settings(ROOT_URLCONF=type("None_", (), {"urlpatterns": []})),
    ):
        template.render(Context({"rows": [Row(a="a", c="c")]}))


def test_a_template_included_in_a_loop_is_written_out_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nuages.template.compiler.unit.VERY_OFTEN", 30)
    parts = {
        "part.html": "{{ row.a }} {{ row.part.b }}",
        "page.html": "{% for row in rows %}{% include 'part.html' %};{% endfor %}",
    }
    engine = Engine(loaders=[("nuages.template.loaders.locmem.Loader", parts)])
    rows = [Row(a="<", part=Row(b=1)), Other(a=2, part={"b": "&"}), {"a": None, "part": None}]
    texts = {engine.render_to_string("page.html", {"rows": rows}) for _ in range(40)}
    assert texts == {"&lt; 1;2 &amp;;None ;"}


def test_functions_that_show_nothing_of_objects_stay_as_they_are() -> None:
    template = Engine().from_string("{% for row in rows %}{{ row }}{% endfor %}")
    texts = {template.render(Context({"rows": "<a"})) for _ in range(OFTEN + 2)}
    assert texts == {"&lt;a"}


def test_types_made_on_the_fly_are_not_kept() -> None:
    template = Engine().from_string("{% for row in rows %}{{ row.fleeting }}{% endfor %}")

    def made(number: int) -> Any:
        return type(f"Row{number}", (), {"fleeting": number})()

    for _ in range(OFTEN + 2):
        assert template.render(Context({"rows": [made(number) for number in range(10)]})) == "0123456789"
    (function,) = template.root._functions.values()
    assert not any("types" in name for name in function.__globals__)
