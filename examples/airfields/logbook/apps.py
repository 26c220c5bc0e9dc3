"""The logbook: who was where, and how it was."""

from nuages.apps import AppConfig


class LogbookConfig(AppConfig):
    name = "logbook"
