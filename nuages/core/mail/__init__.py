"""Sending mail. Documented in topics/email.

`outbox` exists once the memory backend has been given a message, and while tests run.
"""

from __future__ import annotations

import warnings
from typing import Any

from nuages.core.mail.errors import InvalidMailer, MailerDoesNotExist
from nuages.core.mail.functions import get_connection, mail_admins, mail_managers, send_mail, send_mass_mail
from nuages.core.mail.handler import DEFAULT_MAILER_ALIAS, MailersHandler, mailers
from nuages.core.mail.legacy import going_away
from nuages.core.mail.legacy.message import forbid_multi_line_headers
from nuages.core.mail.message import (
    DEFAULT_ATTACHMENT_MIME_TYPE,
    EmailAlternative,
    EmailAttachment,
    EmailMessage,
    EmailMultiAlternatives,
    make_msgid,
)
from nuages.core.mail.utils import DNS_NAME, CachedDnsName
from nuages.utils.deprecation import RemovedInDjango2028Warning

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


def __getattr__(name: str) -> Any:
    if name not in going_away.NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value, advice = going_away.NAMES[name]
    warnings.warn(f"{name} is deprecated. {advice}", RemovedInDjango2028Warning, stacklevel=2)
    return value
