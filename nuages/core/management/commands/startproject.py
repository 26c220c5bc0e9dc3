"""`startproject`: make the files of a new project."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.security.base import SECRET_KEY_INSECURE_PREFIX
from nuages.core.management.templates import TemplateCommand
from nuages.core.management.utils import get_random_secret_key


class Command(TemplateCommand):
    help = "Creates a Django project directory structure for the given project name in the current directory or optionally in the given directory."
    missing_args_message = "You must provide a project name."

    def handle(self, **options: Any) -> None:
        name, target = options.pop("name"), options.pop("directory")
        # The prefix marks a key that was not chosen for production; the checks look for it.
        options["secret_key"] = SECRET_KEY_INSECURE_PREFIX + get_random_secret_key()
        super().handle("project", name, target, **options)
