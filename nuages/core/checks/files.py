"""Checks of where files go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import Tags, register


@register(Tags.files)
def check_setting_file_upload_temp_dir(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain when FILE_UPLOAD_TEMP_DIR does not exist."""
    from nuages.conf import settings

    place = getattr(settings, "FILE_UPLOAD_TEMP_DIR", None)
    if not place or Path(place).is_dir():
        return []
    return [
        Error(
            f"The FILE_UPLOAD_TEMP_DIR setting refers to the nonexistent directory '{place}'.",
            id="files.E001",
        )
    ]
