from __future__ import annotations

from pathlib import Path

from nuages.template import Engine
from nuages.template.survey import survey, unused


def test_every_error_is_found_not_only_the_first(tmp_path: Path) -> None:
    for name, source in {
        "a.html": "{% if x %}",
        "b.html": "{{ x|nope }}",
        "c.html": "{% include 'gone.html' %}",
        "fine.html": "{{ x }}",
    }.items():
        (tmp_path / name).write_text(source)
    findings = survey(Engine(dirs=[tmp_path]))
    assert [finding.name for finding in findings if finding.error] == ["a.html", "b.html", "c.html"]


def test_relations_and_names_read(tmp_path: Path) -> None:
    (tmp_path / "base.html").write_text("{{ title }}{% block b %}{% endblock %}")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "row.html").write_text("{{ row.name }}")
    (tmp_path / "page.html").write_text(
        "{% extends 'base.html' %}{% block b %}{% for row in rows %}{% include 'parts/row.html' %}{{ row }}{% endfor %}{% endblock %}"
    )
    findings = {finding.name: finding for finding in survey(Engine(dirs=[tmp_path]))}
    page = findings["page.html"]
    assert (page.extends, page.includes, page.reads) == ({"base.html"}, {"parts/row.html"}, {"rows"})
    assert findings["parts/row.html"].reads == {"row"}
    assert unused(findings.values()) == ["page.html"]
