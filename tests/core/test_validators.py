from __future__ import annotations

import re
import string
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.core import validators
from nuages.core.exceptions import ValidationError


def accepts(validator, value) -> bool:
    try:
        validator(value)
    except ValidationError:
        return False
    return True


label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=20)


@settings(deadline=None)
@given(st.lists(label, min_size=1, max_size=4), st.text(string.ascii_lowercase, min_size=2, max_size=10))
def test_any_plain_host_name_is_a_domain_and_makes_a_url(labels, top):
    host = ".".join([*labels, top])
    assert accepts(validators.validate_domain_name, host)
    assert accepts(validators.URLValidator(), f"https://{host}:8080/a?b#c")
    assert accepts(validators.validate_email, f"me@{host}")


@settings(deadline=None)
@given(st.text(max_size=50))
def test_no_text_makes_the_url_validator_fail_in_another_way(text):
    accepts(validators.URLValidator(), f"http://{text}")
    accepts(validators.validate_email, text)


@pytest.mark.parametrize("bad", ["http://example.com/\n", "http://exa\tmple.com/", "http://exam\rple.com"])
def test_urls_with_control_characters_are_refused(bad):
    assert not accepts(validators.URLValidator(), bad)


def test_url_schemes_are_limited():
    assert not accepts(validators.URLValidator(), "javascript://example.com/%0Aalert(1)")
    assert accepts(validators.URLValidator(["git+ssh"]), "git+ssh://git@example.com/x")


def test_a_host_longer_than_dns_allows_is_refused():
    assert not accepts(validators.URLValidator(), "http://" + "a" * 60 + (".b" * 100) + ".com/")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("123.4", None),
        ("1234.5", "max_digits"),
        ("0.123", "max_decimal_places"),
        ("NaN", "invalid"),
        ("0E+9", None),
    ],
)
def test_decimal_limits_name_what_was_broken(value, code):
    validator = (
        validators.DecimalValidator(4, 2)
        if code == "max_decimal_places"
        else validators.DecimalValidator(4, 1)
    )
    if code is None:
        validator(Decimal(value))
        return
    with pytest.raises(ValidationError) as caught:
        validator(Decimal(value))
    assert caught.value.code == code


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_a_decimal_is_accepted_when_its_written_form_fits(value):
    whole, _point, places = f"{abs(value):f}".partition(".")
    whole = whole.lstrip("0")
    fits = len(whole) + 3 <= 9 and len(whole) <= 6
    if value or len(places) == 3:
        assert accepts(validators.DecimalValidator(9, 3), value) is fits


def test_step_counts_from_its_offset():
    validator = validators.StepValueValidator(3, offset=1)
    assert accepts(validator, 7)
    with pytest.raises(ValidationError, match=r"starting from 1, e.g. 1, 4, 7, and so on"):
        validator(6)


def test_limits_may_be_callables():
    assert not accepts(validators.MaxValueValidator(lambda: 3), 4)


def test_validators_with_the_same_rule_are_equal():
    assert validators.RegexValidator("a") == validators.RegexValidator(re.compile("a"))
    assert validators.RegexValidator("a") != validators.RegexValidator("a", inverse_match=True)
    assert validators.URLValidator(["http"]) != validators.URLValidator(["https"])
    assert validators.EmailValidator(allowlist=["a", "b"]) == validators.EmailValidator(allowlist=["b", "a"])
    assert validators.StepValueValidator(3) != validators.StepValueValidator(3, offset=1)


def test_a_validator_says_how_it_was_made():
    path, args, kwargs = validators.RegexValidator("^a$", message="no").deconstruct()
    assert path.endswith(".core.validators.RegexValidator")
    assert (args, kwargs) == (("^a$",), {"message": "no"})


def test_flags_need_a_string():
    with pytest.raises(TypeError, match="must be a regular expression string"):
        validators.RegexValidator(re.compile("a"), flags=re.I)


def test_unknown_protocol_is_refused_at_the_door():
    with pytest.raises(
        ValueError, match=r"The protocol 'ipv5' is unknown. Supported: \['both', 'ipv4', 'ipv6'\]"
    ):
        validators.ip_address_validators("ipv5", False)
