"""Checks of the settings for languages."""

from __future__ import annotations

import re
from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import Tags, register

_LANGUAGE_TAG = re.compile(r"[a-z]{1,8}(?:-[a-z0-9]{1,8})*(?:@[a-z0-9]{1,20})?", re.IGNORECASE | re.ASCII)

_INVALID = {
    "translation.E001": "You have provided an invalid value for the LANGUAGE_CODE setting: {!r}.",
    "translation.E002": "You have provided an invalid language code in the LANGUAGES setting: {!r}.",
    "translation.E003": "You have provided an invalid language code in the LANGUAGES_BIDI setting: {!r}.",
}
E004 = Error(
    "You have provided a value for the LANGUAGE_CODE setting that is not in the LANGUAGES setting.",
    id="translation.E004",
)


def _refused(tags: Any, id: str) -> list[Error]:
    return [
        Error(_INVALID[id].format(tag), id=id)
        for tag in tags
        if not (isinstance(tag, str) and _LANGUAGE_TAG.fullmatch(tag))
    ]


@register(Tags.translation)
def check_setting_language_code(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about a LANGUAGE_CODE that is no language tag."""
    from nuages.conf import settings

    return _refused([settings.LANGUAGE_CODE], "translation.E001")


@register(Tags.translation)
def check_setting_languages(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about LANGUAGES that are no language tags."""
    from nuages.conf import settings

    return _refused([tag for tag, name in settings.LANGUAGES], "translation.E002")


@register(Tags.translation)
def check_setting_languages_bidi(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about LANGUAGES_BIDI that are no language tags."""
    from nuages.conf import settings

    return _refused(settings.LANGUAGES_BIDI, "translation.E003")


@register(Tags.translation)
def check_language_settings_consistent(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain when the default language is not offered, and no relative of it."""
    from nuages.conf import settings
    from nuages.utils.translation.trans_real import get_supported_language_variant

    try:
        get_supported_language_variant(settings.LANGUAGE_CODE)
    except LookupError:
        return [E004]
    return []
