"""`manage.py check` looks at all templates and tells of every error."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from nuages.core.checks import run_checks
from nuages.core.checks.registry import registry
from nuages.core.management import call_command
from nuages.core.management.base import SystemCheckError
from nuages.test.utils import override_settings

PLANTED = {
    "first.html": "<h1>\n  {% fro x in xs %}{% endfor %}",
    "second.html": "{{ price|flotformat:2 }}\n{% translate 'x' %}",
    "third.html": "{% extends 'fine.html' %}\n{% block a %}{% include 'gone.html' %}{% endblock %}",
}
DJANGO = "nuages.template.backends.django.DjangoTemplates"
JINJA = "nuages.template.backends.jinja2.Jinja2"


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Apps that other tests have had installed leave their checks behind.
    own = {check for check in registry.registered_checks if check.__module__.startswith("nuages.core.")}
    monkeypatch.setattr(registry, "registered_checks", own)
    for name, source in {**PLANTED, "fine.html": "{% block a %}{% endblock %}"}.items():
        (tmp_path / name).write_text(source)
    with override_settings(
        TEMPLATES=[{"BACKEND": DJANGO, "DIRS": [tmp_path]}], INSTALLED_APPS=[], ROOT_URLCONF=""
    ):
        yield tmp_path


@pytest.mark.parametrize("tags", [(), ("--tag", "templates")])
def test_three_planted_errors_in_three_templates_are_all_found(planted: Path, tags: tuple[str, ...]) -> None:
    with pytest.raises(SystemCheckError) as caught:
        call_command("check", *tags, stderr=StringIO())
    text = str(caught.value)
    for line in (
        f"{planted}/first.html:2:3: (templates.E101) Invalid block tag on line 2: 'fro'.",
        "HINT: Did you mean {% for %}?",
        f"{planted}/second.html:1:1: (templates.E101) Invalid filter: 'flotformat'",
        "HINT: Did you mean |floatformat?",
        f"{planted}/second.html:2:1: (templates.E101) Invalid block tag on line 2: 'translate'",
        "HINT: It is in the library 'i18n': put {% load i18n %} at the top.",
        f"{planted}/third.html:2:14: (templates.E102) There is no template 'gone.html'.",
    ):
        assert line in text
    assert "System check identified 4 issues (0 silenced)." in text


def test_in_templates_of_installed_packages_the_errors_are_warnings(tmp_path: Path) -> None:
    folder = tmp_path / "lib" / "site-packages" / "shelf" / "templates"
    folder.mkdir(parents=True)
    (folder / "a.html").write_text("{% load crispy %}")
    (folder / "b.html").write_text("{% extends 'admin/gone.html' %}")
    with override_settings(TEMPLATES=[{"BACKEND": DJANGO, "DIRS": [folder]}], INSTALLED_APPS=[]):
        found = run_checks(tags=["templates"])
    assert [(message.id, message.is_serious()) for message in found] == [
        ("templates.W101", False),
        ("templates.W102", False),
    ]


def test_other_commands_do_not_wait_for_it(planted: Path) -> None:
    assert not [message for message in run_checks() if str(message.id).startswith("templates.")]
    call_command("check", "--quick", stdout=StringIO(), stderr=StringIO())


def test_a_file_of_two_engines_is_fine_where_one_can_make_something_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ f(1) }}")
    (tmp_path / "b.html").write_text("{% load tz %}")
    (tmp_path / "c.html").write_text("{% nope ")
    (tmp_path / "d.html").write_text("{{ 1 + }}")
    engines = [{"BACKEND": backend, "DIRS": [tmp_path], "NAME": backend} for backend in (DJANGO, JINJA)]
    with override_settings(TEMPLATES=engines, INSTALLED_APPS=[]):
        found = run_checks(tags=["templates"])
    # To one of them, the unclosed tag is text.
    assert [(message.obj, message.id) for message in found] == [(f"{tmp_path}/d.html:1", "templates.E101")]


def test_templates_of_the_framework_are_right() -> None:
    contrib = ["auth", "contenttypes", "sessions", "messages", "admin", "sitemaps", "flatpages", "sites"]
    engine = {
        "BACKEND": DJANGO,
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["nuages.contrib.auth.context_processors.auth"]},
    }
    with override_settings(TEMPLATES=[engine], INSTALLED_APPS=[f"nuages.contrib.{name}" for name in contrib]):
        assert [str(message) for message in run_checks(tags=["templates"])] == []
