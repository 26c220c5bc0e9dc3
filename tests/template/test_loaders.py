from __future__ import annotations

from pathlib import Path

import pytest

from nuages.template import Engine, TemplateDoesNotExist


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
