"""Static files: found, collected, and saved under names that tell their content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nuages.core.management import CommandError, call_command
from nuages.test.utils import override_settings

pytestmark = pytest.mark.usefixtures("installed")

MANIFEST = {"staticfiles": {"BACKEND": "nuages.contrib.staticfiles.storage.ManifestStaticFilesStorage"}}


@pytest.fixture
def folders(tmp_path: Path) -> Any:
    """A folder of sources and an empty one to collect into, both set."""
    source, root = tmp_path / "source", tmp_path / "root"
    (source / "css").mkdir(parents=True)
    root.mkdir()
    with override_settings(
        STATICFILES_DIRS=[source], STATIC_ROOT=root, STATIC_URL="/static/", STORAGES=MANIFEST, DEBUG=False
    ):
        yield source, root


def collect(**options: Any) -> None:
    call_command("collectstatic", interactive=False, verbosity=0, **options)


def manifest(root: Path) -> dict[str, str]:
    paths = json.loads((root / "staticfiles.json").read_text())["paths"]
    return {name: hashed for name, hashed in paths.items() if not name.startswith("admin/")}


def test_references_become_hashed_names(folders: Any) -> None:
    source, root = folders
    (source / "dot.png").write_bytes(b"a dot")
    (source / "css" / "base.css").write_text('p { background: url(../dot.png?v=1#x) } /* url("no.png") */')
    (source / "css" / "all.css").write_text("@import 'base.css';\n")
    collect()
    names = manifest(root)
    written = (root / names["css/all.css"]).read_text()
    base = (root / names["css/base.css"]).read_text()
    assert written == f'@import url("{Path(names["css/base.css"]).name}");\n'
    assert base == f'p {{ background: url("../{names["dot.png"]}?v=1#x") }} /* url("no.png") */'


def test_a_changed_file_changes_the_names_of_those_that_refer_to_it(folders: Any) -> None:
    source, root = folders
    (source / "dot.png").write_bytes(b"a dot")
    (source / "css" / "base.css").write_text("p { background: url(../dot.png) }")
    collect()
    before = manifest(root)
    (source / "dot.png").write_bytes(b"another dot")
    collect(clear=True)
    after = manifest(root)
    assert before["css/base.css"] != after["css/base.css"]


def test_a_reference_to_nothing_names_file_and_line(folders: Any) -> None:
    source, _root = folders
    (source / "css" / "base.css").write_text("p {}\nq { background: url(lost.png) }")
    with pytest.raises(CommandError, match=r"css/base\.css:2") as caught:
        collect()
    assert "css/lost.png" in str(caught.value)


def test_files_that_refer_to_each_other_are_refused_after_some_passes(folders: Any) -> None:
    source, _root = folders
    (source / "a.css").write_text('@import "b.css";')
    (source / "b.css").write_text('@import "a.css";')
    with pytest.raises(CommandError, match="Max post-process passes exceeded"):
        collect()


def test_addresses_are_those_of_hashed_names(folders: Any) -> None:
    from nuages.templatetags.static import static

    source, root = folders
    (source / "dot.png").write_bytes(b"a dot")
    collect()
    assert static("dot.png") == f"/static/{manifest(root)['dot.png']}"
    with pytest.raises(ValueError, match=r"Missing staticfiles manifest entry for 'lost\.png'"):
        static("lost.png")


def test_clearing_refuses_a_folder_with_the_project_in_it(
    folders: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, _root = folders
    monkeypatch.chdir(source)
    with override_settings(STATIC_ROOT=source.parent), pytest.raises(CommandError, match="Refusing to clear"):
        collect(clear=True)
    assert source.exists()


def test_no_root_is_not_the_current_folder() -> None:
    from nuages.contrib.staticfiles.storage import StaticFilesStorage
    from nuages.core.exceptions import ImproperlyConfigured

    with override_settings(STATIC_ROOT="", MEDIA_ROOT=""):
        storage = StaticFilesStorage()
        with pytest.raises(ImproperlyConfigured, match="STATIC_ROOT"):
            storage.path("file.txt")


def test_the_first_of_two_files_counts(tmp_path: Path) -> None:
    from nuages.contrib.staticfiles import finders

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.txt").write_text(name)
    with override_settings(STATICFILES_DIRS=[tmp_path / "one", tmp_path / "two"]):
        assert finders.find("same.txt") == str(tmp_path / "one" / "same.txt")
        assert len(finders.find("same.txt", find_all=True)) == 2
        assert finders.find("other.txt") is None
