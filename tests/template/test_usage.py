from __future__ import annotations

from pathlib import Path

from nuages.template.listing import listing, summary, unused
from nuages.template.survey import survey
from nuages.template.usage import named_in_python, usages
from tests.template.conftest import engine_of

TEMPLATES = {
    "base.html": "{{ title }}",
    "page.html": "{% extends 'base.html' %}",
    "row.html": "{{ row }}{% include 'row.html' %}{% partialdef part %}{% endpartialdef %}",
    "table.html": "{% include 'row.html#part' %}",
    "library/book_list.html": "",
    "404.html": "",
    "old.html": "{% include 'old.html' %}",
}


def test_who_needs_a_template(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text("render(request, 'page.html')\nTABLE = \"table.html#head\"\n")
    findings = survey(engine_of(TEMPLATES))
    used = usages(findings, [tmp_path], ["library/book"])
    assert used["base.html"].extended_by == {"page.html"}
    assert used["row.html"].included_by == {"table.html"}
    assert used["page.html"].named_in == used["table.html"].named_in == {str(tmp_path / "views.py")}
    assert used["library/book_list.html"].by_default
    assert used["404.html"].by_default
    assert unused(findings, used) == ["old.html"]


def test_names_are_found_as_whole_strings_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("# see page.html\nx = 'my/page.html'\ny = ['base.html']")
    assert list(named_in_python(["page.html", "base.html"], [tmp_path, tmp_path])) == ["base.html"]


def test_the_listing_reads_well() -> None:
    findings = survey(engine_of({**TEMPLATES, "wrong.html": "{% x %}"}))
    used = usages(findings, [], ["library/book"])
    lines = list(listing(findings, used))
    assert lines[:5] == [
        "base.html",
        "  extended by  page.html",
        "  reads        title",
        "page.html",
        "  extends      base.html",
    ]
    assert lines[-2:] == ["wrong.html", "  problems     1"]
    assert summary(findings, used) == "8 templates, 4 that nothing is known to use, 1 with problems"
