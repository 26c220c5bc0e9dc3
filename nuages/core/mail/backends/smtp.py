"""Sends through an SMTP server."""

from __future__ import annotations

import email.policy
import smtplib
import ssl
import threading
from collections.abc import Iterable
from typing import Any

from nuages.core.mail.addresses import in_ascii, read_mailbox
from nuages.core.mail.backends.base import BaseEmailBackend
from nuages.core.mail.deprecation import warn_caller
from nuages.core.mail.errors import InvalidMailer
from nuages.core.mail.handler import old_setting
from nuages.core.mail.utils import DNS_NAME
from nuages.spine import offload

_OLD_SETTINGS = {
    "host": "EMAIL_HOST",
    "port": "EMAIL_PORT",
    "username": "EMAIL_HOST_USER",
    "password": "EMAIL_HOST_PASSWORD",
    "use_tls": "EMAIL_USE_TLS",
    "use_ssl": "EMAIL_USE_SSL",
    "timeout": "EMAIL_TIMEOUT",
    "ssl_keyfile": "EMAIL_SSL_KEYFILE",
    "ssl_certfile": "EMAIL_SSL_CERTFILE",
}


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
        super().__init__(**kwargs)
        self.fail_silently = fail_silently
        self.host, self.port = host, port
        self.username, self.password = username, password
        self.use_tls, self.use_ssl = use_tls, use_ssl
        self.timeout = timeout
        self.ssl_keyfile, self.ssl_certfile = ssl_keyfile, ssl_certfile
        if self.alias is None:
            self._take_old_settings()
        else:
            self._settle_options()
        self.connection: Any = None
        # A connection that is open but not yet secured or signed in.
        self._partial_connection: Any = None
        self._lock = threading.RLock()

    def _take_old_settings(self) -> None:
        warn_caller("Directly creating EmailBackend instances is deprecated. Use mail.mailers instead.")
        for name, setting in _OLD_SETTINGS.items():
            if getattr(self, name) is None:
                setattr(self, name, old_setting(setting))
        if self.use_ssl and self.use_tls:
            raise ValueError(
                "EMAIL_USE_TLS/EMAIL_USE_SSL are mutually exclusive, so only set one of those settings to True."
            )

    def _settle_options(self) -> None:
        if not self.host:
            raise InvalidMailer("OPTIONS must define 'host'.", alias=self.alias)
        self.use_tls, self.use_ssl = bool(self.use_tls), bool(self.use_ssl)
        if self.use_ssl and self.use_tls:
            raise InvalidMailer(
                "The 'use_ssl' and 'use_tls' OPTIONS are incompatible. Set at most one of them to True.",
                alias=self.alias,
            )
        if self.port is None:
            self.port = 465 if self.use_ssl else 587 if self.use_tls else 25

    @property
    def connection_class(self) -> Any:
        """The class that talks to the server."""
        return smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """How the server is checked: as browsers do, unless a certificate of ours is given."""
        if not (self.ssl_certfile or self.ssl_keyfile):
            return ssl.create_default_context()
        context = ssl.SSLContext(protocol=ssl.PROTOCOL_TLS_CLIENT)
        context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile)  # type: ignore[arg-type]
        return context

    def open(self) -> bool | None:
        if self.connection:
            return False
        self._drop_partial()
        options: dict[str, Any] = {"local_hostname": DNS_NAME.get_fqdn()}
        if self.timeout is not None:
            options["timeout"] = self.timeout
        if self.use_ssl:
            options["context"] = self.ssl_context
        try:
            server = self._partial_connection = self.connection_class(self.host, self.port, **options)
            if self.use_tls and not self.use_ssl:
                server.starttls(context=self.ssl_context)
            if self.username and self.password:
                server.login(self.username, self.password)
        except OSError:
            if self.fail_silently:
                return None
            raise
        self.connection, self._partial_connection = server, None
        return True

    def _drop_partial(self) -> None:
        half_open, self._partial_connection = self._partial_connection, None
        if half_open is not None:
            half_open.close()

    def close(self) -> None:
        self._drop_partial()
        connection, self.connection = self.connection, None
        if connection is None:
            return
        try:
            connection.quit()
        except (ssl.SSLError, smtplib.SMTPServerDisconnected):
            # It is broken already: there is nobody left to say goodbye to.
            connection.close()
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise

    def send_messages(self, email_messages: Iterable[Any]) -> int:
        waiting = list(email_messages)
        return offload(self._send_all, waiting) if waiting else 0

    def _send_all(self, waiting: list[Any]) -> int:
        with self._lock:
            opened = self.open()
            if opened is None or not self.connection:
                return 0
            try:
                return sum(self._send(message) for message in waiting)
            finally:
                if opened:
                    self.close()

    def _send(self, email_message: Any) -> bool:
        recipients = [self.prep_address(address) for address in email_message.recipients()]
        if not recipients:
            return False
        sender = self.prep_address(email_message.from_email)
        built = email_message.message(policy=email.policy.SMTP)
        try:
            self.connection.sendmail(sender, recipients, built.as_bytes())
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True

    def prep_address(self, address: Any, force_ascii: bool = True) -> str:
        """Return the bare address for the envelope. Raises `ValueError` for what is not one address."""
        box = read_mailbox(str(address))
        if not force_ascii:
            return box.spec(quote=box.user.isascii())
        if not box.user.isascii():
            raise ValueError(f"Invalid address {str(address)!r}: local-part contains non-ASCII characters.")
        return box._replace(domain=in_ascii(box.domain)).spec()
