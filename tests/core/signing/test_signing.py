from __future__ import annotations

import datetime
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.core import signing
from nuages.test.utils import override_settings

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_VALUES, st.booleans())
def test_signed_values_come_back(value, compress):
    assert signing.loads(signing.dumps(value, compress=compress)) == value


@given(st.integers(-(2**80), 2**80))
def test_numbers_in_base_62_come_back(number):
    assert signing.b62_decode(signing.b62_encode(number)) == number


@given(st.text(), st.integers(0, 200))
def test_a_changed_value_is_refused(value, place):
    signed = signing.Signer().sign(value)
    place %= len(signed)
    changed = signed[:place] + ("a" if signed[place] != "a" else "b") + signed[place + 1 :]
    with pytest.raises(signing.BadSignature):
        signing.Signer().unsign(changed)


def test_signatures_are_those_that_django_makes():
    signer = signing.Signer(key="predictable-secret", salt="extra-salt")
    assert signer.sign("hello") == "hello:" + signing.base64_hmac(
        "extra-saltsigner", "hello", "predictable-secret", algorithm="sha256"
    )
    assert signing.TimestampSigner(key="k").salt == "django.core.signing.TimestampSigner"


def test_one_salt_does_not_open_what_another_signed():
    signed = signing.dumps("x", salt="one")
    with pytest.raises(signing.BadSignature):
        signing.loads(signed, salt="two")


def test_values_signed_with_an_older_key_are_taken_while_it_is_listed():
    with override_settings(SECRET_KEY="old"):
        signed = signing.dumps([1])
    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
    with override_settings(SECRET_KEY_FALLBACKS=["old"]):
        assert signing.loads(signed) == [1]


def test_a_signature_expires(monkeypatch):
    signer = signing.TimestampSigner()
    signed = signer.sign("cloud")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11)
    assert signer.unsign(signed, max_age=12) == "cloud"
    assert signer.unsign(signed, max_age=datetime.timedelta(seconds=60)) == "cloud"
    with pytest.raises(signing.SignatureExpired, match="> 10 seconds"):
        signer.unsign(signed, max_age=10)


def test_a_separator_that_signatures_hold_is_refused():
    with pytest.raises(ValueError, match="Unsafe Signer separator"):
        signing.Signer(sep="-")


def test_what_was_opened_before_is_opened_by_the_same_keys_only():
    with override_settings(SECRET_KEY="first", SECRET_KEY_FALLBACKS=[]):
        signed = signing.dumps({"user": 1})
        assert signing.loads(signed) == {"user": 1}
        with pytest.raises(signing.BadSignature):
            signing.loads(signed, salt="for something else")
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=[]), pytest.raises(signing.BadSignature):
        signing.loads(signed)
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=["first"]):
        assert signing.loads(signed) == {"user": 1}


def test_what_is_opened_twice_is_not_one_object():
    signed = signing.dumps({"cart": []})
    signing.loads(signed)["cart"].append("book")
    assert signing.loads(signed) == {"cart": []}


def test_a_value_that_was_opened_still_expires(monkeypatch):
    signed = signing.dumps("hello")
    assert signing.loads(signed) == signing.loads(signed, max_age=60) == "hello"
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    with pytest.raises(signing.SignatureExpired):
        signing.loads(signed, max_age=60)


@pytest.mark.parametrize("written", [b" [1, 2]", b"[1, 2]\n", b"[1,2]"])
def test_json_is_read_with_and_without_space_around_it(written):
    assert signing.JSONSerializer().loads(written) == [1, 2]


@pytest.mark.parametrize("written", [b"", b"[1", b"[1] x", b"nothing"])
def test_what_is_no_json_is_refused_as_json_says_it(written):
    with pytest.raises(ValueError) as expected:
        json.loads(written)
    with pytest.raises(json.JSONDecodeError) as refused:
        signing.JSONSerializer().loads(written)
    assert str(refused.value) == str(expected.value)
