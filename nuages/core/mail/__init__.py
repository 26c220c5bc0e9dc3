"""Sending mail. Documented in topics/email.

`outbox` exists while tests run: the messages that the memory backend was given.
"""

from __future__ import annotations

from nuages.core.mail.functions import get_connection, mail_admins, mail_managers, send_mail, send_mass_mail
from nuages.core.mail.handler import (
    DEFAULT_MAILER_ALIAS,
    InvalidMailer,
    MailerDoesNotExist,
    MailersHandler,
    mailers,
)
from nuages.core.mail.message import (
    DEFAULT_ATTACHMENT_MIME_TYPE,
    EmailAlternative,
    EmailAttachment,
    EmailMessage,
    EmailMultiAlternatives,
    forbid_multi_line_headers,
    make_msgid,
)
from nuages.core.mail.utils import DNS_NAME, CachedDnsName

__all__ = [
    "DEFAULT_ATTACHMENT_MIME_TYPE",
    "DEFAULT_MAILER_ALIAS",
    "DNS_NAME",
    "CachedDnsName",
    "EmailAlternative",
    "EmailAttachment",
    "EmailMessage",
    "EmailMultiAlternatives",
    "InvalidMailer",
    "MailerDoesNotExist",
    "MailersHandler",
    "forbid_multi_line_headers",
    "get_connection",
    "mail_admins",
    "mail_managers",
    "mailers",
    "make_msgid",
    "send_mail",
    "send_mass_mail",
]
