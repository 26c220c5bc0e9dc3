"""Content security policies; specified in ref/csp."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nuages.utils.functional import SimpleLazyObject, empty


class CSP(StrEnum):
    """The keywords of source lists, in the quotes that they need."""

    SELF = "'self'"
    NONE = "'none'"
    # Replaced by the nonce of the response.
    NONCE = "<CSP_NONCE_SENTINEL>"
    STRICT_DYNAMIC = "'strict-dynamic'"
    REPORT_SAMPLE = "'report-sample'"

    # What these allow is what the policy is there to prevent.
    UNSAFE_INLINE = "'unsafe-inline'"
    UNSAFE_EVAL = "'unsafe-eval'"
    WASM_UNSAFE_EVAL = "'wasm-unsafe-eval'"
    UNSAFE_HASHES = "'unsafe-hashes'"

    # The headers.
    HEADER_ENFORCE = "Content-Security-Policy"
    HEADER_REPORT_ONLY = "Content-Security-Policy-Report-Only"


def generate_nonce() -> str:
    """Return a new nonce of 128 random bits."""
    return secrets.token_urlsafe(16)


class LazyNonce(SimpleLazyObject):
    """A nonce that is made when a page uses it; false until then."""

    # Of the class: one is made for every request, and few use it.
    _wrapped = empty
    _setupfunc = staticmethod(generate_nonce)

    def __init__(self) -> None:
        """Nothing is made yet."""

    def __bool__(self) -> bool:
        return self._wrapped is not empty


def build_policy(config: Mapping[str, Any], nonce: Any = None) -> str:
    """Return the value of the header for a policy: `{"script-src": [CSP.SELF, CSP.NONCE]}`.

    True stands for a directive without sources; false, None and no sources leave the directive out.
    """
    directives = []
    for name, sources in config.items():
        if sources in (None, False):
            continue
        if sources is True:
            directives.append(str(name))
            continue
        listed = (
            [sources]
            if isinstance(sources, str)
            else sorted(sources)
            if isinstance(sources, set)
            else sources
        )
        written = [_source(source, nonce) for source in listed]
        if shown := " ".join(source for source in written if source):
            directives.append(f"{name} {shown}")
    return "; ".join(directives)


def _source(source: Any, nonce: Any) -> str:
    if source == CSP.NONCE:
        # A nonce that no page uses is not worth sending.
        return f"'nonce-{nonce}'" if nonce else ""
    return str(source)
