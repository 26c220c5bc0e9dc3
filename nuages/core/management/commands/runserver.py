"""`manage.py runserver`: the development server."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

from nuages.core.management.base import BaseCommand


class Command(BaseCommand):
    """Serves the site on this machine, and anew whenever code changes. Shows what is wrong in the browser."""

    help = "Starts a lightweight web server for development."

    # A project that cannot start is shown in the browser, so this command sets it up itself.
    requires_setup = False
    requires_system_checks: Any = []
    stealth_options = ("shutdown_message",)
    suppressed_base_arguments = {"--verbosity", "--traceback"}

    default_addr = "127.0.0.1"
    default_addr_ipv6 = "::1"
    default_port = "8000"

    def add_arguments(self, parser: Any) -> None:
        add = parser.add_argument
        add("addrport", nargs="?", help="Optional port number, or ipaddr:port")
        add("--ipv6", "-6", action="store_true", dest="use_ipv6", help="Tells nuages to use an IPv6 address.")
        add(
            "--nothreading",
            action="store_false",
            dest="use_threading",
            help="Answer plain views one at a time.",
        )
        add("--noreload", action="store_false", dest="use_reloader", help="Do not watch files.")
        add(
            "--nostatic",
            action="store_false",
            dest="use_static_handler",
            help="Do not serve static files at STATIC_URL.",
        )
        add(
            "--insecure",
            action="store_true",
            dest="insecure_serving",
            help="Serve static files even if DEBUG is False.",
        )
        add("--skip-checks", action="store_true", help="Skip system checks.")

    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.server.address import parse

        ipv6 = bool(options["use_ipv6"])
        default = self.default_addr_ipv6 if ipv6 else self.default_addr
        self.address = parse(options["addrport"], default, int(self.default_port), ipv6)
        self.run(**options)

    def run(self, **options: Any) -> None:
        """Serve the site at `self.address`, in a process that is watched unless the options say no."""
        from nuages.server.address import check_free
        from nuages.server.development import reloading, watch_and_restart

        if not options["use_reloader"] or reloading():
            self.serve(self.address, options)
            return
        self.refuse_missing_hosts()
        check_free(self.address)
        sys.exit(watch_and_restart(lambda message: self.stderr.write(message)))

    def refuse_missing_hosts(self) -> None:
        """Raise `CommandError` for a site that would answer no host, before anything is watched."""
        from nuages.conf import settings
        from nuages.core.management.base import CommandError

        try:
            answers_none = not settings.DEBUG and not settings.ALLOWED_HOSTS
        except Exception:  # settings that cannot be read are shown in the browser, by the process that serves
            return
        if answers_none:
            raise CommandError("You must set settings.ALLOWED_HOSTS if DEBUG is False.")

    def serve(self, address: Any, options: dict[str, Any]) -> None:
        """Set the project up, check it, and serve it, or the error that kept it from starting."""
        from nuages.server.development import BrokenApplication, serve_here

        try:
            application = self.application(options)
        except Exception as error:
            import traceback

            from nuages.utils.module_loading import is_wrong_setting

            told = traceback.format_exception_only if is_wrong_setting(error) else traceback.format_exception
            self.stderr.write("".join(told(error)))
            self.stderr.write(
                self.style.ERROR("The project does not start; the browser shows why. Waiting for a change.")
            )
            application = BrokenApplication(error)
        else:
            self.announce(address)
        serve_here(application, address)
        if shutdown_message := options.get("shutdown_message"):
            self.stdout.write(shutdown_message)

    def application(self, options: dict[str, Any]) -> Any:
        """Return the application with its request log, or raise what is wrong with the project."""
        import nuages
        from nuages.conf import settings
        from nuages.core.management.base import CommandError
        from nuages.server.access import ConsoleLog
        from nuages.server.needs import missing_wsgi_module, require_backends, require_urlconf
        from nuages.server.rsgi import RSGIApplication

        nuages.setup(set_prefix=False)
        if not settings.DEBUG and not settings.ALLOWED_HOSTS:
            raise CommandError("You must set settings.ALLOWED_HOSTS if DEBUG is False.")
        require_urlconf()
        require_backends()
        if not options["skip_checks"]:
            self.stdout.write("Performing system checks...\n")
            self.check(display_num_errors=True)
        self.warn_of_migrations()
        if missing := missing_wsgi_module():
            self.stderr.write(
                self.style.WARNING(
                    f"WSGI_APPLICATION names {settings.WSGI_APPLICATION!r}, but there is no module {missing!r}. This "
                    "server does without; others that the site is deployed on will not."
                )
            )
        return RSGIApplication(files=self.files(options), access_log=ConsoleLog())

    def files(self, options: dict[str, Any]) -> Any:
        """Return what is served beside the site: static files where their app is installed, and media."""
        from nuages.apps import apps
        from nuages.conf import settings
        from nuages.server.entry import collected_files
        from nuages.server.found import FoundFiles

        if options["use_static_handler"] and apps.is_installed("nuages.contrib.staticfiles"):
            if settings.DEBUG or options["insecure_serving"]:
                return FoundFiles()
            return collected_files()
        return None

    def warn_of_migrations(self) -> None:
        """Say which apps have migrations that are not applied, and what to do about it."""
        from nuages.core.exceptions import ImproperlyConfigured
        from nuages.db import DatabaseError
        from nuages.utils.log import with_advice

        try:
            self.check_migrations()
        except (ImproperlyConfigured, DatabaseError) as error:
            self.stderr.write(
                self.style.WARNING(f"The migrations could not be checked: {with_advice(error)}")
            )

    def announce(self, address: Any) -> None:
        """Say where the site is."""
        import nuages
        from nuages.conf import settings

        quit_command = "CTRL-BREAK" if sys.platform == "win32" else "CONTROL-C"
        now = datetime.now().strftime("%B %d, %Y - %X")
        self.stdout.write(
            f"{now}\n"
            f"nuages version {nuages.__version__}, using settings {settings.SETTINGS_MODULE!r}\n"
            f"Starting development server at {address.url}\n"
            f"Quit the server with {quit_command}."
        )
        self.stdout.flush()
