from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from nuages.core.management import call_command
from nuages.core.management.base import CommandError
from nuages.test.utils import override_settings

DJANGO = "nuages.template.backends.django.DjangoTemplates"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    for name, source in {
        "base.html": "{{ title }}{% block a %}{% endblock %}",
        "page.html": "{% extends 'base.html' %}{% block a %}{% include 'row.html' %}{{ user.name }}{% endblock %}",
        "row.html": "{% if %}",
        "forgotten.html": "{{ x }}",
    }.items():
        (tmp_path / name).write_text(source)
    with override_settings(TEMPLATES=[{"BACKEND": DJANGO, "DIRS": [tmp_path]}], INSTALLED_APPS=[]):
        yield tmp_path


def run(*args: str) -> str:
    out = StringIO()
    call_command("templates", *args, stdout=out, no_color=True)
    return out.getvalue()


def test_it_tells_who_uses_whom_and_what_each_reads(project: Path) -> None:
    text = run()
    assert "page.html\n  extends      base.html\n  includes     row.html\n  reads        user\n" in text
    assert "base.html\n  extended by  page.html\n  reads        title\n" in text
    assert "4 templates, 2 that nothing is known to use, 1 with problems" in text


def test_unused_templates_by_their_paths(project: Path) -> None:
    assert run("--unused").split() == [f"{project}/forgotten.html", f"{project}/page.html"]


def test_some_templates_as_json(project: Path) -> None:
    (page,) = json.loads(run("page.html", "--json"))
    assert (page["extends"], page["reads"], page["unused"]) == (["base.html"], ["user"], True)
    (row,) = json.loads(run("row.html", "--json"))
    assert row["problems"][0]["line"] == 1


@pytest.mark.parametrize("args", [("gone.html",), ("--engine", "none")])
def test_what_is_not_there_is_refused(project: Path, args: tuple[str, ...]) -> None:
    with pytest.raises(
        CommandError, match=r"There is no template 'gone\.html'|Could not find config for 'none'"
    ):
        run(*args)


def test_views_beside_a_url_configuration_of_its_own_use_templates(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "single_file_site.py").write_text("PAGE = 'page.html'\n")
    monkeypatch.syspath_prepend(project)
    with override_settings(ROOT_URLCONF="single_file_site"):
        assert run("--unused").split() == [f"{project}/forgotten.html"]
