"""What is sent: a message with recipients, attachments and alternatives, as Python's own email objects."""

from __future__ import annotations

import email
import email.message
import email.policy
import mimetypes
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import make_msgid as _make_msgid
from pathlib import Path
from typing import Any, NamedTuple

from nuages.conf import settings
from nuages.core.mail.addresses import header_value
from nuages.core.mail.delivery import Delivery
from nuages.core.mail.deprecation import (
    CONNECTION_ARG_WARNING,
    CONNECTION_ATTRIBUTE_WARNING,
    FAIL_SILENTLY_ARG_WARNING,
    MIMEBASE_WARNING,
    warn_caller,
)
from nuages.core.mail.legacy.message import (
    MIMEBase,
    MIMEText,
    forbid_multi_line_headers,
    sanitize_address,
)
from nuages.core.mail.utils import DNS_NAME
from nuages.utils.deprecation import RemovedInDjango2028Warning, deprecate_posargs
from nuages.utils.encoding import force_bytes, force_str

__all__ = [
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "MIMEText",
    "forbid_multi_line_headers",
    "make_msgid",
    "sanitize_address",
]

DEFAULT_ATTACHMENT_MIME_TYPE = "application/octet-stream"

type_of_part = email.message.MIMEPart | MIMEBase


class EmailAttachment(NamedTuple):
    """A file with a message."""

    filename: str | None
    content: Any
    mimetype: str | None


class EmailAlternative(NamedTuple):
    """Another form of a message's text."""

    content: Any
    mimetype: str


def make_msgid(domain: Any = None) -> str:
    """Return a new message id."""
    return _make_msgid(domain=str(domain or DNS_NAME))


class EmailMessage:
    """A message; `send()` sends it."""

    content_subtype = "plain"
    encoding: Any = None  # None means settings.DEFAULT_CHARSET

    @deprecate_posargs(
        RemovedInDjango2028Warning, ["bcc", "connection", "attachments", "headers", "cc", "reply_to"]
    )
    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: Any = None,
        to: Any = None,
        *,
        bcc: Any = None,
        connection: Any = None,
        attachments: Any = None,
        headers: Any = None,
        cc: Any = None,
        reply_to: Any = None,
    ) -> None:
        self.subject = subject
        self.body = body or ""
        self.from_email = from_email or settings.DEFAULT_FROM_EMAIL
        self.to = _several("to", to)
        self.cc = _several("cc", cc)
        self.bcc = _several("bcc", bcc)
        self.reply_to = _several("reply_to", reply_to)
        self.extra_headers = headers or {}
        self.attachments: list[Any] = []
        for attachment in attachments or ():
            if isinstance(attachment, type_of_part):
                self.attach(attachment)
            else:
                self.attach(*attachment)
        self._connection = connection
        if connection is not None:
            warn_caller(CONNECTION_ARG_WARNING)

    @property
    def connection(self) -> Any:
        """The backend that sends this message. Deprecated; pass `using` to `send()`."""
        warn_caller(CONNECTION_ATTRIBUTE_WARNING)
        return self._connection

    @connection.setter
    def connection(self, value: Any) -> None:
        warn_caller(
            f"{CONNECTION_ATTRIBUTE_WARNING} Switch to EmailMessage.send(using=...) with a MAILERS alias."
        )
        self._connection = value

    # --- as Python's own message ---

    def message(self, *, policy: Any = email.policy.default) -> email.message.EmailMessage:
        """Return the message as an object of Python's email package."""
        built = email.message.EmailMessage(policy=policy)
        self._fill(built)
        if "MIME-Version" not in built:
            built["MIME-Version"] = "1.0"
        for name, value in self._headers().items():
            # A date is better formatted by the email package than by us.
            built[name] = (
                value if isinstance(value, datetime) else header_value(name, value, utf8=policy.utf8)
            )
        return built

    def _headers(self) -> dict[str, Any]:
        """Return the headers: ours, unless the sender gave the same one."""
        given = {name.lower(): name for name in self.extra_headers}
        if "bcc" in given:
            raise ValueError(
                'Bcc is not a valid email header. Use the "bcc" argument to specify blind carbon copy recipients.'
            )
        headers: dict[str, Any] = {"Subject": self.subject, "From": self.from_email}
        for name, people in (("To", self.to), ("Cc", self.cc), ("Reply-To", self.reply_to)):
            if named := ", ".join(str(person) for person in people if person):
                headers[name] = named
        if "date" not in given:
            now = datetime.now(UTC)
            headers["Date"] = now.astimezone() if settings.EMAIL_USE_LOCALTIME else now
        if "message-id" not in given:
            headers["Message-ID"] = make_msgid()
        return {
            name: value for name, value in headers.items() if name.lower() not in given
        } | self.extra_headers

    def _fill(self, built: email.message.EmailMessage) -> None:
        if "mixed_subtype" in dir(self):
            raise AttributeError("EmailMessage no longer supports the undocumented `mixed_subtype` attribute")
        self._fill_text(built)
        if self.attachments:
            built.make_mixed()
            for attachment in self.attachments:
                built.attach(self._part(attachment, built.policy))

    def _fill_text(self, built: email.message.EmailMessage) -> None:
        if self.body or not self.attachments:
            self._set_text(built, self.body, self.content_subtype)

    def _set_text(self, part: email.message.MIMEPart, text: Any, subtype: str) -> None:
        charset = str(self.encoding or settings.DEFAULT_CHARSET)
        # The email package chooses the shortest encoding that its policy and the length of the lines allow.
        part.set_content(force_str(text), subtype=subtype, charset=charset)

    def _part(self, attachment: Any, policy: Any) -> Any:
        if isinstance(attachment, type_of_part):
            return attachment
        filename, content, mimetype = _attachment(*attachment)
        part = email.message.MIMEPart(policy=policy)
        main, _, sub = str(mimetype).partition("/")
        if main == "text":
            self._set_text(part, content, sub)
        elif mimetype == "message/rfc822":
            part.set_content(_enclosed(content, policy))
        else:
            part.set_content(force_bytes(content), maintype=main, subtype=sub)
        details = {"filename": filename} if filename else {}
        part.add_header("Content-Disposition", "attachment", **details)
        return part

    # --- sending ---

    def recipients(self) -> list[Any]:
        """Return everybody it goes to."""
        return [address for address in (*self.to, *self.cc, *self.bcc) if address]

    def send(self, fail_silently: bool = False, *, using: str | None = None) -> int:
        """Send it; return 1, or 0 where it has no recipients."""
        if "get_connection" in dir(self):
            raise AttributeError("EmailMessage no longer supports the undocumented get_connection() method.")
        delivery = Delivery(using=using, connection=self._connection, fail_silently=fail_silently)
        delivery.refuse_conflicts()
        if fail_silently:
            warn_caller(FAIL_SILENTLY_ARG_WARNING)
        return delivery.backend().send_messages([self]) if self.recipients() else 0

    # --- attachments ---

    def attach(self, filename: Any = None, content: Any = None, mimetype: str | None = None) -> None:
        """Attach a file by name, content and type (guessed, if not given), or a finished part."""
        if isinstance(filename, type_of_part):
            if content is not None or mimetype is not None:
                raise ValueError(
                    "content and mimetype must not be given when a MIMEPart instance is provided."
                )
            if isinstance(filename, MIMEBase):
                warn_caller(MIMEBASE_WARNING)
            self.attachments.append(filename)
            return
        if content is None:
            raise ValueError("content must be provided.")
        self.attachments.append(_attachment(filename, content, mimetype))

    def attach_file(self, path: Any, mimetype: str | None = None) -> None:
        """Attach a file of this machine."""
        file = Path(path)
        self.attach(file.name, file.read_bytes(), mimetype)


class EmailMultiAlternatives(EmailMessage):
    """A message with its text in several forms: plain and HTML, say."""

    @deprecate_posargs(
        RemovedInDjango2028Warning,
        ["bcc", "connection", "attachments", "headers", "alternatives", "cc", "reply_to"],
    )
    def __init__(
        self,
        subject: Any = "",
        body: Any = "",
        from_email: Any = None,
        to: Any = None,
        *,
        bcc: Any = None,
        connection: Any = None,
        attachments: Any = None,
        headers: Any = None,
        alternatives: Any = None,
        cc: Any = None,
        reply_to: Any = None,
    ) -> None:
        super().__init__(
            subject, body, from_email, to, bcc=bcc, connection=connection, attachments=attachments,
            headers=headers, cc=cc, reply_to=reply_to,
        )  # fmt: skip
        self.alternatives = [EmailAlternative(*alternative) for alternative in alternatives or ()]

    def attach_alternative(self, content: Any, mimetype: str) -> None:
        """Add another form of the text."""
        if content is None or mimetype is None:
            raise ValueError("Both content and mimetype must be provided.")
        self.alternatives.append(EmailAlternative(content, mimetype))

    def body_contains(self, text: str) -> bool:
        """Say whether `text` stands in the body and in every textual alternative."""
        return all(text in form for form in self._textual_forms())

    def _textual_forms(self) -> Iterator[str]:
        yield self.body
        for content, mimetype in self.alternatives:
            if mimetype.startswith("text/"):
                yield force_str(content)

    def _fill_text(self, built: email.message.EmailMessage) -> None:
        if "alternative_subtype" in dir(self):
            raise AttributeError(
                "EmailMultiAlternatives no longer supports the undocumented `alternative_subtype` attribute"
            )
        if self.body or not self.alternatives:
            super()._fill_text(built)
        if self.alternatives:
            built.make_alternative()
            for content, mimetype in self.alternatives:
                built.attach(self._alternative(content, mimetype, built.policy))

    def _alternative(self, content: Any, mimetype: str, policy: Any) -> Any:
        part = email.message.MIMEPart(policy=policy)
        main, _, sub = mimetype.partition("/")
        if main == "text":
            self._set_text(part, content, sub)
        else:
            part.set_content(force_bytes(content), maintype=main, subtype=sub)
        return part


def _several(name: str, people: Any) -> list[Any]:
    if isinstance(people, str):
        raise TypeError(f'"{name}" argument must be a list or tuple')
    return list(people or ())


def _attachment(filename: Any, content: Any, mimetype: str | None = None) -> EmailAttachment:
    """Return an attachment with its type settled, and text as text."""
    mimetype = mimetype or mimetypes.guess_type(str(filename or ""))[0] or DEFAULT_ATTACHMENT_MIME_TYPE
    if mimetype.startswith("text/") and isinstance(content, bytes):
        try:
            content = content.decode()
        except UnicodeDecodeError:
            # Binary data under the wrong name goes as what it is.
            mimetype = DEFAULT_ATTACHMENT_MIME_TYPE
    return EmailAttachment(filename, content, mimetype)


def _enclosed(content: Any, policy: Any) -> email.message.Message:
    """Return a message that goes inside another one."""
    if isinstance(content, EmailMessage):
        return content.message(policy=policy)
    if isinstance(content, email.message.Message):
        return content
    return email.message_from_bytes(force_bytes(content), policy=policy)
