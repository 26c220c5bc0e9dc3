"""The pilots: those who have an account."""

from nuages.apps import AppConfig


class PilotsConfig(AppConfig):
    name = "pilots"

    def ready(self) -> None:
        from pilots import signals  # noqa: F401
