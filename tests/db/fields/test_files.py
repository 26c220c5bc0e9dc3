"""FileField: a name in the column, the file in a storage."""

from __future__ import annotations

from pathlib import Path

import pytest

from nuages.core.exceptions import FieldError, SuspiciousFileOperation
from nuages.core.files.base import ContentFile
from nuages.core.files.storage import FileSystemStorage
from nuages.db import models
from nuages.test.utils import isolate_apps


@pytest.fixture
def document(tmp_path: Path):  # type: ignore[no-untyped-def]
    with isolate_apps("tests.db.models.library"):

        class Document(models.Model):
            file = models.FileField(upload_to="docs", storage=FileSystemStorage(tmp_path))

            class Meta:
                app_label = "library"

        yield Document()


def test_a_new_file_is_stored_when_it_is_saved(document, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    document.file.save("a.txt", ContentFile(b"hello"), save=False)
    assert document.file.name == "docs/a.txt"
    assert (tmp_path / "docs" / "a.txt").read_bytes() == b"hello"
    document.file.save("a.txt", ContentFile(b"again"), save=False)
    assert document.file.name != "docs/a.txt"
    assert document.file.size == 5


def test_a_name_is_all_a_row_holds(document) -> None:  # type: ignore[no-untyped-def]
    document.file = "docs/b.txt"
    assert document.file == "docs/b.txt"
    assert document.__class__.file.field.get_prep_value(document.file) == "docs/b.txt"


def test_no_file_says_so(document) -> None:  # type: ignore[no-untyped-def]
    assert not document.file
    with pytest.raises(ValueError, match="'file' attribute has no file associated with it"):
        _ = document.file.path


def test_names_may_not_lead_out(document) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SuspiciousFileOperation):
        document.file.save("../../x", ContentFile(b""), save=False)


def test_content_needs_a_name(document) -> None:  # type: ignore[no-untyped-def]
    document.file = ContentFile(b"x")
    with pytest.raises(FieldError, match="must have the name attribute"):
        document.__class__.file.field.pre_save(document, add=True)
