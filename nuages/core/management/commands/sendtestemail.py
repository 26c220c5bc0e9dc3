"""`manage.py sendtestemail`: see whether mail arrives."""

from __future__ import annotations

import socket
from typing import Any

from nuages.core.mail import mail_admins, mail_managers, send_mail
from nuages.core.management.base import BaseCommand, CommandError
from nuages.utils import timezone


class Command(BaseCommand):
    """Sends a mail to addresses, to the managers, or to the admins."""

    help = "Sends a test email to the email addresses specified as arguments."
    missing_args_message = (
        "You must specify some email recipients, or pass the --managers or --admin options."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email", nargs="*", help="Where to send it.")
        parser.add_argument("--managers", action="store_true", help="To the addresses of MANAGERS.")
        parser.add_argument("--admins", action="store_true", help="To the addresses of ADMINS.")
        parser.add_argument("--using", help="The mailer to send it with.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["email"] or options["managers"] or options["admins"]):
            raise CommandError(self.missing_args_message)
        subject = f"Test email from {socket.gethostname()} on {timezone.now()}"
        body = "If you're reading this, it was successful."
        chosen = {"using": options["using"]} if options.get("using") else {}
        send_mail(subject, body, None, options["email"], **chosen)
        for wanted, send in ((options["managers"], mail_managers), (options["admins"], mail_admins)):
            if wanted:
                send(
                    subject,
                    "This email was sent to the site "
                    + ("managers." if send is mail_managers else "admins."),
                    **chosen,
                )
