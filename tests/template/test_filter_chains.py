"""Every chain of filters over hostile strings, against the same functions applied one by one and escaped last."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from nuages.contrib.humanize.templatetags import humanize
from nuages.template import Context, Engine, Library, defaultfilters
from nuages.templatetags import i18n, l10n, tz
from nuages.utils.html import conditional_escape
from nuages.utils.safestring import SafeData, mark_safe
from nuages.utils.timezone import template_localtime
from tests.template.conftest import engine_of

# Each filter with the arguments it is tried with; hostile ones come from the variable `h`.
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "add": ("<b>", 1, "h"), "addslashes": (), "capfirst": (), "center": (9,), "cut": ("a", "<", ";", "&", "h"),
    "date": ("Y<", "h"), "default": ("<d>", "h"), "default_if_none": ("<d>", "h"), "dictsort": ("k", 0),
    "dictsortreversed": ("k",), "divisibleby": (3,), "escape": (), "escapejs": (), "escapeseq": (),
    "filesizeformat": (), "first": (), "floatformat": (2, "h"), "force_escape": (), "get_digit": (1,), "iriencode": (),
    "join": (", ", "<br>", "h"), "json_script": ("i'd", "h"), "last": (), "length": (), "linebreaks": (),
    "linebreaksbr": (), "linenumbers": (), "ljust": (9,), "lower": (), "make_list": (), "phone2numeric": (),
    "pluralize": ("y,ies", "h"), "pprint": (), "random": (), "rjust": (9,), "safe": (), "safeseq": (),
    "slice": ("1:", ":3", "::-1"), "slugify": (), "stringformat": ("s", "r", "10s", "h"), "striptags": (),
    "time": ("H:i", "h"), "timesince": (), "timeuntil": (), "title": (), "truncatechars": (4, 9),
    "truncatechars_html": (4, 9), "truncatewords": (1, 2), "truncatewords_html": (1, 2), "unordered_list": (),
    "upper": (), "urlencode": ("", "/"), "urlize": (), "urlizetrunc": (5,), "wordcount": (), "wordwrap": (4,),
    "yesno": ("yes,no,maybe", "<y>,<n>", "h"),
    # Of libraries.
    "apnumber": (), "intcomma": (), "intword": (), "language_bidi": (), "language_name": (),
    "language_name_local": (), "language_name_translated": (), "localize": (), "localtime": (), "naturalday": ("Y<", "h"),
    "naturaltime": (), "ordinal": (), "timezone": ("Asia/Tokyo", "h"), "unlocalize": (), "utc": (),
}  # fmt: skip
LIBRARIES: list[Library] = [
    module.register
    for module in (defaultfilters, humanize, i18n, l10n, tz)  # type: ignore[attr-defined]
]
FILTERS: dict[str, Callable[..., Any]] = {
    name: function for library in LIBRARIES for name, function in library.filters.items()
}
TAKES_NONE = {
    "date",
    "naturalday",
    "escape",
    "floatformat",
    "json_script",
    "pluralize",
    "time",
    "urlencode",
    "yesno",
    "unordered_list",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='a'>",
    "&lt;i&gt;",
    "a & b <b>",
    "x' onload='y",
    "</p>",
]
ENGINE: Engine = engine_of()
ENGINE.template_builtins = [*ENGINE.template_builtins, *LIBRARIES[1:]]

Chain = list[tuple[str, Any]]


def linked(name: str) -> st.SearchStrategy[tuple[str, Any]]:
    choices = [(name, argument) for argument in ARGUMENTS[name]]
    if not choices or name in TAKES_NONE:
        choices.append((name, None))
    return st.sampled_from(choices)


def chains(names: list[str]) -> st.SearchStrategy[Chain]:
    return st.lists(st.sampled_from(names).flatmap(linked), min_size=1, max_size=4)


TEXT = st.sampled_from(HOSTILE) | st.text(alphabet="<>&\"'; a1/.w\n", max_size=25)
VALUES = (
    TEXT
    | st.lists(TEXT | st.lists(TEXT, max_size=2), max_size=3)
    | st.sampled_from([None, 0, 3.5, True, {"k": "<v>"}, Decimal("1234567.5"), 10**9, "de", "<de>"])
    | st.sampled_from([datetime.date(2020, 2, 29), datetime.datetime(2020, 2, 29, 12), datetime.time(9, 5)])
    | st.just(datetime.datetime(2020, 2, 29, 12, tzinfo=datetime.UTC))
)


def source_of(chain: Chain) -> str:
    words = ["x"]
    for name, argument in chain:
        if argument is None:
            words.append(name)
        elif argument == "h" or not isinstance(argument, str):
            words.append(f"{name}:{argument}")
        else:
            quote = '"' if "'" in argument else "'"
            words.append(f"{name}:{quote}{argument}{quote}")
    return "|".join(words)


def by_hand(chain: Chain, value: Any, hostile: str) -> Any:
    """The functions one after the other, as the documentation of custom filters describes it."""
    for name, argument in chain:
        function = FILTERS[name]
        given: list[Any] = []
        if argument == "h":
            given = [hostile]
        elif argument is not None:
            # Literals in templates are safe.
            given = [mark_safe(argument) if isinstance(argument, str) else argument]
        if getattr(function, "expects_localtime", False):
            value = template_localtime(value)
        flags = {"autoescape": True} if getattr(function, "needs_autoescape", False) else {}
        result = function(value, *given, **flags)
        keeps = getattr(function, "is_safe", False) and isinstance(value, SafeData)
        value = mark_safe(result) if keeps else result
    return value


def outcome(work: Callable[[], Any]) -> Any:
    random.seed(1)
    try:
        return work()
    except Exception as error:
        return type(error).__name__


def test_every_filter_is_tried() -> None:
    assert set(ARGUMENTS) == set(FILTERS)
    assert len(FILTERS) == 72


@settings(max_examples=600)
@given(chains(sorted(ARGUMENTS)), VALUES, st.sampled_from(HOSTILE), st.booleans())
def test_chains_show_what_the_functions_give_escaped(
    chain: Chain, value: Any, hostile: str, safe: bool
) -> None:
    if safe and isinstance(value, str):
        value = mark_safe(value)
    expected = outcome(lambda: by_hand(chain, value, hostile))
    shown = outcome(
        lambda: ENGINE.from_string(f"{{{{ {source_of(chain)} }}}}").render(
            Context({"x": value, "h": hostile})
        )
    )
    if isinstance(expected, str | int | float | list | tuple | dict | None) and shown != expected:
        localized = ENGINE.from_string("{{ x }}").render(Context({"x": expected}))
        assert shown == localized
        if isinstance(expected, str):
            assert shown == conditional_escape(expected)


class Tags(HTMLParser):
    """Gathers the tags and attributes that a browser would see."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"{tag} {name}" for name, _ in attrs)}

    def handle_endtag(self, tag: str) -> None:
        self.seen.add(tag)


# What `linebreaks`, `linebreaksbr`, `unordered_list`, `urlize` and `json_script` write by themselves.
OWN = {"p", "br", "ul", "li", "a", "a href", "a rel", "script", "script id", "script type"}
#: `safe` and `safeseq` say that escaping is not wanted.
ESCAPING = sorted(set(ARGUMENTS) - {"safe", "safeseq"})


@settings(max_examples=600)
@given(chains(ESCAPING), VALUES, st.sampled_from(HOSTILE))
@example([("force_escape", None), ("cut", ";")], "<script>", "")
@example([("linebreaks", None), ("truncatechars_html", 4)], "<img onerror=a>", "")
@example([("urlize", None)], "www.a.b/\"onload='x'", "")
@example([("escape", None), ("join", "h")], ["<i>", "<b>"], "<script>")
@example([("json_script", "h")], "</script><b>", '"><b>')
@example([("unordered_list", None), ("slice", "::-1")], [">x=rorreno gmi"], "")
@example([("json_script", "i'd"), ("truncatechars", 4), ("linebreaks", None)], 1, "<script>alert(1)</script>")
def test_no_chain_lets_a_visitors_tags_through(chain: Chain, value: Any, hostile: str) -> None:
    # A literal in the template is the author's and may hold tags.
    assume(not any(isinstance(argument, str) and "<" in argument for _, argument in chain))
    names = {name for name, _ in chain}
    # A backslash before the quotes of an attribute leaves the attribute without; documented to keep HTML as it is.
    assume(not {"json_script", "addslashes"} <= names)
    # Nor does what Python's own notation does to quotes and line ends.
    assume(not ("pprint" in names and names & {"json_script", "urlize", "urlizetrunc"}))
    template = ENGINE.from_string(f"{{{{ {source_of(chain)} }}}}")
    shown = outcome(lambda: template.render(Context({"x": value, "h": hostile})))
    allowed = OWN if "json_script" in names else OWN - {"script", "script id", "script type"}
    assert {tag for tag in Tags(shown).seen if not is_cut(tag, allowed)} <= allowed


def is_cut(tag: str, own: set[str]) -> bool:
    """Say whether this is what `truncatechars`, which knows no HTML, leaves of a tag that a filter wrote."""
    beginning, cut, _ = tag.partition("…")
    return bool(cut) and any(name.startswith(beginning) for name in own)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tags_that_put_out_text_escape_it(hostile: str) -> None:
    source = (
        "{{ x }}{{ x|default:'' }}{% firstof none x %}{% cycle x x %}{% with y=x %}{{ y }}{% endwith %}{% for z in xs %}{{ z }}"
        "{% ifchanged z %}{{ z }}{% endifchanged %}{% endfor %}{{ d.k }}{% filter lower %}{{ x }}{% endfilter %}"
        "{% load i18n own %}{% blocktranslate %}a {{ x }}{% endblocktranslate %}{% translate x %}{% later x %}"
        "{% regroup ds by k as groups %}{% for g in groups %}{{ g.grouper }}{% endfor %}{{ object }}{{ key }}{{ f }}"
        "{{ missing|default:x }}"
    )

    class Shown:
        def __str__(self) -> str:
            return hostile

    values = {
        "x": hostile,
        "xs": [hostile],
        "ds": [{"k": hostile}],
        "d": {"k": hostile},
        "object": Shown(),
        "f": lambda: hostile,
    }
    shown = ENGINE.from_string(source).render(Context({**values, "key": {hostile: hostile}}))
    assert not Tags(shown).seen
    assert "<" not in shown
