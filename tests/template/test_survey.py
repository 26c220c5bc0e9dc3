from __future__ import annotations

from pathlib import Path

from nuages.template import Engine
from nuages.template.survey import Finding, Problem, all_errors, survey
from tests.template.conftest import engine_of


def surveyed(folder: Path, templates: dict[str, str]) -> dict[str, Finding]:
    for name, source in templates.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(source)
    return {finding.name: finding for finding in survey(Engine(dirs=[folder]))}


def test_every_error_is_found_not_only_the_first(tmp_path: Path) -> None:
    findings = surveyed(
        tmp_path,
        {
            "a.html": "<p>\n  {% if x %}",
            "b.html": "{{ x|lowr }}",
            "c.html": "\n{% include 'gone.html' %}",
            "fine.html": "{{ x }}",
        },
    )
    assert [finding.problems for finding in findings.values()] == [
        [Problem("Unclosed tag on line 2: 'if'. Looking for one of: elif, else, endif.", 2, 3)],
        [Problem("Invalid filter: 'lowr'", 1, 1, "Did you mean |lower?")],
        [Problem("There is no template 'gone.html'.", 2, 1, missing=True)],
        [],
    ]


def test_files_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"\xff\xfe")
    (tmp_path / "image.png").write_bytes(b"\xff")
    (finding,) = survey(Engine(dirs=[tmp_path]))
    assert "codec can't decode" in finding.problems[0].message


def test_relations_and_names_read(tmp_path: Path) -> None:
    findings = surveyed(
        tmp_path,
        {
            "base.html": "{{ title }}{% block b %}{% endblock %}",
            "parts/row.html": "{{ row.name }}{% include './cell.html' %}",
            "parts/cell.html": "{% partialdef p %}{{ x|default:y }}{% endpartialdef %}",
            "page.html": "{% extends 'base.html' %}{% block b %}{% for row in rows %}{% include 'parts/row.html' %}"
            "{% include 'parts/cell.html#p' %}{% include chosen %}{{ row }}{% endfor %}{% endblock %}",
        },
    )
    page = findings["page.html"]
    assert (page.extends, page.reads) == ({"base.html"}, {"rows", "chosen"})
    assert page.includes == {"parts/row.html", "parts/cell.html#p"}
    assert page.uses == {"base.html", "parts/row.html", "parts/cell.html"}
    assert findings["parts/row.html"].includes == {"parts/cell.html"}
    assert findings["parts/row.html"].reads == {"row"}
    assert findings["parts/cell.html"].reads == {"x", "y"}


def test_templates_hidden_by_others_are_looked_at_too(tmp_path: Path) -> None:
    for folder, source in (("first", "{% extends 'a.html' %}"), ("second", "{% nope %}")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.html").write_text(source)
    first, second = survey(Engine(dirs=[tmp_path / "first", tmp_path / "second"]))
    assert (first.hidden, second.hidden) == (False, True)
    assert second.problems


def test_templates_of_a_dictionary_are_listed() -> None:
    assert [finding.name for finding in survey(engine_of({"a": "", "b": "{% x %}"}))] == ["a", "b"]


def errors_of(source: str) -> list[str]:
    return [str(error) for error in all_errors(source, engine_of())]


def test_all_errors_of_one_template_are_found() -> None:
    source = (
        "{{ a|nope }}{% if a b %}{{ c d }}{% else %}e{% endif %}{% for x of y %}{% empty %}{% endfor %}"
        "{% nothing %}{% load gone %}{% with %}{{ }}{% endwith %}{% if z %}"
    )
    found = errors_of(source)
    assert [message.split(":")[0].split("(")[0] for message in found] == [
        "Invalid filter",
        "Unused 'b' at end of if expression.",
        "Could not parse the remainder",
        "'for' statements should use the format 'for x in y'",
        "Invalid block tag on line 1",
        "'gone' is not a registered tag library. Must be one of",
        "'with' expected at least one variable assignment",
        "Empty variable tag on line 1",
        "Unclosed tag on line 1",
    ]


def test_misnested_tags_are_told_once_each() -> None:
    found = errors_of("{% if a %}{% for x in y %}{% endif %}{% endfor %}")
    assert [message.split(".")[0] for message in found] == [
        "Invalid block tag on line 1: 'endif', expected 'empty' or 'endfor'",
        "Unclosed tag on line 1: 'if'",
    ]


def test_the_end_of_another_tag_is_an_error_of_its_own_after_an_unknown_one() -> None:
    found = errors_of('{% statik "x" %}{% endfor %}{% fro x in y %}{% empty %}{% endfor %}')
    assert [message.split(". ")[0] for message in found] == [
        "Invalid block tag on line 1: 'statik'",
        "Invalid block tag on line 1: 'endfor'",
        "Invalid block tag on line 1: 'fro'",
    ]


def test_missing_templates_are_told_of_beside_other_errors(tmp_path: Path) -> None:
    finding = surveyed(tmp_path, {"a.html": "{{ x|lowr }}{% if y %}{% include 'gone.html' %}{% endif %}"})[
        "a.html"
    ]
    assert [(problem.message, problem.missing) for problem in finding.problems] == [
        ("Invalid filter: 'lowr'", False),
        ("There is no template 'gone.html'.", True),
    ]
    assert finding.includes == {"gone.html"}


def test_a_right_template_has_no_errors() -> None:
    assert errors_of("{% if a %}{{ b }}{% else %}{% for c in d %}{% empty %}{% endfor %}{% endif %}") == []
