"""`manage.py changepassword`: set a user's password from the terminal."""

from __future__ import annotations

import getpass
from typing import Any

from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.password_validation import validate_password
from nuages.core.exceptions import ValidationError
from nuages.core.management.base import BaseCommand, CommandError
from nuages.db import DEFAULT_DB_ALIAS, connections


class Command(BaseCommand):
    """Asks twice for a password that follows the rules."""

    help = "Change a user's password for django.contrib.auth."
    requires_migrations_checks = True
    requires_system_checks: Any = []

    def _get_pass(self, prompt: str = "Password: ") -> str:
        given = getpass.getpass(prompt=prompt)
        if not given:
            raise CommandError("aborted")
        return given

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "username", nargs="?", help="Whose password; by default, that of the user who runs the command."
        )
        parser.add_argument(
            "--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="Where the user is."
        )

    def handle(self, *args: Any, **options: Any) -> str:
        name = options["username"] or getpass.getuser()
        key = {get_user_model().USERNAME_FIELD: name}
        try:
            user = get_user_model()._default_manager.using(options["database"]).get(**key)
        except get_user_model().DoesNotExist:
            raise CommandError(f"user '{name}' does not exist") from None
        self.stdout.write(f"Changing password for user '{user}'")
        password = self._chosen(user)
        user.set_password(password)
        user.save()
        return f"Password changed successfully for user '{user}'"

    def _chosen(self, user: Any, tries: int = 3) -> str:
        for _ in range(tries):
            first, again = self._get_pass(), self._get_pass("Password (again): ")
            if first != again:
                self.stdout.write("Passwords do not match. Please try again.")
                continue
            try:
                validate_password(again, user)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            return first
        raise CommandError(f"Aborting password change for user '{user}' after {tries} attempts")
