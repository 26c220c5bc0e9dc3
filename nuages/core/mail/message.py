"""What is sent: a message with recipients, attachments and alternatives, as Python's own email objects."""

from __future__ import annotations

import email.message
import email.policy
import mimetypes
from email.headerregistry import AddressHeader
from email.mime.base import MIMEBase
from email.utils import formatdate
from email.utils import make_msgid as _make_msgid
from pathlib import Path
from typing import Any, NamedTuple

from nuages.conf import settings
from nuages.core.mail.utils import DNS_NAME
from nuages.utils.encoding import force_bytes, force_str

DEFAULT_ATTACHMENT_MIME_TYPE = "application/octet-stream"


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


def forbid_multi_line_headers(name: str, value: Any, encoding: str | None = None) -> tuple[str, str]:
    """Return a header as it is, or raise `ValueError` where it has more than one line."""
    text = str(value)
    if "\n" in text or "\r" in text:
        raise ValueError(f"Header values can't contain newlines (got {text!r} for header {name!r})")
    return name, text


class EmailMessage:
    """A message; `send()` sends it."""

    content_subtype = "plain"
    encoding: Any = None  # None means settings.DEFAULT_CHARSET

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
        for name, value in (("to", to), ("cc", cc), ("bcc", bcc), ("reply_to", reply_to)):
            if isinstance(value, str):
                raise TypeError(f'"{name}" argument must be a list or tuple')
        self.to, self.cc, self.bcc = list(to or []), list(cc or []), list(bcc or [])
        self.reply_to = list(reply_to or [])
        self.from_email = from_email or settings.DEFAULT_FROM_EMAIL
        self.subject = subject
        self.body = body or ""
        self.extra_headers = headers or {}
        self.connection = connection
        self.attachments: list[Any] = []
        for attachment in attachments or []:
            if isinstance(attachment, email.message.MIMEPart | MIMEBase):
                self.attach(attachment)
            else:
                self.attach(*attachment)

    def get_connection(self, fail_silently: bool = False) -> Any:
        """Return the backend that sends this message."""
        from nuages.core.mail.functions import get_connection

        if not self.connection:
            self.connection = get_connection(fail_silently=fail_silently)
        return self.connection

    def message(
        self, *, policy: email.policy.EmailPolicy = email.policy.default
    ) -> email.message.EmailMessage:
        """Return the message as an object of Python's email package."""
        built = email.message.EmailMessage(policy=policy)
        self._add_bodies(built)
        self._add_attachments(built)
        built["Subject"] = str(self.subject)
        built["From"] = str(self.extra_headers.get("From", self.from_email))
        self._set_list_header(built, "To", self.to)
        self._set_list_header(built, "Cc", self.cc)
        self._set_list_header(built, "Reply-To", self.reply_to)
        given = {name.lower() for name in self.extra_headers}
        if "date" not in given:
            built["Date"] = formatdate(localtime=settings.EMAIL_USE_LOCALTIME)
        if "message-id" not in given:
            built["Message-ID"] = make_msgid()
        for name, value in self.extra_headers.items():
            if name.lower() not in {"from", "to", "cc", "reply-to"}:
                del built[name]
                built[name] = force_str(value, strings_only=True)
        self._check_addresses(built)
        return built

    def _set_list_header(self, built: email.message.EmailMessage, name: str, values: list[Any]) -> None:
        given = next(
            (value for key, value in self.extra_headers.items() if key.lower() == name.lower()), None
        )
        if given is not None or values:
            built[name] = (
                str(given) if given is not None else ", ".join(str(force_str(value)) for value in values)
            )

    def _check_addresses(self, built: email.message.EmailMessage) -> None:
        for name in ("From", "To", "Cc", "Reply-To"):
            header = built.get(name)
            if isinstance(header, AddressHeader) and any(
                "\n" in str(a) or "\r" in str(a) for a in header.addresses
            ):
                raise ValueError(f"Invalid address in {name}")

    def _add_bodies(self, built: email.message.EmailMessage) -> None:
        if self.body or not self.attachments:
            self._set_text(built, self.body, self.content_subtype)

    def _set_text(self, part: email.message.MIMEPart, text: Any, subtype: str) -> None:
        charset = self.encoding or settings.DEFAULT_CHARSET
        content = force_str(text)
        # As it is where that is short and plain; otherwise whatever is shorter and stays within the line limit.
        encoded = content.encode(str(charset), "surrogateescape")
        long = any(len(line) > 998 for line in encoded.splitlines())
        options = {"cte": "quoted-printable"} if long else {}
        part.set_content(content, subtype=subtype, charset=str(charset), **options)

    def _add_attachments(self, built: email.message.EmailMessage) -> None:
        if not self.attachments:
            return
        if (
            not built.get_content_type().startswith("multipart/mixed") and (self.body or built.is_multipart())
        ) or not built.is_multipart():
            built.make_mixed()
        for attachment in self.attachments:
            built.attach(self._part(attachment))

    def _part(self, attachment: Any) -> Any:
        if isinstance(attachment, email.message.MIMEPart | MIMEBase):
            return attachment
        filename, content, mimetype = attachment
        mimetype = mimetype or DEFAULT_ATTACHMENT_MIME_TYPE
        main, _, sub = mimetype.partition("/")
        part = email.message.MIMEPart()
        if main == "text":
            self._set_text(part, content, sub)
        elif mimetype == "message/rfc822":
            if isinstance(content, EmailMessage):
                content = content.message()
            elif isinstance(content, bytes | str):
                content = email.message_from_bytes(force_bytes(content), policy=email.policy.default)
            part.set_content(content)
        else:
            part.set_content(force_bytes(content), maintype=main, subtype=sub)
        if filename:
            part.add_header("Content-Disposition", "attachment", filename=filename)
        else:
            part["Content-Disposition"] = "attachment"
        return part

    def recipients(self) -> list[Any]:
        """Return everybody it goes to."""
        return [address for address in (*self.to, *self.cc, *self.bcc) if address]

    def send(self, fail_silently: bool = False, *, using: str | None = None) -> int:
        """Send it; return 1, or 0 where it has no recipients."""
        from nuages.core.mail.handler import mailers

        if not self.recipients():
            return 0
        if using is not None:
            if fail_silently:
                raise TypeError("The 'fail_silently' argument is not allowed with 'using'.")
            if self.connection is not None:
                raise TypeError("EmailMessage cannot be sent with 'using' when it has a connection.")
            return mailers[using].send_messages([self])
        return self.get_connection(fail_silently).send_messages([self])

    def attach(self, filename: Any = None, content: Any = None, mimetype: str | None = None) -> None:
        """Attach a file by name, content and type (guessed, if not given), or a finished part."""
        if isinstance(filename, email.message.MIMEPart | MIMEBase):
            if content is not None or mimetype is not None:
                raise ValueError(
                    "content and mimetype must not be given when a MIMEPart instance is provided."
                )
            self.attachments.append(filename)
            return
        if content is None:
            raise ValueError("content must be provided.")
        mimetype = mimetype or mimetypes.guess_type(str(filename or ""))[0] or DEFAULT_ATTACHMENT_MIME_TYPE
        if mimetype.startswith("text/") and isinstance(content, bytes):
            try:
                content = content.decode()
            except UnicodeDecodeError:
                # Binary data under the wrong name goes as what it is.
                mimetype = DEFAULT_ATTACHMENT_MIME_TYPE
        self.attachments.append(EmailAttachment(filename, content, mimetype))

    def attach_file(self, path: Any, mimetype: str | None = None) -> None:
        """Attach a file of this machine."""
        file = Path(path)
        self.attach(file.name, file.read_bytes(), mimetype)


class EmailMultiAlternatives(EmailMessage):
    """A message with its text in several forms: plain and HTML, say."""

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
        self.alternatives = [EmailAlternative(*alternative) for alternative in alternatives or []]

    def attach_alternative(self, content: Any, mimetype: str) -> None:
        """Add another form of the text."""
        if content is None or mimetype is None:
            raise ValueError("Both content and mimetype must be provided.")
        self.alternatives.append(EmailAlternative(content, mimetype))

    def _add_bodies(self, built: email.message.EmailMessage) -> None:
        if self.body or not self.alternatives:
            super()._add_bodies(built)
        for number, alternative in enumerate(self.alternatives):
            main, _, sub = alternative.mimetype.partition("/")
            if number == 0 and not self.body:
                built.make_alternative()
            if not built.is_multipart():
                built.make_alternative()
            part = email.message.MIMEPart()
            if main == "text":
                self._set_text(part, alternative.content, sub)
            else:
                part.set_content(force_bytes(alternative.content), maintype=main, subtype=sub)
            built.attach(part)

    def body_contains(self, text: str) -> bool:
        """Say whether `text` stands in the body and in every textual alternative."""
        if text not in self.body:
            return False
        return all(text in content for content, kind in self.alternatives if kind.startswith("text/"))
