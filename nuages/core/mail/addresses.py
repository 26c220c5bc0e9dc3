"""Addresses as people write them, and as headers and servers need them."""

from __future__ import annotations

from email.errors import HeaderParseError, InvalidHeaderDefect
from email.headerregistry import Address, AddressHeader, Group, HeaderRegistry
from typing import Any, NamedTuple

_registry = HeaderRegistry()


class Mailbox(NamedTuple):
    """One address, taken apart."""

    name: str
    user: str
    domain: str

    def spec(self, *, quote: bool = True) -> str:
        """Return `user@domain`; the user part in quotes where it needs them."""
        if not quote:
            return f"{self.user}@{self.domain}" if self.domain else self.user
        return Address(username=self.user, domain=self.domain).addr_spec


def in_ascii(domain: str) -> str:
    """Return a domain as the network spells it; one that is spelled so already stays untouched."""
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def refuse_line_breaks(text: str) -> None:
    """Raise `ValueError` where a header would become several."""
    if "\n" in text or "\r" in text:
        error = ValueError("Header values may not contain linefeed or carriage return characters")
        error.add_note(f"The value was {text!r}.")
        raise error


def read_mailbox(text: str) -> Mailbox:
    """Return the one address in `text`; `ValueError` for none, several, or something else."""
    if "\n" in text or "\r" in text:
        raise ValueError(f"Invalid address {text!r}")
    try:
        header: Any = _registry("To", text)
        addresses, defects = header.addresses, header.defects
    except (HeaderParseError, IndexError, AssertionError):
        # The standard library's parser stumbles over some of what is not an address.
        raise ValueError(f"Invalid address {text!r}") from None
    # A name without a domain is not a proper address, but local delivery takes it.
    wrong = "@" in text and any(isinstance(defect, InvalidHeaderDefect) for defect in defects)
    if wrong or len(addresses) != 1 or not addresses[0].username:
        raise ValueError(f"Invalid address {text!r}")
    found = addresses[0]
    return Mailbox(found.display_name, found.username, found.domain)


def header_value(name: str, value: Any, *, utf8: bool) -> Any:
    """Return what to put under a header: addresses with their domains in ASCII, all else as it is.

    With `utf8` the receiving side reads UTF-8 in headers, and nothing needs to be spelled otherwise.
    """
    text = str(value)
    refuse_line_breaks(text)
    if utf8 or text.isascii():
        return text
    try:
        parsed: Any = _registry(name, text)
    except (HeaderParseError, IndexError, AssertionError):
        return text
    if not isinstance(parsed, AddressHeader):
        return text
    return [
        Group(group.display_name, [_with_ascii_domain(address) for address in group.addresses])
        for group in parsed.groups  # type: ignore[attr-defined]
    ]


def _with_ascii_domain(address: Address) -> Address:
    return Address(address.display_name, address.username, in_ascii(address.domain))
