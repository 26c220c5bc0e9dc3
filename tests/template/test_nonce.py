"""The nonce of a page: the tag that asks for it first makes it."""

from __future__ import annotations

from nuages.template import Context, Engine
from nuages.utils.csp import LazyNonce


def render(nonce: object) -> str:
    return Engine().from_string("{% csp_nonce_attr %}").render(Context({"csp_nonce": nonce}))


def test_the_first_tag_that_asks_makes_the_nonce() -> None:
    nonce = LazyNonce()
    assert not nonce
    assert render(nonce) == f'nonce="{nonce}"' != 'nonce=""'


def test_without_a_nonce_there_is_no_attribute() -> None:
    assert [render(None), render(""), Engine().from_string("{% csp_nonce_attr %}").render(Context())] == [
        "",
        "",
        "",
    ]
