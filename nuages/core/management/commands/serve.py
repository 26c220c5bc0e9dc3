"""`manage.py serve`: the production server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nuages.conf import settings
from nuages.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Serves the site with Granian: several processes, static and media files, graceful stop."""

    help = "Serve the project in production."

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_argument
        add("addrport", nargs="?", help="Port, or host:port. Default: 127.0.0.1:8000.")
        add(
            "--workers",
            "-w",
            type=int,
            default=_whole_number("WEB_CONCURRENCY", 1),
            help="Processes. Default: 1, or WEB_CONCURRENCY.",
        )
        add("--access-log", action="store_true", help="Log each request through the logger nuages.access.")
        add(
            "--no-files",
            action="store_false",
            dest="files",
            help="Leave static and media files to another server.",
        )
        add(
            "--grace",
            type=int,
            default=30,
            metavar="SECONDS",
            help="How long requests may take to finish on stop.",
        )
        add("--max-memory", type=int, metavar="MIB", help="Replace a process that takes more than this.")
        add("--uds", metavar="PATH", help="Listen on a Unix socket instead.")

    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.server.address import check_free, parse
        from nuages.server.databases import look_aside
        from nuages.server.needs import (
            require_backends,
            require_middleware,
            require_secret_key,
            require_urlconf,
        )
        from nuages.server.production import ServeOptions, serve

        if options["workers"] < 1:
            raise CommandError(f"--workers takes a number from 1 up, not {options['workers']}.")
        if not settings.DEBUG and not settings.ALLOWED_HOSTS:
            refused = CommandError("You must set settings.ALLOWED_HOSTS if DEBUG is False.")
            refused.add_note(
                "A new project reads it from the environment: ALLOWED_HOSTS=example.com,www.example.com"
            )
            raise refused
        require_secret_key()
        require_urlconf()
        require_middleware()
        require_backends()
        address = parse(options["addrport"])
        if options["uds"] is None:
            check_free(address)
        if options["files"] and settings.STATIC_ROOT and not Path(settings.STATIC_ROOT).is_dir():
            self.stderr.write(
                self.style.WARNING(
                    f"STATIC_ROOT {settings.STATIC_ROOT} does not exist: run `manage.py collectstatic` first, or "
                    "static files will be missing."
                )
            )
        if settings.SECURE_SSL_REDIRECT and settings.SECURE_PROXY_SSL_HEADER is None:
            self.stderr.write(
                self.style.WARNING(
                    "SECURE_SSL_REDIRECT is on, but requests never come encrypted to this server: visitors are "
                    "redirected for ever. Where a proxy in front ends TLS, say so with SECURE_PROXY_SSL_HEADER (in a "
                    "new project: PROXY_SSL_HEADER=on)."
                )
            )
        if settings.DEBUG:
            self.stderr.write(
                self.style.WARNING("DEBUG is on: error pages show the site's inside to everybody.")
            )
        where = options["uds"] or address.url
        count = options["workers"]
        self.stdout.write(
            f"Serving {where} with {count} {'process' if count == 1 else 'processes'} (pid {os.getpid()})."
        )
        self.stdout.flush()
        look_aside()
        serve(
            address,
            ServeOptions(
                workers=count,
                access_log=options["access_log"],
                files=options["files"],
                grace=options["grace"],
                max_memory=options["max_memory"],
                uds=options["uds"],
            ),
        )
        self.stdout.write("Stopped.")


def _whole_number(variable: str, default: int) -> int:
    text = os.environ.get(variable, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default
