"""`startapp`: make the files of a new application."""

from __future__ import annotations

from typing import Any

from nuages.core.management.templates import TemplateCommand


class Command(TemplateCommand):
    help = "Creates a Django app directory structure for the given app name in the current directory or optionally in the given directory."
    missing_args_message = "You must provide an application name."

    def handle(self, **options: Any) -> None:
        name, target = options.pop("name"), options.pop("directory")
        super().handle("app", name, target, **options)
