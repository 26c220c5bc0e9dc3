"""Sends through an SMTP server."""

from __future__ import annotations

import email.policy
import smtplib
import ssl
import threading
from collections.abc import Sequence
from typing import Any

from nuages.conf import settings
from nuages.core.mail.backends.base import BaseEmailBackend
from nuages.core.mail.utils import DNS_NAME
from nuages.spine import offload


class EmailBackend(BaseEmailBackend):
    """Talks SMTP; in a worker, from a thread, so that the event loop stays free."""

    def __init__(
        self,
        host: str | None = None,
        port: int | None = None,
        username: str | None = None,
        password: str | None = None,
        use_tls: bool | None = None,
        fail_silently: bool = False,
        use_ssl: bool | None = None,
        timeout: float | None = None,
        ssl_keyfile: str | None = None,
        ssl_certfile: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(fail_silently=fail_silently, **kwargs)

        def chosen(value: Any, setting: str) -> Any:
            return getattr(settings, setting) if value is None else value

        self.host = chosen(host, "EMAIL_HOST")
        self.port = chosen(port, "EMAIL_PORT")
        self.username = chosen(username, "EMAIL_HOST_USER")
        self.password = chosen(password, "EMAIL_HOST_PASSWORD")
        self.use_tls = chosen(use_tls, "EMAIL_USE_TLS")
        self.use_ssl = chosen(use_ssl, "EMAIL_USE_SSL")
        self.timeout = chosen(timeout, "EMAIL_TIMEOUT")
        self.ssl_keyfile = chosen(ssl_keyfile, "EMAIL_SSL_KEYFILE")
        self.ssl_certfile = chosen(ssl_certfile, "EMAIL_SSL_CERTFILE")
        if self.use_ssl and self.use_tls:
            raise ValueError(
                "EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive, so only set one of those settings to True."
            )
        self.connection: Any = None
        self._lock = threading.RLock()

    @property
    def connection_class(self) -> Any:
        """The class that talks to the server."""
        return smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """How the server is checked: as browsers do, unless a certificate of ours is given."""
        if self.ssl_certfile or self.ssl_keyfile:
            context = ssl.SSLContext(protocol=ssl.PROTOCOL_TLS_CLIENT)
            context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)
            return context
        return ssl.create_default_context()

    def open(self) -> bool | None:
        if self.connection:
            return False
        options: dict[str, Any] = {"local_hostname": DNS_NAME.get_fqdn()}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.use_ssl:
            options["context"] = self.ssl_context
        try:
            self.connection = self.connection_class(self.host, self.port, **options)
            if not self.use_ssl and self.use_tls:
                self.connection.starttls(context=self.ssl_context)
            if self.username and self.password:
                self.connection.login(self.username, self.password)
        except OSError:
            if not self.fail_silently:
                raise
            return None
        return True

    def close(self) -> None:
        if self.connection is None:
            return
        try:
            self.connection.quit()
        except (ssl.SSLError, smtplib.SMTPServerDisconnected):
            # The connection is broken already, which is as good as closed.
            self.connection.close()
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
        finally:
            self.connection = None

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        return offload(self._send_messages, email_messages) if email_messages else 0

    def _send_messages(self, email_messages: Sequence[Any]) -> int:
        with self._lock:
            opened = self.open()
            if not self.connection or opened is None:
                return 0
            try:
                return sum(self._send(message) for message in email_messages)
            finally:
                if opened:
                    self.close()

    def _send(self, email_message: Any) -> bool:
        if not email_message.recipients():
            return False
        built = email_message.message(policy=email.policy.SMTP)
        sender = self.prep_address(email_message.from_email)
        recipients = [self.prep_address(address) for address in email_message.recipients()]
        try:
            self.connection.sendmail(sender, recipients, built.as_bytes())
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True

    def prep_address(self, address: Any, force_ascii: bool = True) -> str:
        """Return the bare address, its domain in ASCII. Raises `ValueError` for what is not one address."""
        from email.headerregistry import AddressHeader

        parsed = AddressHeader.value_parser(str(address))
        defects = {str(defect) for defect in getattr(parsed, "all_defects", ())}
        boxes = parsed.all_mailboxes
        if len(boxes) != 1 or not boxes[0].addr_spec or (defects - {"null"} and "@" not in str(address)):
            raise ValueError(f"Invalid address {str(address)!r}")
        local, _, domain = boxes[0].addr_spec.rpartition("@")
        if force_ascii:
            local.encode("ascii") if local.isascii() else _refuse_local(str(address))
            domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return f"{local}@{domain}" if domain else boxes[0].addr_spec


def _refuse_local(address: str) -> None:
    raise ValueError(f"Invalid address {address!r}: local-part contains non-ASCII characters.")
