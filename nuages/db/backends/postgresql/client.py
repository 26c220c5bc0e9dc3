"""`dbshell` for PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from typing import Any

from nuages.db.backends.base.client import BaseDatabaseClient

#: psql reads these from its environment; on the command line everybody could see them.
_ENVIRONMENT = {
    "PGPASSWORD": "password",
    "PGSERVICE": "service",
    "PGSSLMODE": "sslmode",
    "PGSSLROOTCERT": "sslrootcert",
    "PGSSLCERT": "sslcert",
    "PGSSLKEY": "sslkey",
    "PGPASSFILE": "passfile",
}


class DatabaseClient(BaseDatabaseClient):
    executable_name = "psql"

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: list[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        options = settings_dict.get("OPTIONS", {})
        name = settings_dict.get("NAME")
        if not name and not options.get("service"):
            name = "postgres"
        args = [cls.executable_name]
        for flag, setting in (("-U", "USER"), ("-h", "HOST"), ("-p", "PORT")):
            if settings_dict.get(setting):
                args += [flag, str(settings_dict[setting])]
        args += [*parameters, *([name] if name else [])]
        known = {"password": settings_dict.get("PASSWORD"), **{key: options.get(key) for key in options}}
        env = {variable: str(known[key]) for variable, key in _ENVIRONMENT.items() if known.get(key)}
        return args, env or None

    def runshell(self, parameters: Iterable[str]) -> None:
        # Ctrl-C is for psql, to stop a query; it must not end us.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            super().runshell(parameters)
        finally:
            signal.signal(signal.SIGINT, before)
