"""Names that still import from `nuages.core.mail`, with what to do instead."""

from __future__ import annotations

from typing import Any

from nuages.core.mail.legacy.message import SafeMIMEMultipart, SafeMIMEText

_PYTHONS_OWN = "The return value of EmailMessage.message() is an email.message.EmailMessage."

NAMES: dict[str, tuple[Any, str]] = {
    "BadHeaderError": (ValueError, "Replace with ValueError."),
    "SafeMIMEText": (SafeMIMEText, _PYTHONS_OWN),
    "SafeMIMEMultipart": (SafeMIMEMultipart, _PYTHONS_OWN),
}
