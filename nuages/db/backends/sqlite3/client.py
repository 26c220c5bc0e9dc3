"""`dbshell` for SQLite."""

from __future__ import annotations

from nuages.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    executable_name = "sqlite3"

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, object], parameters: list[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        return [cls.executable_name, settings_dict["NAME"], *parameters], None  # type: ignore[list-item]
