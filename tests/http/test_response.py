"""Held, streamed and file responses."""

from __future__ import annotations

import asyncio
import io
import pickle
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nuages.core.exceptions import DisallowedRedirect
from nuages.http import (
    FileResponse,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)


async def pieces() -> AsyncIterator[bytes | str]:
    yield b"a"
    await asyncio.sleep(0)
    yield "b"


def test_content_comes_from_text_bytes_iterators_and_writing() -> None:
    assert HttpResponse("ä").content == "ä".encode()
    assert HttpResponse(iter(["a", b"b", 1])).content == b"ab1"
    response = HttpResponse(charset="latin-1")
    response.write("ä")
    response.writelines(["b", "c"])
    assert (response.content, response.tell(), response.text) == (b"\xe4bc", 3, "äbc")


def test_the_charset_follows_the_content_type() -> None:
    response = HttpResponse("ä", content_type="text/plain; charset=latin-1")
    assert response.content == b"\xe4"
    response["Content-Type"] = 'text/plain; charset="utf-16"'
    assert response.charset == "utf-16"


@pytest.mark.parametrize("target", ["javascript:alert(1)", "data:text/html,x", "http://[", "x" * 100_000])
def test_dangerous_redirects_are_refused(target: str) -> None:
    for kind in (HttpResponseRedirect, HttpResponsePermanentRedirect):
        with pytest.raises(DisallowedRedirect):
            kind(target)


def test_a_redirect_can_preserve_the_request() -> None:
    assert [HttpResponseRedirect("/x", keep).status_code for keep in (False, True)] == [302, 307]
    assert [HttpResponsePermanentRedirect("/x", keep).status_code for keep in (False, True)] == [301, 308]
    assert repr(HttpResponseRedirect("/x", True).status_code) == "307"


def test_not_modified_has_no_content() -> None:
    response = HttpResponseNotModified()
    with pytest.raises(AttributeError):
        response.content = "x"
    assert "Content-Type" not in response


def test_json_refuses_lists_unless_told() -> None:
    assert JsonResponse({"a": 1}).content == b'{"a": 1}'
    with pytest.raises(TypeError, match="safe parameter"):
        JsonResponse([1])
    assert JsonResponse([1], safe=False)["Content-Type"] == "application/json"


def test_a_response_survives_pickling_without_what_is_bound_to_its_request() -> None:
    response = HttpResponse("x", status=418)
    response.set_cookie("a", "b")
    response.on_close(lambda: None)
    again = pickle.loads(pickle.dumps(response))
    assert (again.content, again.status_code, again.cookies["a"].value) == (b"x", 418, "b")
    assert again._resource_closers == []


def test_closing_goes_on_after_a_failure() -> None:
    closed: list[int] = []
    response = HttpResponse()
    response.on_close(lambda: closed.append(1 // 0))
    response.on_close(lambda: closed.append(2))
    response.close()
    assert closed == [2] and response.closed


def test_servers_take_pieces_of_either_colour_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(StreamingHttpResponse(["a", b"b"]).chunks()) == [b"a", b"b"]
        assert list(StreamingHttpResponse(pieces()).chunks()) == [b"a", b"b"]


def test_iterating_the_other_colour_works_and_warns() -> None:
    with pytest.warns(Warning, match="consume asynchronous iterators"):
        assert list(StreamingHttpResponse(pieces())) == [b"a", b"b"]


def test_a_file_response_describes_its_file(tmp_path: Path) -> None:
    path = tmp_path / 'na"me.txt'
    path.write_bytes(b"0123456789")
    file = path.open("rb")
    file.seek(4)
    response = FileResponse(file, as_attachment=True)
    assert response["Content-Length"] == "6"
    assert response["Content-Type"] == "text/plain"
    assert response["Content-Disposition"] == r'attachment; filename="na\"me.txt"'
    assert response.file_on_disk() == (str(path), 4, 6)
    assert b"".join(response) == b"456789"
    response.close()
    assert file.closed


def test_content_that_middleware_replaced_is_not_sent_from_disk(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"abc")
    response = FileResponse(path.open("rb"))
    response.streaming_content = (chunk.upper() for chunk in response.streaming_content)
    assert response.file_on_disk() is None
    assert b"".join(response.chunks()) == b"ABC"
    response.close()


def test_a_buffer_is_no_file_on_disk() -> None:
    response = FileResponse(io.BytesIO(b"abc"), filename="a.tar.gz")
    assert response.file_on_disk() is None
    assert (response["Content-Type"], response["Content-Length"]) == ("application/gzip", "3")


def test_the_types_of_files_are_imported_from_beside_responses_too() -> None:
    import mimetypes

    from nuages.http import response

    assert response.mimetypes is mimetypes
