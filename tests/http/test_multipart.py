"""Forms with files."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from nuages.core.files.uploadedfile import InMemoryUploadedFile, TemporaryUploadedFile
from nuages.core.files.uploadhandler import FileUploadHandler, StopUpload
from nuages.core.handlers.wsgi import WSGIRequest
from nuages.http.multipartparser import ChunkIter, InputStreamExhausted, MultiPartParserError
from nuages.test.utils import override_settings


def part(head: str, body: bytes = b"value") -> bytes:
    return f"--xyz\r\n{head}\r\n\r\n".encode() + body + b"\r\n"


def request_for(*parts: bytes, end: bytes = b"--xyz--\r\n", **environ: Any) -> WSGIRequest:
    body = b"".join(parts) + end
    return WSGIRequest(
        {
            "REQUEST_METHOD": "POST",
            "CONTENT_TYPE": "multipart/form-data; boundary=xyz",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **environ,
        }
    )


def field(name: str, body: bytes = b"value") -> bytes:
    return part(f'Content-Disposition: form-data; name="{name}"', body)


def upload(name: str, filename: str, body: bytes = b"content") -> bytes:
    return part(
        f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: text/plain; a=b',
        body,
    )


def test_fields_and_files_arrive_by_name() -> None:
    request = request_for(field("a", b"1"), field("a", "ä".encode()), upload("f", "notes.txt"))
    assert request.POST.getlist("a") == ["1", "ä"]
    file = request.FILES["f"]
    assert (file.name, file.read(), file.content_type, file.content_type_extra) == (
        "notes.txt",
        b"content",
        "text/plain",
        {"a": b"b"},
    )
    assert isinstance(file, InMemoryUploadedFile)


def test_a_large_upload_goes_to_disk_and_is_deleted_with_the_request() -> None:
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
        request = request_for(upload("f", "big.bin", b"x" * 300_000))
        file = request.FILES["f"]
    assert isinstance(file, TemporaryUploadedFile)
    assert file.size == 300_000 and sum(map(len, file.chunks())) == 300_000
    request.close()
    assert file.closed


@pytest.mark.parametrize(
    "sent, kept",
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\dir\\x.txt", "x.txt"),
        ("..&#x2F;x.txt", "x.txt"),
        ("a\0b.txt", "ab.txt"),
    ],
)
def test_only_the_last_part_of_a_file_name_is_kept(sent: str, kept: str) -> None:
    assert request_for(upload("f", sent)).FILES["f"].name == kept


@pytest.mark.parametrize("name", ["", "..", ".", "dir/", "C:\\"])
def test_a_file_without_a_name_is_left_out(name: str) -> None:
    assert not request_for(upload("f", name)).FILES


def test_where_no_file_was_chosen_there_is_an_empty_field() -> None:
    request = request_for(field("a"), upload("f", "", b""))
    assert request.POST == {"a": ["value"], "f": [""]}
    assert not request.FILES


def test_limits_on_fields_files_and_bytes() -> None:
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=1), pytest.raises(TooManyFieldsSent):
        request_for(field("a"), field("b")).POST  # noqa: B018
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FILES=1), pytest.raises(TooManyFilesSent):
        request_for(upload("a", "a"), upload("b", "b")).FILES  # noqa: B018
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100), pytest.raises(RequestDataTooBig):
        request_for(field("a", b"x" * 101)).POST  # noqa: B018
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        assert request_for(upload("f", "x.bin", b"x" * 5000)).FILES["f"].size == 5000


def test_base64_is_decoded_and_must_be_base64() -> None:
    head = 'Content-Disposition: form-data; name="f"; filename="x"\r\nContent-Transfer-Encoding: base64'
    content = bytes(range(256)) * 600
    assert request_for(part(head, base64.encodebytes(content))).FILES["f"].read() == content
    with pytest.raises(MultiPartParserError, match="Could not decode base64 data"):
        request_for(part(head, b"abc")).FILES  # noqa: B018


def test_a_cut_off_upload_is_not_taken_for_a_file() -> None:
    class Watching(FileUploadHandler):
        interrupted = completed = False

        def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
            return None

        def file_complete(self, file_size: int) -> None:
            self.completed = True

        def upload_interrupted(self) -> None:
            self.interrupted = True

    request = request_for(field("a"), upload("f", "x.txt"), end=b"")
    watching = Watching()
    request.upload_handlers = [watching]
    assert (request.POST["a"], dict(request.FILES)) == ("value", {})
    assert (watching.interrupted, watching.completed) == (True, False)


def test_stopping_an_upload_keeps_what_came_before() -> None:
    class Stopping(FileUploadHandler):
        def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
            raise StopUpload(connection_reset=True)

        def file_complete(self, file_size: int) -> None:
            raise AssertionError("the upload was stopped")

    request = request_for(field("a"), upload("f", "x.txt"), field("b"))
    request.upload_handlers = [Stopping()]
    assert list(request.POST) == ["a"]


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=\x07", "multipart/form-data; boundary=é"],
)
def test_a_boundary_that_cannot_be_one_is_refused(content_type: str) -> None:
    with pytest.raises(MultiPartParserError):
        request_for(field("a"), CONTENT_TYPE=content_type).POST  # noqa: B018


def test_headers_of_a_part_are_limited() -> None:
    with pytest.raises(MultiPartParserError, match="header size exceeded"):
        request_for(part('Content-Disposition: form-data; name="a"\r\nX-Long: ' + "x" * 2000)).POST  # noqa: B018


def test_a_failed_form_is_not_read_on_from_its_middle() -> None:
    request = request_for(part("No colon here"))
    with pytest.raises(MultiPartParserError):
        request.POST  # noqa: B018
    assert dict(request.POST) == {}


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--xyz",
                b"--xyz--",
                b"\r\n",
                b"\n",
                b"\r",
                b"Content-Disposition: form-data; name=a",
                b": ",
                b"x",
                b"\xff",
                b'; filename="f"',
            ]
        ),
        max_size=25,
    )
)
def test_any_body_gives_a_form_or_a_client_error(pieces: list[bytes]) -> None:
    try:
        request = request_for(*pieces, end=b"")
        assert request.POST is not None and request.FILES is not None
    except MultiPartParserError:
        return


def test_a_stream_is_read_in_pieces_until_it_is_exhausted() -> None:
    class Exhausted(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(size) or self._refuse()

        def _refuse(self) -> bytes:
            raise InputStreamExhausted

    assert list(ChunkIter(BytesIO(b"abcde"), 2)) == [b"ab", b"cd", b"e"]
    assert list(ChunkIter(Exhausted(b"abc"), 2)) == [b"ab", b"c"]
