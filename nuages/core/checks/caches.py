"""Checks of CACHES."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nuages.core.checks.messages import Error, Warning
from nuages.core.checks.registry import Tags, register
from nuages.utils.module_loading import home_path

E001 = Error("You must define a 'default' cache in your CACHES setting.", id="caches.E001")


@register(Tags.caches)
def check_default_cache_is_configured(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain when there is no cache with the alias `default`."""
    from nuages.conf import settings

    return [] if "default" in settings.CACHES else [E001]


def _file_caches() -> Iterator[tuple[str, Path]]:
    """Yield alias and location of the caches that lie in files, without making them."""
    from nuages.conf import settings
    from nuages.core.cache.backends.filebased import FileBasedCache
    from nuages.utils.module_loading import import_string

    for alias, config in settings.CACHES.items():
        backend = config.get("BACKEND", "")
        if not config.get("LOCATION") or "locmem" in home_path(backend):
            continue
        try:
            kind = import_string(backend)
        except ImportError:
            # The cache itself will say so, with more to go by.
            continue
        if isinstance(kind, type) and issubclass(kind, FileBasedCache):
            yield alias, Path(config["LOCATION"])


def _public_places() -> Iterator[tuple[str, Path]]:
    """Yield the directories from which files are served, with the setting that says so."""
    from nuages.conf import settings

    for name in ("MEDIA_ROOT", "STATIC_ROOT"):
        if place := getattr(settings, name, None):
            yield name, Path(place).resolve()
    for entry in settings.STATICFILES_DIRS:
        place = entry[1] if isinstance(entry, (list, tuple)) else entry
        yield "STATICFILES_DIRS", Path(place).resolve()


def _relation(location: Path, place: Path) -> str | None:
    if location == place:
        return "matches"
    if place in location.parents:
        return "is inside"
    return "contains" if location in place.parents else None


@register(Tags.caches, deploy=True)
def check_cache_location_not_exposed(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Warn when the files of a cache lie where files are served."""
    messages = []
    places = list(_public_places())
    for alias, location in _file_caches():
        found = dict.fromkeys((_relation(location.resolve(), place), name) for name, place in places)
        messages += [
            Warning(
                f"Your '{alias}' cache configuration might expose your cache or lead to corruption of your data because "
                f"its LOCATION {relation} {name}.",
                id="caches.W002",
            )
            for relation, name in found
            if relation
        ]
    return messages


@register(Tags.caches)
def check_file_based_cache_is_absolute(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Warn when the location of a cache in files depends on the current directory."""
    return [
        Warning(
            f"Your '{alias}' cache LOCATION path is relative. Use an absolute path instead.", id="caches.W003"
        )
        for alias, location in _file_caches()
        if not location.is_absolute()
    ]
