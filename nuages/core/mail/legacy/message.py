"""The helpers of mail as it was made before Python's own email policies did their work."""

from __future__ import annotations

import warnings
from email import charset as _charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr
from typing import Any

from nuages.core.mail.addresses import Mailbox, in_ascii, read_mailbox
from nuages.utils.deprecation import RemovedInDjango2028Warning

__all__ = [
    "MIMEBase",
    "MIMEText",
    "SafeMIMEMultipart",
    "SafeMIMEText",
    "forbid_multi_line_headers",
    "sanitize_address",
]

# What RFC 5322 allows between two line breaks.
LONGEST_LINE = 998
ADDRESS_HEADERS = frozenset(
    ["from", "sender", "reply-to", "to", "cc", "bcc"]
    + [f"resent-{name}" for name in ("from", "sender", "to", "cc", "bcc")]
)

_SHORT_LINES = _charset.Charset("utf-8")
_SHORT_LINES.body_encoding = None  # type: ignore[assignment]
_LONG_LINES = _charset.Charset("utf-8")
_LONG_LINES.body_encoding = _charset.QP


def _warn(name: str, advice: str) -> None:
    warnings.warn(
        f"The internal API {name}() is deprecated. Python's modern email API (with email.message.EmailMessage or "
        f"email.policy.default) {advice}",
        RemovedInDjango2028Warning,
        stacklevel=3,
    )


def forbid_multi_line_headers(name: str, value: Any, encoding: Any) -> tuple[str, str]:
    """Return a header fit to be sent; `ValueError` where it has more than one line."""
    _warn("forbid_multi_line_headers", "will reject multi-line headers.")
    return _header(name, value, encoding)


def sanitize_address(addr: str | tuple[str, str], encoding: Any) -> str:
    """Return an address, or a pair of name and address, as a header can hold it."""
    _warn(
        "sanitize_address",
        "will handle most required validation and encoding. Use Python's email.headerregistry.Address to "
        "construct formatted addresses from component parts.",
    )
    return _address(addr, encoding)


def _address(given: str | tuple[str, str], encoding: Any) -> str:
    parts = (given,) if isinstance(given, str) else given
    if any("\n" in part or "\r" in part for part in parts):
        raise ValueError("Invalid address; address parts cannot contain newlines.")
    if isinstance(given, str):
        box = read_mailbox(given)
    else:
        name, address = given
        user, _, domain = address.rpartition("@")
        if not address or ("@" in address and not (user and domain)):
            raise ValueError(f"Invalid address {given!r}")
        box = Mailbox(name, user or domain, domain if user else "")
    user = box.user if box.user.isascii() else Header(box.user, encoding).encode()
    # What is ASCII is folded but not encoded.
    shown = Header(box.name, "ascii" if box.name.isascii() else encoding).encode() if box.name else ""
    return formataddr((shown, Mailbox("", user, in_ascii(box.domain)).spec(quote=box.user.isascii())))


def _header(name: str, value: Any, encoding: Any) -> tuple[str, str]:
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError(f"Header values can't contain newlines (got {text!r} for header {name!r})")
    if text.isascii():
        return name, Header(text).encode() if name.lower() == "subject" else text
    if name.lower() not in ADDRESS_HEADERS:
        return name, Header(text, encoding or "utf-8").encode()
    from email.utils import getaddresses

    return name, ", ".join(_address(pair, encoding or "utf-8") for pair in getaddresses([text]))


class SafeMIMEText(MIMEText):
    """A text part that refuses headers of several lines, and wraps lines too long to be sent."""

    def __init__(self, _text: str, _subtype: str = "plain", _charset: str | None = None) -> None:
        self.encoding = _charset
        super().__init__(_text, _subtype=_subtype, _charset=_charset)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(*_header(name, value, self.encoding))

    def set_payload(self, payload: Any, charset: Any = None) -> None:
        if charset == "utf-8":
            lines = payload.encode("utf-8", "surrogateescape").splitlines()
            charset = _LONG_LINES if any(len(line) > LONGEST_LINE for line in lines) else _SHORT_LINES
        MIMEText.set_payload(self, payload, charset=charset)


class SafeMIMEMultipart(MIMEMultipart):
    """Several parts in one, refusing headers of several lines."""

    def __init__(
        self,
        _subtype: str = "mixed",
        boundary: str | None = None,
        _subparts: Any = None,
        encoding: str | None = None,
        **_params: Any,
    ) -> None:
        self.encoding = encoding
        super().__init__(_subtype, boundary, _subparts, **_params)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(*_header(name, value, self.encoding))
