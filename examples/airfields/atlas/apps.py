"""The atlas: countries, airports and what kind of field each is."""

from nuages.apps import AppConfig


class AtlasConfig(AppConfig):
    name = "atlas"
