"""Sending in one call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.mail.handler import DEFAULT_MAILER_ALIAS, mailers
from nuages.core.mail.message import EmailMessage, EmailMultiAlternatives
from nuages.utils.module_loading import import_string


def get_connection(backend: str | None = None, fail_silently: bool = False, **kwargs: Any) -> Any:
    """Return a backend: the class named, or the default mailer."""
    if fail_silently:
        kwargs["fail_silently"] = True
    if backend is not None:
        return import_string(backend)(**kwargs)
    return mailers.create_connection(DEFAULT_MAILER_ALIAS, **kwargs)


def _backend(
    using: str | None, connection: Any, fail_silently: bool, user: Any = None, password: Any = None
) -> Any:
    if using is not None:
        forbidden = {
            "fail_silently": fail_silently,
            "auth_user": user,
            "auth_password": password,
            "connection": connection,
        }
        for name, value in forbidden.items():
            if value:
                raise TypeError(f"The {name!r} argument is not allowed with 'using'.")
        return mailers[using]
    if connection is not None:
        return connection
    credentials = {"username": user, "password": password}
    return get_connection(
        fail_silently=fail_silently, **{k: v for k, v in credentials.items() if v is not None}
    )


def send_mail(
    subject: Any,
    message: Any,
    from_email: Any,
    recipient_list: Any,
    *,
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
    html_message: Any = None,
    using: str | None = None,
) -> int:
    """Send one message; return how many were sent."""
    backend = _backend(using, connection, fail_silently, auth_user, auth_password)
    mail = EmailMultiAlternatives(subject, message, from_email, recipient_list, connection=backend)
    if html_message:
        mail.attach_alternative(html_message, "text/html")
    return mail.send()


def send_mass_mail(
    datatuple: Iterable[Any],
    *,
    fail_silently: bool = False,
    auth_user: str | None = None,
    auth_password: str | None = None,
    connection: Any = None,
    using: str | None = None,
) -> int:
    """Send messages given as (subject, message, from_email, recipient_list) over one connection."""
    backend = _backend(using, connection, fail_silently, auth_user, auth_password)
    messages = [EmailMessage(*each, connection=backend) for each in datatuple]
    return backend.send_messages(messages)


def _mail_people(
    setting: str,
    subject: Any,
    message: Any,
    fail_silently: bool,
    connection: Any,
    html_message: Any,
    using: str | None,
) -> None:
    people = getattr(settings, setting)
    if not people:
        return
    # Pairs of name and address are the older form.
    if not isinstance(people, list | tuple):
        raise ImproperlyConfigured(f"The {setting} setting must be a list of email address strings.")
    addresses = [each[1] if isinstance(each, list | tuple) else each for each in people]
    if not all(str(each) for each in addresses):
        raise ImproperlyConfigured(f"The {setting} setting must be a list of email address strings.")
    mail = EmailMultiAlternatives(
        f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
        message,
        settings.SERVER_EMAIL,
        addresses,
        connection=_backend(using, connection, fail_silently),
    )
    if html_message:
        mail.attach_alternative(html_message, "text/html")
    mail.send()


def mail_admins(
    subject: Any, message: Any, *, fail_silently: bool = False, connection: Any = None, html_message: Any = None,
    using: str | None = None,
) -> None:  # fmt: skip
    """Send a message to ADMINS."""
    _mail_people("ADMINS", subject, message, fail_silently, connection, html_message, using)


def mail_managers(
    subject: Any, message: Any, *, fail_silently: bool = False, connection: Any = None, html_message: Any = None,
    using: str | None = None,
) -> None:  # fmt: skip
    """Send a message to MANAGERS."""
    _mail_people("MANAGERS", subject, message, fail_silently, connection, html_message, using)
