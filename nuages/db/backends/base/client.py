"""`dbshell`: hands the terminal over to the database's own client."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any


class BaseDatabaseClient:
    """Knows how the database's own client program is called."""

    #: The program's name, looked up on the PATH.
    executable_name: str | None = None

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: list[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return the command line and the environment variables to add."""
        raise NotImplementedError(
            "subclasses of BaseDatabaseClient must provide a settings_to_cmd_args_env() method or override a runshell()."
        )

    def runshell(self, parameters: Iterable[str] | None) -> None:
        """Run the client until its user leaves it."""
        import subprocess  # Only dbshell starts a process.

        args, env = self.settings_to_cmd_args_env(self.connection.settings_dict, list(parameters or ()))
        subprocess.run(args, env={**os.environ, **env} if env else None, check=True)
