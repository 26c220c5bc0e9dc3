"""IPv6 addresses."""

from __future__ import annotations

import ipaddress
from typing import Any

from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _

MAX_IPV6_ADDRESS_LENGTH = 39
INVALID_MESSAGE = _("This is not a valid IPv6 address.")


def _parse(ip_str: str, max_length: int) -> ipaddress.IPv6Address:
    if len(ip_str) > max_length:
        raise ValueError(f"Unable to convert {ip_str} to an IPv6 address (value too long).")
    return ipaddress.IPv6Address(int(ipaddress.IPv6Address(ip_str)))


def clean_ipv6_address(
    ip_str: str,
    unpack_ipv4: bool = False,
    error_message: Any = INVALID_MESSAGE,
    max_length: int = MAX_IPV6_ADDRESS_LENGTH,
) -> str:
    """Return the address in its shortest form; ValidationError when it is none.

    An IPv4 address within keeps its dots, and with `unpack_ipv4` is returned by itself.
    """
    try:
        address = _parse(ip_str, max_length)
    except ValueError as error:
        raise ValidationError(error_message, code="invalid", params={"protocol": _("IPv6")}) from error
    inner = address.ipv4_mapped
    if inner is not None:
        return str(inner) if unpack_ipv4 else f"::ffff:{inner}"
    return str(address)


def is_valid_ipv6_address(ip_addr: Any) -> bool:
    """Return whether this is an IPv6 address, as text or as an object."""
    if isinstance(ip_addr, ipaddress.IPv6Address):
        return True
    if not isinstance(ip_addr, str):
        return False
    try:
        _parse(ip_addr, MAX_IPV6_ADDRESS_LENGTH)
    except ValueError:
        return False
    return True
