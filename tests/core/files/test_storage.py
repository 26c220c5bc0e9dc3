"""The storages: on disk and in memory."""

from __future__ import annotations

import os
from typing import Any

import pytest

from nuages.core.exceptions import SuspiciousFileOperation
from nuages.core.files.base import ContentFile, File
from nuages.core.files.storage import FileSystemStorage, InMemoryStorage, Storage, default_storage
from nuages.test import override_settings


@pytest.fixture(params=[FileSystemStorage, InMemoryStorage])
def storage(request: pytest.FixtureRequest, tmp_path: Any) -> Storage:
    return request.param(location=tmp_path, base_url="/media")


def test_what_is_saved_can_be_read(storage: Any) -> None:
    name = storage.save("a/b.txt", ContentFile("grün"))
    with storage.open(name) as file:
        assert file.read() == "grün".encode()
    assert storage.size(name) == 5
    assert storage.listdir("") == (["a"], [])
    assert storage.listdir("a") == ([], ["b.txt"])


def test_a_taken_name_is_changed_before_its_extensions(storage: Any) -> None:
    storage.save("x.tar.gz", ContentFile("1"))
    second = storage.save("x.tar.gz", ContentFile("2"))
    assert second.startswith("x_")
    assert second.endswith(".tar.gz")


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x"])
def test_names_stay_below_the_location(storage: Any, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        storage.save(name, ContentFile("x"))
    with pytest.raises(SuspiciousFileOperation):
        storage.exists("../x")


def test_deleting_what_is_gone_is_no_error(storage: Any) -> None:
    storage.save("x.txt", ContentFile("1"))
    storage.delete("x.txt")
    storage.delete("x.txt")
    assert not storage.exists("x.txt")


def test_addresses_are_below_the_base(storage: Any) -> None:
    assert storage.url("a b.txt") == "/media/a%20b.txt"


def test_a_file_is_no_folder(storage: Any) -> None:
    storage.save("x.txt", ContentFile("1"))
    with pytest.raises((FileExistsError, NotADirectoryError)):
        storage.save("x.txt/y.txt", ContentFile("2"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, *args: Any) -> int:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PermissionError) as caught:
        FileSystemStorage(location=tmp_path).save("x.txt", ContentFile("1"))
    assert caught.value.__notes__ == [f"This process must be able to write below {tmp_path}."]


def test_memory_is_written_when_the_file_is_closed() -> None:
    storage = InMemoryStorage()
    with storage.open("x.txt", "w") as file:
        file.write("one")
    with storage.open("x.txt", "a") as file:
        file.write(" two")
    assert storage.open("x.txt", "r").read() == "one two"
    with pytest.raises(FileNotFoundError):
        storage.open("y.txt")


def test_memory_deletes_whole_folders() -> None:
    storage = InMemoryStorage()
    storage.save("a/b/c.txt", ContentFile("1"))
    storage.delete("a")
    assert storage.listdir("") == ([], [])


def test_a_cut_name_needs_nothing_added_where_files_are_overwritten(tmp_path: Any) -> None:
    storage = FileSystemStorage(tmp_path, allow_overwrite=True)
    assert storage.save("test_long_name.txt", ContentFile("1"), max_length=10) == "test_l.txt"


def test_folders_get_their_mode_whatever_the_mask(tmp_path: Any) -> None:
    storage = FileSystemStorage(tmp_path, directory_permissions_mode=0o750)
    before = os.umask(0o077)
    try:
        storage.save("a/b/c.txt", ContentFile("1"))
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_do_not_depend_on_where_chunks_end(size: int) -> None:
    file = File(ContentFile("a\nb\r\nc\rd").file, "x")
    file.DEFAULT_CHUNK_SIZE = size
    assert list(file) == ["a\n", "b\r\n", "c\r", "d"]


def test_the_default_storage_is_what_the_setting_says_while_it_is_overridden() -> None:
    assert isinstance(default_storage, FileSystemStorage)
    with override_settings(STORAGES={"default": {"BACKEND": "nuages.core.files.storage.InMemoryStorage"}}):
        assert isinstance(default_storage, InMemoryStorage)
        default_storage.save("cat.txt", ContentFile("purr"))
    assert isinstance(default_storage, FileSystemStorage)
    assert not default_storage.exists("cat.txt")
