"""Signals of the testing tools.

What a room keeps of the settings it forgets by itself: beside each such cache stands a receiver of
`nuages.core.signals.setting_changed`. What is set up once, when a project starts, is set up anew here.
"""

from __future__ import annotations

import warnings
from typing import Any

from nuages.conf import settings
from nuages.core.signals import setting_changed
from nuages.dispatch import Signal, receiver
from nuages.utils.log import configure_logging

template_rendered = Signal()
"""Sent with `template` and `context` for each template rendered while the test environment is set up."""

#: Settings that cannot be overridden while the project runs, as what they name has been made from them.
COMPLEX_OVERRIDE_SETTINGS = {"DATABASES"}

__all__ = ["COMPLEX_OVERRIDE_SETTINGS", "setting_changed", "template_rendered"]


@receiver(setting_changed)
def warn_of_complex_settings(*, enter: bool, setting: str, **kwargs: Any) -> None:
    """Warn of overriding a setting that does not follow."""
    if enter and setting in COMPLEX_OVERRIDE_SETTINGS:
        warnings.warn(f"Overriding setting {setting} can lead to unexpected behavior.", stacklevel=5)


@receiver(setting_changed)
def log_as_settings_say(*, setting: str, **kwargs: Any) -> None:
    """Configure logging anew where the settings about it are overridden."""
    if setting in ("LOGGING", "LOGGING_CONFIG"):
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
