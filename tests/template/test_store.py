"""The files of compiled templates by themselves: whole records or none, and none that others may have written."""

from __future__ import annotations

import fcntl
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from nuages.template import storing
from nuages.template.compiler import store
from nuages.template.compiler.store import CodeStore, Pack
from nuages.test.utils import override_settings

KEY, OTHER = b"k" * 32, b"o" * 32


def key_of(number: int) -> bytes:
    return number.to_bytes(32, "big")


def again(pack: Pack) -> Pack:
    """The same file, as another process sees it."""
    return Pack(pack.folder, pack.name.removesuffix(".compiled"), bytes_at_most=pack.bytes_at_most)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    made = Pack(tmp_path / "store", "pack")
    assert made.read(KEY) is None
    assert made.write(KEY, b"data")
    assert made.read(KEY) == b"data"
    return again(made)


@pytest.fixture
def path(pack: Pack) -> Path:
    return pack.folder / pack.name


def test_the_folder_is_the_users_own_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with override_settings(TEMPLATE_CODE_CACHE=True):
        made = storing.code_store()
    assert made is not None
    assert made.folder == tmp_path / "nuages" / "templates"
    assert made.pack("name").write(KEY, b"data")
    assert made.folder.stat().st_mode & 0o777 == 0o700
    assert next(made.folder.iterdir()).stat().st_mode & 0o777 == 0o600


def test_records_are_added_and_read_once(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pack.write(OTHER, b"")
    assert pack.read(OTHER) == b""
    third = again(pack)
    assert third.read(KEY) == b"data"
    monkeypatch.setattr(os, "open", None)
    assert third.read(OTHER) == b""


def test_what_is_there_is_not_written_again(pack: Pack, path: Path) -> None:
    size = path.stat().st_size
    assert pack.write(KEY, b"data")
    assert path.stat().st_size == size


def test_packs_are_remembered_by_name_but_not_all(tmp_path: Path) -> None:
    folder = CodeStore(tmp_path)
    first = folder.pack("first")
    assert folder.pack("first") is first
    for number in range(100):
        folder.pack(str(number))
    assert len(folder._packs) < 10


@pytest.mark.parametrize("mode", [0o770, 0o702, 0o777])
def test_a_folder_that_others_may_write_is_not_read_and_not_written(pack: Pack, mode: int) -> None:
    pack.folder.chmod(mode)
    assert pack.read(KEY) is None
    assert not pack.write(OTHER, b"data")
    pack.folder.chmod(0o700)
    assert again(pack).read(OTHER) is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_read(pack: Pack, path: Path, mode: int) -> None:
    path.chmod(mode)
    assert pack.read(KEY) is None
    # Written anew, it is ours alone again.
    assert pack.write(KEY, b"newer")
    assert pack.read(KEY) == b"newer"
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_belongs_to_somebody_else_is_not_read(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert pack.read(KEY) is None
    assert not pack.write(OTHER, b"data")


def test_links_are_not_followed(pack: Pack, path: Path, tmp_path: Path) -> None:
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    whole = path.read_bytes()
    assert pack.read(KEY) is None
    assert pack.write(KEY, b"newer")
    assert not path.is_symlink()
    assert (tmp_path / "elsewhere").read_bytes() == whole
    linked = tmp_path / "linked"
    linked.symlink_to(pack.folder)
    assert Pack(linked, "pack").read(KEY) is None
    assert not Pack(linked, "pack").write(KEY, b"data")


def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(pack: Pack, path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)
    assert pack.read(KEY) is None
    assert pack.write(KEY, b"data")
    assert path.is_file()


def test_a_folder_in_place_of_a_file_is_no_error(pack: Pack, path: Path) -> None:
    path.unlink()
    path.mkdir()
    assert pack.read(KEY) is None
    assert not pack.write(KEY, b"data")


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    blocked = Pack(tmp_path / "file" / "store", "pack")
    assert blocked.read(KEY) is None
    assert not blocked.write(KEY, b"data")


def test_a_disk_that_takes_only_a_part_keeps_what_there_was(
    pack: Pack, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = path.read_bytes()
    write = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda file, data, offset: write(file, data[:50], offset))
    assert not pack.write(OTHER, b"other")
    assert path.read_bytes() == whole

    def refused(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", refused)
    assert not pack.write(OTHER, b"other")
    assert again(pack).read(KEY) == b"data"


def test_who_may_not_write_reads(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def read_only(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & os.O_RDWR:
            raise OSError(30, "Read-only file system")
        return opened(path, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", read_only)
    assert not pack.write(OTHER, b"other")
    assert pack.read(KEY) == b"data"


def test_who_finds_the_file_locked_for_long_does_without(
    pack: Pack, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PAUSE", 0.0)
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not pack.write(OTHER, b"other")
        assert pack.read(KEY) == b"data"
    assert pack.write(OTHER, b"other")


def test_a_full_file_is_begun_anew(pack: Pack, path: Path) -> None:
    pack.bytes_at_most = 1000
    assert not pack.write(OTHER, b"x" * 1000)
    reader = again(pack)
    for number in range(20):
        assert pack.write(key_of(number), b"x" * 200)
        assert reader.read(key_of(number)) == b"x" * 200
        assert path.stat().st_size <= 1000
    # What was thrown away is not held either.
    assert reader.read(key_of(0)) is None
    assert len(reader._known[2]) <= 4


def test_the_packs_not_written_to_for_longest_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PACKS_AT_MOST", 3)
    for number in range(5):
        assert Pack(tmp_path / "store", f"old{number}").write(KEY, b"data")
        os.utime(tmp_path / "store" / f"old{number}.compiled", (number, number))
    (tmp_path / "store" / "else").write_text("")
    os.utime(tmp_path / "store" / "else", (0, 0))
    assert Pack(tmp_path / "store", "new").write(KEY, b"data")
    names = {path.name for path in (tmp_path / "store").iterdir()}
    assert names == {"old3.compiled", "old4.compiled", "new.compiled", "else"}


def test_cut_anywhere_the_rest_is_read_and_written_on(tmp_path: Path) -> None:
    whole = {key_of(number): bytes([number]) * number * 7 for number in range(6)}
    pack = Pack(tmp_path / "store", "pack")
    ends = []
    for key, data in whole.items():
        assert pack.write(key, data)
        ends.append((tmp_path / "store" / "pack.compiled").stat().st_size)
    content = (tmp_path / "store" / "pack.compiled").read_bytes()
    for length in range(len(content)):
        (tmp_path / "store" / "pack.compiled").write_bytes(content[:length])
        there = sum(end <= length for end in ends)
        reader = again(pack)
        assert [reader.read(key) for key in whole] == [*whole.values()][:there] + [None] * (6 - there)
        assert reader.write(OTHER, b"other")
        assert again(reader).read(OTHER) == b"other"
        assert [again(reader).read(key) is not None for key in whole].count(True) == there


@pytest.mark.parametrize("seed", range(20))
def test_random_damage_never_gives_other_data(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    whole = {key_of(number): chance.randbytes(chance.randrange(300)) for number in range(10)}
    pack = Pack(tmp_path / "store", "pack")
    for key, data in whole.items():
        assert pack.write(key, data)
    path = tmp_path / "store" / "pack.compiled"
    content = path.read_bytes()
    for _ in range(40):
        damaged = bytearray(content)
        for _ in range(chance.randrange(1, 4)):
            start = chance.randrange(len(damaged))
            damaged[start : start + chance.choice([0, 1, 30])] = chance.randbytes(chance.choice([0, 1, 30]))
        path.write_bytes(damaged)
        reader = again(pack)
        assert all(reader.read(key) in (None, data) for key, data in whole.items())
        for key, data in whole.items():
            assert reader.write(key, data)
        assert all(again(pack).read(key) == data for key, data in whole.items())


def test_a_file_cut_behind_ones_back_is_read_again(pack: Pack, path: Path) -> None:
    assert pack.write(OTHER, b"other" * 20)
    assert pack.read(OTHER) == b"other" * 20
    os.truncate(path, path.stat().st_size - 1)
    assert pack.write(key_of(1), b"next")
    assert [again(pack).read(key) for key in (KEY, OTHER, key_of(1))] == [b"data", None, b"next"]


PROGRAM = """
import sys
from pathlib import Path
from nuages.template.compiler.store import Pack
pack = Pack(Path(sys.argv[1]), "pack")
who = int(sys.argv[2])
for number in range(int(sys.argv[3])):
    key = (who * 1_000_000 + number).to_bytes(32, "big")
    pack.write(key, key * 100)
    if number == 20:
        print("under way", flush=True)
"""


def writer(folder: Path, who: int, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(who), str(count)], stdout=subprocess.PIPE
    )


def test_several_processes_write_into_one_file(tmp_path: Path) -> None:
    processes = [writer(tmp_path / "store", who, 200) for who in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    for process in processes:
        process.communicate()
    pack = Pack(tmp_path / "store", "pack")
    pack.read(KEY)
    records = pack._known[2]
    assert all(data == key * 100 for key, data in records.items())
    # Some may have done without, while others were writing for long.
    assert len(records) > 400
    assert (tmp_path / "store" / "pack.compiled").stat().st_size == pack._known[1]


def test_a_process_killed_while_it_writes_leaves_whole_records(tmp_path: Path) -> None:
    for who in range(4):
        process = writer(tmp_path / "store", who, 100_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * who)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        pack = Pack(tmp_path / "store", "pack")
        assert pack.write(key_of(10**9 + who), b"after")
        assert all(data in (key * 100, b"after") for key, data in again(pack)._known[2].items())
        assert all(again(pack).read(key_of(10**9 + earlier)) == b"after" for earlier in range(who + 1))


def test_threads_that_write_and_read_at_once_see_whole_records_only(tmp_path: Path) -> None:
    shared = Pack(tmp_path / "store", "pack", bytes_at_most=200_000)
    wrong: list[Any] = []

    def work(who: int) -> None:
        for number in range(100):
            key = key_of(who * 1000 + number)
            shared.write(key, key * 100)
            for earlier in range(number):
                key = key_of(who * 1000 + earlier)
                if shared.read(key) not in (None, key * 100):
                    wrong.append(key)

    threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert (tmp_path / "store" / "pack.compiled").stat().st_size <= 200_000
