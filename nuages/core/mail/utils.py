"""The name of this machine, as mail servers are told it."""

from __future__ import annotations

import socket

from nuages.utils.encoding import punycode


class CachedDnsName:
    """Looks the name up once, when first asked: it may take long."""

    def __str__(self) -> str:
        return self.get_fqdn()

    def get_fqdn(self) -> str:
        """Return the full name of this machine."""
        if not hasattr(self, "_fqdn"):
            self._fqdn = punycode(socket.getfqdn())
        return self._fqdn


DNS_NAME = CachedDnsName()
