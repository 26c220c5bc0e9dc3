"""Whether a `Host` header may be believed. A forged one ends up in links, caches and mails."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nuages.utils.http import is_same_domain

# A name or IPv4 address (letters, digits, dots, hyphens), or an address in brackets; then perhaps a port.
_HOST = re.compile(r"([a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::([0-9]+))?", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=256)
def split_domain_port(host: str) -> tuple[str, str]:
    """Return the lower-case domain and the port of a host; two empty strings where it is malformed.

    >>> split_domain_port("Example.com.:8080")
    ('example.com', '8080')
    """
    matched = _HOST.fullmatch(host)
    if matched is None:
        return "", ""
    domain, port = matched[1].lower(), matched[2] or ""
    return domain.removesuffix("."), port


def validate_host(host: str, allowed_hosts: Iterable[str]) -> bool:
    """Say whether a host matches one of the patterns: a name, `.name` with its subdomains, or `*`."""
    for pattern in allowed_hosts:
        # Most sites are asked for by a name that stands there as it is.
        if pattern == "*" or (pattern == host and host) or is_same_domain(host, pattern):
            return True
    return False
