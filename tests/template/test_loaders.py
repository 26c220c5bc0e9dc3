from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nuages.template import Context, Engine, TemplateDoesNotExist
from nuages.template.loaders import cached, locmem
from nuages.utils.safestring import mark_safe


def test_a_large_template_is_read_whole(tmp_path: Path) -> None:
    text = "é\n" * 100_000
    (tmp_path / "large.html").write_text(text, encoding="utf-8")
    assert Engine(dirs=[tmp_path]).get_template("large.html").source == text


def test_line_ends_of_other_systems_become_one(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_bytes(b"a\r\nb\rc\n")
    assert Engine(dirs=[tmp_path]).get_template("other.html").source == "a\nb\nc\n"


def test_a_folder_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    engine = Engine(dirs=[tmp_path])
    with pytest.raises(IsADirectoryError):
        engine.get_template("folder")
    with pytest.raises(TemplateDoesNotExist):
        engine.get_template("nothing")


class PerTenant(cached.Loader):
    """Keeps a template for each tenant, as packages for sites of many tenants do."""

    tenant = "one"

    def cache_key(self, template_name: Any, skip: Any = None) -> str:
        return f"{self.tenant}-{super().cache_key(template_name, skip)}"


class OfTenant(locmem.Loader):
    def get_contents(self, origin: Any) -> str:
        return super().get_contents(origin).replace("TENANT", PerTenant.tenant)


def test_a_cached_loader_may_keep_several_templates_by_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    here, templates = __name__, {
        "parent": "TENANT [{% block b %}{% endblock %}]",
        "part": "part of TENANT",
        "page": "{% extends 'parent' %}{% block b %}{% include 'part' %}{% endblock %}",
    }  # fmt: skip
    engine = Engine(loaders=[(f"{here}.PerTenant", [(f"{here}.OfTenant", templates)])])
    for tenant in ("one", "two", "one"):
        monkeypatch.setattr(PerTenant, "tenant", tenant)
        assert engine.get_template("page").render(Context()) == f"{tenant} [part of {tenant}]"
    # A template that is at hand still finds what the tenant of the moment has.
    page = engine.get_template("page")
    for tenant in ("two", "one"):
        monkeypatch.setattr(PerTenant, "tenant", tenant)
        assert page.render(Context()) == f"{tenant} [part of {tenant}]"


def test_an_engine_of_a_kind_of_its_own_is_asked_each_time() -> None:
    class Themed(Engine):
        theme = "light"

        def find_template(self, name: str, dirs: Any = None, skip: Any = None) -> tuple[Any, Any]:
            return super().find_template(f"{self.theme}/{name}", dirs, skip)

    templates = {f"{theme}/{name}": text for theme in ("light", "dark") for name, text in {
        "parent": theme + " [{% block b %}{% endblock %}]",
        "page": "{% extends 'parent' %}{% block b %}{% include 'part' %}{% endblock %}",
        "part": "part in " + theme,
    }.items()}  # fmt: skip
    inner = ("nuages.template.loaders.locmem.Loader", templates)
    engine = Themed(loaders=[("nuages.template.loaders.cached.Loader", [inner])])
    page = engine.get_template("page")
    for theme in ("light", "dark", "light"):
        engine.theme = theme
        assert page.render(Context()) == f"{theme} [part in {theme}]"


def test_a_kept_template_is_found_by_any_name_that_reads_the_same() -> None:
    inner = ("nuages.template.loaders.locmem.Loader", {"page": "x"})
    engine = Engine(loaders=[("nuages.template.loaders.cached.Loader", [inner])])
    (loader,) = engine.template_loaders
    page = engine.get_template("page")
    assert loader.get_template(Path("page")) is loader.get_template(mark_safe("page")) is page
    loader.reset()
    assert engine.get_template("page") is not page
