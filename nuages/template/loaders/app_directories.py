"""Templates from the `templates` directories of installed apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nuages.template.loaders.filesystem import Loader as FilesystemLoader
from nuages.template.utils import get_app_template_dirs


class Loader(FilesystemLoader):
    """Loads from the apps, in the order of INSTALLED_APPS."""

    def get_dirs(self) -> Sequence[Any]:
        """Each app's directory that exists."""
        return get_app_template_dirs("templates")
