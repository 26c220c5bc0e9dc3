"""Keeping secrets out of error reports (howto/error-reporting, filtering error reports)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import Any

from nuages.conf import settings
from nuages.conf.deprecated import DEPRECATED_EMAIL_SETTINGS
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.datastructures import MultiValueDict
from nuages.views.decorators.debug import ALL, sensitive_code


class CallableSettingWrapper:
    """Stands in for a setting that is callable, which a template would call."""

    def __init__(self, callable_setting: Any) -> None:
        self._wrapped = callable_setting

    def __repr__(self) -> str:
        return repr(self._wrapped)


def _setting(name: str) -> Any:
    try:
        return getattr(settings, name)
    except ImproperlyConfigured as error:
        # Such as an empty SECRET_KEY: the report of an error is no place to fail for it.
        return error


class SafeExceptionReporterFilter:
    """Hides settings that look like secrets, and what the `sensitive_…` decorators name."""

    cleansed_substitute = "********************"
    hidden_settings = re.compile("API|AUTH|TOKEN|KEY|SECRET|PASS|SIGNATURE|HTTP_COOKIE", flags=re.IGNORECASE)

    # -- settings and headers

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        """Return a setting as it may be shown, whatever is nested in it."""
        if key == settings.SESSION_COOKIE_NAME or (isinstance(key, str) and self.hidden_settings.search(key)):
            return self.cleansed_substitute
        if isinstance(value, Mapping):
            return {name: self.cleanse_setting(name, below) for name, below in value.items()}
        if isinstance(value, list | tuple):
            # Of the same plain kind: a named tuple takes its values one by one.
            kind = list if isinstance(value, list) else tuple
            return kind(self.cleanse_setting("", below) for below in value)
        return CallableSettingWrapper(value) if callable(value) else value

    def get_safe_settings(self) -> dict[str, Any]:
        """Return the settings as they may be shown."""
        names = {name for name in dir(settings) if name.isupper() and not name.startswith("_")}
        if hasattr(settings, "MAILERS"):
            # What MAILERS has taken the place of says nothing any more.
            names -= DEPRECATED_EMAIL_SETTINGS
        return {name: self.cleanse_setting(name, _setting(name)) for name in sorted(names)}

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        """Return `META` as it may be shown."""
        if not hasattr(request, "META"):
            return {}
        return {name: self.cleanse_setting(name, value) for name, value in request.META.items()}

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        """Return the cookies as they may be shown."""
        if not hasattr(request, "COOKIES"):
            return {}
        return {name: self.cleanse_setting(name, value) for name, value in request.COOKIES.items()}

    # -- form data and variables: hidden only on a site that others see

    def is_active(self, request: Any) -> bool:
        """Say whether form data and variables are filtered: unless DEBUG is on."""
        return settings.DEBUG is False

    def get_cleansed_multivaluedict(self, request: Any, multivaluedict: Any) -> Any:
        """Return form data with the sensitive values replaced."""
        sensitive = getattr(request, "sensitive_post_parameters", ())
        if not self.is_active(request) or not sensitive:
            return multivaluedict
        cleansed = multivaluedict.copy()
        for name in list(cleansed) if sensitive == ALL else sensitive:
            if name in cleansed:
                cleansed[name] = self.cleansed_substitute
        return cleansed

    def get_post_parameters(self, request: Any) -> Any:
        """Return the form data as it may be shown."""
        return {} if request is None else self.get_cleansed_multivaluedict(request, request.POST)

    def cleanse_special_types(self, request: Any, value: Any) -> Any:
        """Return a variable's value as it may be shown: form data in it is filtered as the form is."""
        try:
            is_form = isinstance(value, MultiValueDict)
        except Exception as error:
            # A lazy object that failed is asked for its class, and fails again.
            return f"{error!r} while evaluating {type(value)}"
        return self.get_cleansed_multivaluedict(request, value) if is_form else value

    def get_traceback_frame_variables(self, request: Any, tb_frame: FrameType) -> Iterable[tuple[str, Any]]:
        """Return the local variables of a frame as they may be shown."""
        variables = tb_frame.f_locals.items()
        hidden: tuple[str, ...] | str = _hidden_in(tb_frame) if self.is_active(request) else ()
        if hidden == ALL:
            return [(name, self.cleansed_substitute) for name, _ in variables]
        return [
            (
                name,
                self.cleansed_substitute if name in hidden else self.cleanse_special_types(request, value),
            )
            for name, value in variables
        ]


def _hidden_in(tb_frame: FrameType) -> tuple[str, ...] | str:
    """Return what `sensitive_variables` hides in a frame: of the function itself or of one that called it."""
    if tb_frame.f_globals.get("__name__", "").startswith("nuages.spine."):
        # It passes on the arguments of what runs on it, and cannot know which of them are secrets.
        return ALL
    own = sensitive_code.get(tb_frame.f_code)
    if own is not None:
        return own
    frame = tb_frame.f_back
    while frame is not None:
        found = sensitive_code.get(frame.f_code)
        # The wrapper hides all of its own frame only; what it wraps has said what to hide.
        if found is not None and frame.f_code.co_name != "wrapper":
            return found
        frame = frame.f_back
    return ()
