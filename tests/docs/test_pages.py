"""The manual as a whole: its code can be parsed, its names exist, its links lead somewhere."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from nuages.conf import global_settings
from tests.docs.pages import DOCS, TUTORIAL, blocks, merged

PAGES = sorted(DOCS.rglob("*.md"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return str(page.relative_to(DOCS))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_on_the_page_can_be_parsed(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python" and not block.text.startswith(">>>"):
            ast.parse(block.text)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_the_page_imports_from_nuages_exists(page: Path) -> None:
    for block in blocks(page):
        if block.language != "python" or block.text.startswith(">>>"):
            continue
        for node in ast.walk(ast.parse(block.text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "nuages":
                # Models of contrib apps need the apps to be installed; the tutorial's own run covers them.
                if node.module.startswith("nuages.contrib"):
                    continue
                module = importlib.import_module(node.module)
                for alias in node.names:
                    try:
                        getattr(module, alias.name)
                    except AttributeError:
                        importlib.import_module(f"{node.module}.{alias.name}")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        if anchor:
            headings = {slug(heading) for heading in HEADING.findall(target.read_text(encoding="utf-8"))}
            assert anchor in headings, (link, headings)


def slug(heading: str) -> str:
    """The anchor that MkDocs gives a heading."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    assert [name_of(page) for page in PAGES if name_of(page) not in contents] == []


def test_settings_of_the_reference_have_the_defaults_it_names() -> None:
    assert global_settings.FETCH_PEERS is False
    assert global_settings.VALIDATE_ON_SAVE is False
    assert global_settings.LOOP_GUARD_THRESHOLD == 0.05
    template = (DOCS.parent / "nuages/conf/project_template/project_name/settings.py-tpl").read_text()
    assert "FETCH_PEERS = True" in template
    assert "VALIDATE_ON_SAVE = True" in template


def test_options_of_serve_are_all_described() -> None:
    from argparse import ArgumentParser

    from nuages.core.management.commands.serve import Command

    parser = ArgumentParser()
    Command().add_arguments(parser)
    text = (DOCS / "deployment.md").read_text(encoding="utf-8")
    options = [action.option_strings[0] for action in parser._actions if action.option_strings]
    assert [option for option in options if f"`{option}" not in text and option != "-h"] == []


def test_a_part_of_a_file_replaces_what_it_names_and_adds_the_rest() -> None:
    source = "A = 1\nB = [\n    2,\n]\nC = 3\n"
    assert merged(source, "B = [\n    5,\n]\n\nD = 4\n") == "A = 1\nB = [\n    5,\n]\nC = 3\nD = 4\n"


def test_the_tutorial_has_files_and_commands_to_follow() -> None:
    titles = [block.title for page in TUTORIAL for block in blocks(page)]
    assert titles.count("Terminal") >= 4
    assert "library/models.py" in titles
