from __future__ import annotations

import datetime
import zoneinfo
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.test.utils import override_settings
from nuages.utils import dateformat, dateparse, duration, numberformat, timezone
from nuages.utils.crypto import RANDOM_STRING_CHARS, get_random_string
from nuages.utils.datastructures import CaseInsensitiveMapping, ImmutableList, MultiValueDict, OrderedSet
from nuages.utils.encoding import filepath_to_uri, force_bytes, force_str, iri_to_uri, uri_to_iri
from nuages.utils.http import (
    base36_to_int,
    http_date,
    int_to_base36,
    is_same_domain,
    parse_header_parameters,
    parse_http_date,
    url_has_allowed_host_and_scheme,
    urlsafe_base64_decode,
    urlsafe_base64_encode,
)
from nuages.utils.timesince import timesince, timeuntil

_MOMENTS = st.datetimes(datetime.datetime(1980, 1, 1), datetime.datetime(2060, 1, 1))


@given(st.integers(0, 2**62))
def test_numbers_in_addresses_come_back(number):
    assert base36_to_int(int_to_base36(number)) == number


@given(st.binary())
def test_bytes_in_addresses_come_back(data):
    assert urlsafe_base64_decode(urlsafe_base64_encode(data)) == data


@given(_MOMENTS)
def test_dates_of_http_come_back_to_the_second(moment):
    seconds = int(moment.replace(tzinfo=datetime.UTC).timestamp())
    assert parse_http_date(http_date(seconds)) == seconds


@given(st.timedeltas(datetime.timedelta(days=-999999), datetime.timedelta(days=999999)))
def test_durations_come_back_from_both_spellings(length):
    assert dateparse.parse_duration(duration.duration_string(length)) == length
    assert dateparse.parse_duration(duration.duration_iso_string(length)) == length


@given(_MOMENTS)
def test_moments_come_back_from_their_iso_spelling(moment):
    assert dateparse.parse_datetime(moment.isoformat()) == moment
    assert dateparse.parse_date(moment.date().isoformat()) == moment.date()
    assert dateparse.parse_time(moment.time().isoformat()) == moment.time()


@given(st.text(max_size=30))
def test_what_is_no_date_is_none_or_out_of_range(text):
    for parse in (
        dateparse.parse_date,
        dateparse.parse_datetime,
        dateparse.parse_time,
        dateparse.parse_duration,
    ):
        try:
            parse(text)
        except (ValueError, OverflowError):
            pass


@given(st.integers(-(10**15), 10**15))
def test_grouped_digits_are_the_same_digits(number):
    grouped = numberformat.format(number, ".", grouping=3, thousand_sep=",", force_grouping=True)
    assert grouped == f"{number:,}"


@pytest.mark.parametrize(
    ("grouping", "expected"),
    [((3, 2, 0), "10,00,00,000"), ((3, 2, -1), "1000,00,000"), ((3,), "100,000,000"), (0, "100000000")],
)
def test_groups_of_digits_are_of_the_sizes_named(grouping, expected):
    assert (
        numberformat.format(100000000, ".", grouping=grouping, thousand_sep=",", force_grouping=True)
        == expected
    )


def test_dates_are_written_letter_by_letter():
    moment = datetime.datetime(2026, 7, 4, 15, 5, 9)
    assert dateformat.format(moment, "l jS F Y, g:i a") == "Saturday 4th July 2026, 3:05 p.m."
    assert dateformat.format(moment, r"\Y\e\a\r Y, D W z t L") == "Year 2026, Sat 27 185 31 False"
    assert dateformat.time_format(datetime.time(12, 0), "P") == "noon"


def test_the_time_since_is_told_in_two_units():
    start = datetime.datetime(2026, 1, 1)
    assert timesince(start, start + datetime.timedelta(days=8, hours=3)) == "1\xa0week, 1\xa0day"
    assert timeuntil(start + datetime.timedelta(hours=2), start) == "2\xa0hours"
    assert timesince(start, start) == "0\xa0minutes"


def test_a_time_zone_is_overridden_within_a_block():
    with timezone.override("Europe/Lisbon"):
        assert timezone.get_current_timezone_name() == "Europe/Lisbon"
        summer = timezone.make_aware(datetime.datetime(2026, 7, 1, 12))
        assert summer.utcoffset() == datetime.timedelta(hours=1)
    with override_settings(TIME_ZONE="Asia/Tokyo"):
        assert timezone.get_default_timezone() == zoneinfo.ZoneInfo("Asia/Tokyo")


def test_several_values_of_one_key_are_kept_and_the_last_is_shown():
    values = MultiValueDict({"a": ["1", "2"]})
    values.appendlist("b", "3")
    assert (values["a"], values.getlist("a"), values.getlist("none")) == ("2", ["1", "2"], [])
    assert dict(values.items()) == {"a": "2", "b": "3"}


def test_small_collections_keep_their_promises():
    assert list(OrderedSet([3, 1, 3, 2])) == [3, 1, 2]
    assert CaseInsensitiveMapping({"Accept": "x"})["aCCEPT"] == "x"
    with pytest.raises(AttributeError, match="not a list"):
        ImmutableList([1], warning="not a list").append(2)


def test_text_and_bytes_turn_into_each_other():
    assert force_bytes("é") == "é".encode()
    assert force_str("é".encode()) == "é"
    assert iri_to_uri("/é?q=ü&a=%20") == "/%C3%A9?q=%C3%BC&a=%20"
    assert uri_to_iri("/%C3%A9?q=%20") == "/é?q=%20"
    assert filepath_to_uri("a\\b?c") == "a/b%3Fc"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.org",
        "https:///evil.org",
        "http:\\\\evil.org",
        "javascript:alert(1)",
        "\x08//evil.org",
        "https://evil.org",
        "",
    ],
)
def test_addresses_that_lead_elsewhere_are_not_allowed(address):
    assert not url_has_allowed_host_and_scheme(address, allowed_hosts={"example.com"})


def test_addresses_that_stay_are_allowed():
    assert url_has_allowed_host_and_scheme("/next/?a=b", allowed_hosts=None)
    assert url_has_allowed_host_and_scheme("http://example.com/x", allowed_hosts={"example.com"})
    assert not url_has_allowed_host_and_scheme("http://example.com/", {"example.com"}, require_https=True)


def test_headers_and_domains_are_read():
    assert parse_header_parameters('text/html; charset="utf-8"; q=1') == (
        "text/html",
        {"charset": "utf-8", "q": "1"},
    )
    assert is_same_domain("a.example.com", ".example.com")
    assert not is_same_domain("badexample.com", ".example.com")


@pytest.mark.parametrize(
    "alphabet", ["ab", RANDOM_STRING_CHARS, "äöü", "ελ", "x", "".join(map(chr, range(300)))]
)
def test_random_strings_use_the_whole_alphabet_and_nothing_else(alphabet: str) -> None:
    drawn = "".join(get_random_string(50, alphabet) for _ in range(200))
    assert len(drawn) == 10000
    assert set(drawn) == set(alphabet)


def test_random_strings_favour_no_character() -> None:
    # 62 does not divide 256: taken modulo, the first eight would come up a quarter more often.
    counts = Counter(get_random_string(62 * 4000))
    first, last = (
        sum(counts[letter] for letter in part) for part in (RANDOM_STRING_CHARS[:8], RANDOM_STRING_CHARS[-8:])
    )
    assert 0.95 < first / last < 1.05


def test_a_random_string_may_be_empty_but_not_from_nothing() -> None:
    assert get_random_string(0) == ""
    with pytest.raises(IndexError):
        get_random_string(3, "")
