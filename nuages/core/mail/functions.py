"""Sending in one call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.mail.delivery import Delivery
from nuages.core.mail.deprecation import GET_CONNECTION_WARNING, warn_caller
from nuages.core.mail.handler import DEFAULT_MAILER_ALIAS, mailers
from nuages.core.mail.message import EmailMessage, EmailMultiAlternatives
from nuages.utils.deprecation import RemovedInDjango2028Warning, deprecate_posargs
from nuages.utils.module_loading import import_string


@deprecate_posargs(RemovedInDjango2028Warning, ["fail_silently"])
def get_connection(backend: str | None = None, *, fail_silently: bool = False, **kwargs: Any) -> Any:
    """Return a backend: of the class named, or the default mailer. Deprecated; use `mailers`."""
    warn_caller(GET_CONNECTION_WARNING)
    options = {**kwargs, "fail_silently": True} if fail_silently else kwargs
    if backend is None:
        return mailers.create_connection(DEFAULT_MAILER_ALIAS, **options)
    if mailers._is_configured:
        raise RuntimeError("get_connection(backend, ...) is not supported with MAILERS.")
    return import_string(backend)(**options)


@deprecate_posargs(
    RemovedInDjango2028Warning,
    ["fail_silently", "auth_user", "auth_password", "connection", "html_message"],
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
    delivery = Delivery(
        using=using, connection=connection, fail_silently=fail_silently,
        auth_user=auth_user, auth_password=auth_password,
    )  # fmt: skip
    mail = EmailMultiAlternatives(subject, message, from_email, recipient_list)
    return _send(delivery, mail, html_message)


@deprecate_posargs(RemovedInDjango2028Warning, ["fail_silently", "auth_user", "auth_password", "connection"])
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
    delivery = Delivery(
        using=using, connection=connection, fail_silently=fail_silently,
        auth_user=auth_user, auth_password=auth_password,
    )  # fmt: skip
    delivery.refuse_conflicts()
    delivery.warn()
    messages = [EmailMessage(*each) for each in datatuple]
    for message in messages:
        message._connection = connection
    return delivery.backend().send_messages(messages) or 0


@deprecate_posargs(RemovedInDjango2028Warning, ["fail_silently", "connection", "html_message"])
def mail_admins(
    subject: Any,
    message: Any,
    *,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: Any = None,
    using: str | None = None,
) -> None:
    """Send a message to ADMINS."""
    delivery = Delivery(using=using, connection=connection, fail_silently=fail_silently)
    _send_to_setting("ADMINS", delivery, subject, message, html_message)


@deprecate_posargs(RemovedInDjango2028Warning, ["fail_silently", "connection", "html_message"])
def mail_managers(
    subject: Any,
    message: Any,
    *,
    fail_silently: bool = False,
    connection: Any = None,
    html_message: Any = None,
    using: str | None = None,
) -> None:
    """Send a message to MANAGERS."""
    delivery = Delivery(using=using, connection=connection, fail_silently=fail_silently)
    _send_to_setting("MANAGERS", delivery, subject, message, html_message)


def _send(delivery: Delivery, mail: EmailMultiAlternatives, html: Any) -> int:
    delivery.refuse_conflicts()
    delivery.warn()
    if html:
        mail.attach_alternative(html, "text/html")
    if not mail.recipients():
        return 0
    mail._connection = delivery.connection
    return delivery.backend().send_messages([mail])


def _send_to_setting(name: str, delivery: Delivery, subject: Any, message: Any, html: Any) -> None:
    delivery.refuse_conflicts()
    addresses = _addresses(name)
    if addresses:
        whole_subject = f"{settings.EMAIL_SUBJECT_PREFIX}{subject}"
        _send(
            delivery, EmailMultiAlternatives(whole_subject, message, settings.SERVER_EMAIL, addresses), html
        )


def _addresses(name: str) -> list[str]:
    people = getattr(settings, name)
    if isinstance(people, list | tuple):
        if people and all(_is_pair(each) for each in people):
            warn_caller(
                f"Using (name, address) pairs in the {name} setting is deprecated. Replace with a list of email "
                "address strings."
            )
            return [str(address) for _, address in people]
        if not any(isinstance(each, list | tuple) for each in people):
            return [str(each) for each in people]
    error = ImproperlyConfigured(f"The {name} setting must be a list of email address strings.")
    error.add_note(f"It is {people!r}.")
    raise error


def _is_pair(each: Any) -> bool:
    return isinstance(each, list | tuple) and len(each) == 2 and all(isinstance(part, str) for part in each)
