"""Where to serve: reading `host:port`, and saying clearly why it cannot be had."""

from __future__ import annotations

import errno
import re
import socket
from dataclasses import dataclass

from nuages.core.management.base import CommandError

_ADDRESS = re.compile(
    r"""^(?:
        (?P<host>
            (?P<ipv4>\d{1,3}(?:\.\d{1,3}){3}) |
            (?P<ipv6>\[[a-fA-F0-9:]+\]) |
            (?P<name>[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*)
        ):)?(?P<port>\d+)$""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Address:
    """A host and port to listen on."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address as a browser takes it."""
        return (
            f"http://[{self.host}]:{self.port}/" if ":" in self.host else f"http://{self.host}:{self.port}/"
        )


def parse(
    text: str | None, default_host: str = "127.0.0.1", default_port: int = 8000, ipv6: bool = False
) -> Address:
    """Read `port`, `host:port` or nothing. Raises `CommandError` for anything else."""
    if ipv6 and not socket.has_ipv6:
        raise CommandError("Your Python does not support IPv6.")
    fallback = "::1" if ipv6 and default_host == "127.0.0.1" else default_host
    if not text:
        return Address(fallback, default_port)
    match = _ADDRESS.match(text)
    if match is None or int(match["port"]) > 65535:
        raise CommandError(f'"{text}" is not a valid port number or address:port pair.')
    host = match["host"]
    if host is None:
        return Address(fallback, int(match["port"]))
    if match["ipv6"]:
        return Address(host[1:-1], int(match["port"]))
    if ipv6 and match["ipv4"]:
        raise CommandError(f'"{host}" is not a valid IPv6 address.')
    return Address("0.0.0.0" if host == "0" else host, int(match["port"]))


def check_free(address: Address) -> None:
    """Raise `CommandError` with the reason when nothing can listen at `address`."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise CommandError(f"Error: {_reason(error, address)}") from error


def _reason(error: OSError, address: Address) -> str:
    if error.errno == errno.EACCES:
        return (
            f"You don't have permission to access port {address.port}. Ports below 1024 belong to the system."
        )
    if error.errno == errno.EADDRINUSE:
        return f"That port is already in use. Is another server running? Try another: {address.port + 1}"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"That IP address can't be assigned to: {address.host} is not one of this machine's."
    return str(error)
