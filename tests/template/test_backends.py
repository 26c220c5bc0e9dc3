"""The backends and what TEMPLATES says of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest

from nuages.core.exceptions import ImproperlyConfigured
from nuages.http import HttpRequest
from nuages.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from nuages.template.backends.django import DjangoTemplates
from nuages.template.backends.jinja2 import Jinja2
from nuages.template.loader import get_template, render_to_string, select_template
from nuages.test import RequestFactory
from nuages.test.utils import override_settings

DJANGO = "nuages.template.backends.django.DjangoTemplates"
JINJA = "nuages.template.backends.jinja2.Jinja2"


def environment(**options: Any) -> jinja2.Environment:
    """As a project writes it."""
    made = jinja2.Environment(**options)
    made.globals["site"] = "nuages"
    made.filters["shout"] = lambda text: f"{text}!"
    return made


def processor(request: HttpRequest) -> dict[str, Any]:
    return {"path": request.path}


def jinja(folder: Path, **options: Any) -> Jinja2:
    return Jinja2({"NAME": "jinja", "DIRS": [folder], "APP_DIRS": False, "OPTIONS": options})


def test_a_project_brings_its_own_jinja_environment(tmp_path: Path) -> None:
    backend = jinja(
        tmp_path,
        environment=f"{__name__}.environment",
        trim_blocks=True,
        context_processors=[f"{__name__}.processor"],
    )
    template = backend.from_string("{{ site }} {{ x|shout }} {{ path }}{% if 1 %}\n{% endif %}")
    assert template.render({"x": "<"}, RequestFactory().get("/a/")) == "nuages &lt;! /a/"
    # Without a request there is nobody to ask.
    assert template.render({"x": ""}) == "nuages ! "


def test_jinja_templates_have_what_forms_need() -> None:
    backend = jinja(Path())
    shown = backend.from_string("{{ csrf_input }}|{{ csrf_token }}|{{ request.path }}").render(
        {}, RequestFactory().get("/form/")
    )
    field, token, path = shown.split("|")
    assert field.startswith('<input type="hidden" name="csrfmiddlewaretoken" value="')
    assert len(token) == 64
    assert path == "/form/"


@pytest.mark.parametrize("before", ["", "\n\n"])
def test_a_jinja_syntax_error_is_marked_on_its_line(tmp_path: Path, before: str) -> None:
    (tmp_path / "wrong.html").write_text(f"{before}<p>\n{{% iff x %}}\n</p>\n")
    with pytest.raises(TemplateSyntaxError) as caught:
        jinja(tmp_path).get_template("wrong.html")
    marked = caught.value.template_debug  # type: ignore[attr-defined]
    line = 2 + len(before)
    assert (marked["line"], marked["during"], marked["total"]) == (line, "{% iff x %}", line + 1)
    assert (line, "{% iff x %}") in marked["source_lines"]


def test_the_first_backend_that_has_a_template_renders_it(tmp_path: Path) -> None:
    for folder, name, source in (
        ("django", "both.html", "django {{ x|upper }}"),
        ("jinja", "both.html", "jinja"),
        ("jinja", "own.html", "jinja {{ x|upper }}"),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(source)
    configured = [
        {"BACKEND": DJANGO, "DIRS": [tmp_path / "django"]},
        {"BACKEND": JINJA, "DIRS": [tmp_path / "jinja"], "NAME": "other"},
    ]
    with override_settings(TEMPLATES=configured):
        assert render_to_string("both.html", {"x": "a"}) == "django A"
        assert render_to_string("own.html", {"x": "a"}) == "jinja A"
        assert render_to_string("both.html", using="other") == "jinja"
        assert render_to_string(["gone.html", "own.html"], {"x": "b"}) == "jinja B"
        assert isinstance(engines["django"], DjangoTemplates)
        assert [engine.name for engine in engines.all()] == ["django", "other"]
        with override_settings(TEMPLATES=configured[1:]):
            assert [engine.name for engine in engines.all()] == ["other"]
            assert render_to_string("both.html") == "jinja"
        assert engines.all()[0] is engines["django"]
        engines.all().clear()
        with pytest.raises(TemplateDoesNotExist) as caught:
            get_template("gone.html")
        assert [str(each.backend.name) for each in caught.value.chain] == ["django", "other"]
        with pytest.raises(TemplateDoesNotExist, match=r"gone\.html, gone\.txt"):
            select_template(["gone.html", "gone.txt"])


@pytest.mark.parametrize(
    ("configured", "message"),
    [
        ([{"DIRS": []}], "Invalid BACKEND for a template engine"),
        ([{"BACKEND": DJANGO}, {"BACKEND": DJANGO}], "Template engine aliases aren't unique"),
        (
            [{"BACKEND": DJANGO, "APP_DIRS": True, "OPTIONS": {"loaders": []}}],
            "app_dirs must not be set when loaders",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(configured: list[dict[str, Any]], message: str) -> None:
    with override_settings(TEMPLATES=configured), pytest.raises(ImproperlyConfigured, match=message):
        engines.all()


def test_options_of_our_language_reach_the_engine(tmp_path: Path) -> None:
    backend = DjangoTemplates(
        {
            "NAME": "x",
            "DIRS": [tmp_path],
            "APP_DIRS": False,
            "OPTIONS": {
                "autoescape": False,
                "string_if_invalid": "(%s)",
                "file_charset": "latin-1",
                "builtins": ["nuages.templatetags.i18n"],
                "libraries": {"mine": "tests.template.tags_of_tests"},
                "context_processors": [f"{__name__}.processor"],
                "debug": True,
            },
        }
    )
    (tmp_path / "page.html").write_bytes(
        "é {{ x }}{{ gone }}{% translate 'a' %}{{ path }}{% load mine %}".encode("latin-1")
    )
    template = backend.get_template("page.html")
    assert template.render({"x": "<"}, RequestFactory().get("/p/")) == "é <(gone)a/p/"
    assert backend.engine.debug is True
