"""Patterns of addresses as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.contrib.admindocs.views import simplify_regex


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        (r"^articles/(?P<year>[0-9]{4})/(\w+)/$", "/articles/<year>/<var>/"),
        (r"^(?P<path>[^)]+)/(?:index\.html)?", "/<path>/"),
        (r"/a\.b\?c$", r"/a\.b?c"),
        (r"^a(b", "/a<var>"),
        ("", "/"),
    ],
)
def test_patterns_read_as_addresses(pattern: str, address: str) -> None:
    assert simplify_regex(pattern) == address


@given(st.text("ab/()[]?:\\^$", max_size=30))
def test_any_pattern_reads_as_an_address_without_groups(pattern: str) -> None:
    address = simplify_regex(pattern)
    assert address.startswith("/")
    assert "(?:" not in address.replace(r"\(", "")
