"""Watching catalogues while developing: a compiled file that changes is read again, without a restart."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Any


def watch_for_translation_changes(sender: Any, **kwargs: Any) -> None:
    """Tell the reloader where the project's catalogues lie; those that come with nuages do not change."""
    from nuages.apps import apps
    from nuages.conf import settings
    from nuages.utils.module_loading import home_path

    if not settings.USE_I18N:
        return
    directories = [Path("locale")]
    directories += [
        Path(config.path) / "locale"
        for config in apps.get_app_configs()
        if not home_path(config.name).startswith("nuages.")
    ]
    directories += [Path(path) for path in settings.LOCALE_PATHS]
    for directory in directories:
        sender.watch_dir(directory, "**/*.mo")


def translation_file_changed(sender: Any, file_path: Path, **kwargs: Any) -> bool | None:
    """Forget catalogues when a compiled one has changed; True says that no restart is needed."""
    if file_path.suffix != ".mo":
        return None
    from nuages.utils.translation import trans_real

    gettext._translations = {}  # type: ignore[attr-defined]
    trans_real.reset_cache()
    trans_real.deactivate()
    return True
