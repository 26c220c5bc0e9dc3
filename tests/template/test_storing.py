"""Compiled templates on disk: found again, never trusted blindly, never in the way."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nuages.template import Context, Engine, Template, storing
from nuages.template.compiler.store import Pack
from nuages.template.compiler.unit import OFTEN
from nuages.template.loader_tags import BlockNode
from nuages.template.parser import Parser
from nuages.test.utils import override_settings
from nuages.utils import translation
from nuages.utils.memo import changed

PAGES = {
    "base.html": "<title>{% block title %}Site{% endblock %}</title>{% block body %}{% endblock %}"
    "{% for x in xs %}{% cycle 'a' 'b' %}{{ forloop.counter }}{% endfor %}",
    "page.html": "{% extends 'base.html' %}{% load i18n %}{% block title %}{% translate 'yes' %} {{ block.super }}{% endblock %}"
    "{% block body %}{{ name|upper|default:'-' }}{{ thing.size|floatformat:2 }}{{ xs|join:', ' }}{{ name|lower }}"
    "{% for x in xs %}{% include 'item.html' with y=x %}{% cycle 'c' 'd' %}{% ifchanged x %}!{% endifchanged %}"
    "{% include which %}{% endfor %}{% if name|length > 1 and xs %}{{ _('no') }}{{ _('yes')|upper }}{{ 'a'|upper }}{% endif %}{{ xs.0 }}"
    "{% autoescape off %}{{ name }}{% include 'item.html' with y=name %}{% endautoescape %}{{ when|date:'Y-m-d' }}{% endblock %}",
    "item.html": "<i>{{ y }}{{ y|capfirst|cut:'z' }}</i>",
}

# Loads all of them, as another process.
PROGRAM = """
import sys
from nuages.conf import settings
from nuages.template import Engine
settings.configure(TEMPLATE_CODE_CACHE=sys.argv[2])
engine = Engine(dirs=[sys.argv[1]], libraries={"i18n": "nuages.templatetags.i18n"})
for name in ("base.html", "page.html", "item.html"):
    engine.get_template(name)
"""

CONTEXT = {"name": "<Nuages>", "thing": {"size": 1.005}, "xs": ["x", "x", "z&"], "which": "item.html"}


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, source in PAGES.items():
        (folder / name).write_text(source)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of the store, in use."""
    kept = tmp_path / "kept"
    with override_settings(TEMPLATE_CODE_CACHE=kept):
        yield kept


def engine_of(pages: Path, **options: Any) -> Engine:
    return Engine(dirs=[pages], libraries={"i18n": "nuages.templatetags.i18n"}, **options)


def stored(folder: Path) -> dict[bytes, bytes]:
    """What is in the store."""
    found: dict[bytes, bytes] = {}
    for path in folder.iterdir():
        pack = Pack(folder, path.stem)
        pack.read(b"")
        found |= {key: bytes(data) for key, data in pack._known[2].items()}
    return found


def rendered(pages: Path, **options: Any) -> str:
    return engine_of(pages, **options).render_to_string("page.html", CONTEXT)


def rendered_by_another_process(pages: Path) -> str:
    """The same in a process that has read nothing yet."""
    changed("TEMPLATE_CODE_CACHE")
    return rendered(pages)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which templates are parsed from now on."""
    seen: list[Any] = []
    parse = Parser.parse

    def noticed(self: Parser, parse_until: Any = None) -> Any:
        if not parse_until:
            seen.append(self.origin.template_name)
        return parse(self, parse_until)

    monkeypatch.setattr(Parser, "parse", noticed)
    return seen


def test_a_stored_template_is_not_parsed_again_and_renders_the_same(
    pages: Path, folder: Path, parsed: list[Any]
) -> None:
    with override_settings(TEMPLATE_CODE_CACHE=False):
        expected = rendered(pages)
    parsed.clear()
    assert rendered(pages) == expected
    assert set(parsed) == set(PAGES)
    assert len(stored(folder)) == 3
    parsed.clear()
    assert rendered(pages) == expected
    # Shown without escaping too, which was not compiled beforehand.
    assert set(parsed) == {"item.html"}
    with translation.override("de"):
        german = rendered(pages)
    with override_settings(TEMPLATE_CODE_CACHE=False), translation.override("de"):
        assert german == rendered(pages)


def test_a_stored_template_has_its_nodes_when_they_are_asked_for(pages: Path, folder: Path) -> None:
    engine_of(pages).get_template("page.html")
    template = engine_of(pages).get_template("page.html")
    assert [block.name for block in template.nodelist.get_nodes_by_type(BlockNode)] == ["title", "body"]
    assert "extend(" in template.root.source()
    assert "".join(template.stream(Context(CONTEXT))) == rendered(pages)


def test_changed_text_other_options_and_other_libraries_are_other_templates(
    pages: Path, folder: Path
) -> None:
    def load(**options: Any) -> str:
        return engine_of(pages, **options).render_to_string("item.html", {"y": "<"})

    assert load() == "<i>&lt;&lt;</i>"
    assert load(autoescape=False) == "<i><<</i>"
    assert len(list(folder.iterdir())) == 2
    load(string_if_invalid="?")
    load(debug=True)
    load(builtins=["nuages.templatetags.l10n"])
    assert len(list(folder.iterdir())) == 5
    # The same key in all, as it is the same text in the same place.
    assert len(stored(folder)) == 1
    (pages / "item.html").write_text("{{ y }}!")
    assert load() == "&lt;!"
    assert len(list(folder.iterdir())) == 5
    assert len(stored(folder)) == 2


def test_what_is_compiled_does_not_depend_on_the_process(pages: Path, tmp_path: Path) -> None:
    contents = []
    for number in range(2):
        kept = tmp_path / f"kept{number}"
        environment = os.environ | {"PYTHONHASHSEED": str(number + 1)}
        subprocess.run([sys.executable, "-c", PROGRAM, str(pages), str(kept)], check=True, env=environment)
        contents.append(stored(kept))
    assert len(contents[0]) == 3
    assert contents[0] == contents[1]


def test_templates_with_tags_of_others_and_from_strings_are_not_stored(pages: Path, folder: Path) -> None:
    (pages / "strange.html").write_text("{% load tags %}{% remember %}{{ 'a'|upper }}")
    engine = Engine(dirs=[pages], libraries={"tags": "tests.template.tags_of_tests"})
    (pages / "plain.html").write_text("a")
    for name in ("plain.html", "strange.html"):
        engine.get_template(name)
    Template("text", engine=engine)
    assert len(stored(folder)) == 1


def test_partials_are_stored_with_their_template(pages: Path, folder: Path, parsed: list[Any]) -> None:
    (pages / "parts.html").write_text(
        "{% partialdef one inline %}<{{ x|upper }}>{% endpartialdef %}{% partialdef two %}"
        "{% for y in x %}{% partial one %}{{ y }}{% endfor %}{% endpartialdef %}{% block b %}{% partial two %}{% endblock %}"
        "{% partialdef text %}only{% endpartialdef %}{% partialdef on_context %}{% debug %}{{ x }}{% endpartialdef %}"
    )

    def shown(engine: Engine) -> list[str]:
        names = ("parts.html", "parts.html#one", "parts.html#two", "parts.html#text", "parts.html#on_context")
        return [engine.render_to_string(name, {"x": "a&"}) for name in names]

    expected = shown(engine_of(pages))
    two = "<A&amp;>a<A&amp;>&amp;"
    assert expected == ["<A&amp;>" + two, "<A&amp;>", two, "only", "a&amp;"]
    assert parsed == ["parts.html"]
    engine = engine_of(pages)
    assert shown(engine) == expected
    assert parsed == ["parts.html"]
    # Not compiled beforehand.
    partial = engine.get_template("parts.html#two")
    assert "".join(partial.stream(Context({"x": "a&"}))) == two
    assert len(partial.nodelist) == 1
    assert shown(engine) == expected
    assert parsed == ["parts.html"] * 2


CALLING = {
    "card.html": "<b>{{ title }}</b>",
    "frame.html": "({% block in %}{% endblock %})",
    "named.html": "{% load tags %}{% later x as y %}{{ y }} {% wrapped 'p' %}{{ x }}{% endwrapped %}",
    "context.html": "{% load tags %}{% with a=1 %}{% for z in 'ab' %}{% layers %}{{ z }}{% endfor %}{% endwith %}",
    "child.html": "{% extends parent|default:'frame.html' %}{% load tags %}{% block in %}{% card x %}{% endblock %}",
    "including.html": "{% include part|add:'.html' with title=x only %}",
}


def test_functions_of_tags_are_found_by_their_names(pages: Path, folder: Path, parsed: list[Any]) -> None:
    for name, source in CALLING.items():
        (pages / name).write_text(source)

    def shown(name: str) -> str:
        engine = Engine(dirs=[pages], libraries={"tags": "tests.template.tags_of_tests"})
        return engine.render_to_string(name, {"x": "<&>", "part": "card"})

    with override_settings(TEMPLATE_CODE_CACHE=False):
        expected = [shown(name) for name in CALLING]
    assert "(<b>&lt;&amp;&gt;</b>)" in expected
    parsed.clear()
    assert [shown(name) for name in CALLING] == expected
    assert set(parsed) == set(CALLING)
    parsed.clear()
    assert [shown(name) for name in CALLING] == expected
    assert parsed == []


@pytest.mark.parametrize(
    "damage",
    [b"", b"nuages templates 1\n" * 9, b"something else", None],
    ids=["empty", "older", "other", "flipped"],
)
def test_damaged_files_are_ignored_and_written_anew(pages: Path, folder: Path, damage: bytes | None) -> None:
    expected = rendered(pages)
    whole = stored(folder)
    (path,) = folder.iterdir()
    content = path.read_bytes()
    path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:] if damage is None else damage)
    assert rendered_by_another_process(pages) == expected
    assert stored(folder) == whole


@pytest.mark.parametrize("seed", range(25))
def test_no_damage_gives_a_wrong_template(pages: Path, folder: Path, seed: int) -> None:
    expected = rendered(pages)
    whole = stored(folder)
    (path,) = folder.iterdir()
    content = bytearray(path.read_bytes())
    chance = random.Random(seed)
    start, end = sorted(chance.sample(range(len(content)), 2))
    match chance.choice(["cut", "taken out", "doubled", "noise", "zeros", "turned"]):
        case "cut":
            del content[start:]
        case "taken out":
            del content[start:end]
        case "doubled":
            content[end:end] = content[start:end]
        case "noise":
            content[start:end] = chance.randbytes(end - start)
        case "zeros":
            content[start:end] = bytes(end - start)
        case "turned":
            content[start:end] = content[start:end][::-1]
    path.write_bytes(content)
    assert rendered_by_another_process(pages) == expected
    # What is still read is what was written; and what is missing has been written again.
    assert stored(folder) == whole
    assert rendered_by_another_process(pages) == expected


def test_what_another_process_has_written_is_found(pages: Path, folder: Path, parsed: list[Any]) -> None:
    engine_of(pages).get_template("item.html")
    subprocess.run([sys.executable, "-c", PROGRAM, str(pages), str(folder)], check=True)
    parsed.clear()
    engine_of(pages).get_template("page.html")
    assert parsed == []


def test_a_function_that_has_gone_makes_the_template_anew(
    pages: Path, folder: Path, parsed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = rendered(pages)
    monkeypatch.delattr("nuages.template.filters.text.cut")
    parsed.clear()
    assert rendered(pages) == expected
    assert "item.html" in parsed


def test_no_setting_no_file(pages: Path, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    with override_settings(TEMPLATE_CODE_CACHE=False):
        assert storing.code_store() is None
        rendered(pages)
    assert set(tmp_path.rglob("*")) == before


def test_stored_templates_that_are_called_often_show_the_same(
    pages: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nuages.template.compiler.unit.VERY_OFTEN", 5)
    (pages / "page.html").write_text(
        "{% for row in rows %}{% block row %}{{ row.a }}{% cycle 1 2 3 %}{% ifchanged row.a %}!{% endifchanged %}"
        "{% endblock %}{% include 'cells.html' %};{% endfor %}"
    )
    (pages / "cells.html").write_text(
        "{{ row.a }}{% for cell in row.cells %}{{ cell.a }}{{ cell.b }},{% endfor %}"
    )

    class Row:
        def __init__(self, a: str, *cells: Any) -> None:
            self.a = a
            self.b = f"<{a}"
            self.cells = cells

    rows = [Row("a", Row("x"), Row("y")), Row("a"), Row("b", Row("z")), Row("b"), Row("c")]
    expected = "a1!ax&lt;x,y&lt;y,;a2a;b3!bz&lt;z,;b1b;c2!c;"
    for _ in range(2):
        engine = engine_of(pages)
        assert {engine.render_to_string("page.html", {"rows": rows}) for _ in range(OFTEN + 2)} == {expected}
