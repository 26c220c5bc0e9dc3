"""nuages: Django's documented interface on a new engine.

`VERSION` names the version of Django's API that is implemented, as code written for Django asks for it;
`__version__` is the version of nuages itself.
"""

from __future__ import annotations

VERSION = (6, 1, 0, "final", 0)
__version__ = "0.1.0"


def setup(set_prefix: bool = True) -> None:
    """Configure logging and load the installed apps of the current project.

    Commands and servers call this; a script that uses models by itself calls it once, after
    `NUAGES_SETTINGS_MODULE` (or `DJANGO_SETTINGS_MODULE`) is set. Specified in ref/applications.
    """
    from nuages.apps import apps
    from nuages.conf import settings
    from nuages.urls import set_script_prefix
    from nuages.utils.garbage import lasting
    from nuages.utils.log import configure_logging

    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    if set_prefix:
        set_script_prefix("/" if settings.FORCE_SCRIPT_NAME is None else settings.FORCE_SCRIPT_NAME)
    if not apps.ready:
        with lasting():
            apps.populate(settings.INSTALLED_APPS)


def get_version(version: tuple[int, int, int, str, int] | None = None) -> str:
    """Return the implemented API version as a string, such as "6.1"."""
    from nuages.utils.version import get_version as spell

    return spell(version or VERSION)
