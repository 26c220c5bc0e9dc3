"""Cookies, plain and signed."""

from __future__ import annotations

import datetime
from http import cookies

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core.signing import BadSignature
from nuages.http import HttpRequest, HttpResponse, parse_cookie


@given(st.text())
def test_no_cookie_header_is_an_error(header: str) -> None:
    assert all(isinstance(value, str) for value in parse_cookie(header).values())


def test_a_value_without_a_name_does_not_spoil_the_others() -> None:
    assert parse_cookie("a=1; lonely; b=x=y") == {"a": "1", "": "lonely", "b": "x=y"}


def one_by_one(header: str) -> dict[str, str]:
    """What a header says, read piece by piece."""
    found = {}
    for piece in header.split(";"):
        name, equals, value = piece.partition("=")
        if not equals:
            name, value = "", name
        if name.strip() or value.strip():
            found[name.strip()] = cookies._unquote(value.strip())  # type: ignore[attr-defined]
    return found


@given(st.text('ab=; "\t\xa0'))
def test_a_header_says_the_same_whether_it_is_as_browsers_write_it_or_not(header: str) -> None:
    assert parse_cookie(header) == one_by_one(header)


KEYS = st.sampled_from(["a", "b", "path", "no good", ""])


@given(st.lists(st.tuples(KEYS, st.text('ab ;\r"é'), st.booleans())))
def test_cookies_are_sent_alike_whether_somebody_has_looked_at_them_or_not(
    given: list[tuple[str, str, bool]],
) -> None:
    unseen, seen = HttpResponse(), HttpResponse()
    assert not seen.cookies
    for key, value, httponly in given:
        for response in (unseen, seen):
            try:
                response.set_cookie(key, value, httponly=httponly, expires="" if httponly else "Fri")
            except cookies.CookieError:
                assert key not in {"a", "b"} or "\r" in value
    told = [cookie for _, cookie in seen.header_list()[1:]]
    assert unseen.cookie_lines() == told == [cookie for _, cookie in unseen.header_list()[1:]]
    assert unseen.cookies == seen.cookies
    assert unseen.cookie_lines() == told


def test_what_is_set_is_read_back() -> None:
    response = HttpResponse()
    response.set_cookie("name", 'a "quoted"; value,')
    header = response.cookies["name"].OutputString().split("; Path")[0]
    assert parse_cookie(header) == {"name": 'a "quoted"; value,'}


def test_age_and_expiry_go_together() -> None:
    response = HttpResponse()
    response.set_cookie("a", expires=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=1))
    assert response.cookies["a"]["max-age"] in (59, 60)
    with pytest.raises(ValueError, match="can't be used together"):
        response.set_cookie("a", max_age=1, expires=datetime.datetime.now(datetime.UTC))


def test_deleting_keeps_the_rules_for_secure_names() -> None:
    response = HttpResponse()
    response.delete_cookie("__Host-a")
    assert response.cookies["__Host-a"]["secure"] is True


def test_a_signed_cookie_is_bound_to_its_name_and_salt() -> None:
    response = HttpResponse()
    response.set_signed_cookie("a", "value", salt="bc")
    request = HttpRequest()
    request.COOKIES = {"a": response.cookies["a"].value, "ab": response.cookies["a"].value}
    assert request.get_signed_cookie("a", salt="bc") == "value"
    with pytest.raises(BadSignature):
        request.get_signed_cookie("ab", salt="c")
    assert request.get_signed_cookie("missing", default=None) is None
