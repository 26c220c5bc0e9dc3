"""The import finder behind the alias."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

#: Set in the environment so that child Python processes started by compatible code install the alias too.
ENVIRONMENT_FLAG = "NUAGES_COMPAT"


if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    # The base classes bring a dozen modules to every start, and no method that is used.
    Loader = object


class AliasFinder(Loader):
    """Finds `django` and everything below it in `nuages`; a finder and loader in one."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != "django" and not fullname.startswith("django."):
            return None
        real = "nuages" + fullname[len("django") :]
        try:
            found = importlib.util.find_spec(real)
        except ModuleNotFoundError:
            found = None
        if found is None:
            return None
        return ModuleSpec(
            fullname, self, origin=found.origin, is_package=found.submodule_search_locations is not None
        )

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module("nuages" + spec.name[len("django") :])
        # The import system is about to stamp the alias's spec on the one module both names share.
        spec.loader_state = module.__spec__, module.__loader__
        return module

    def exec_module(self, module: ModuleType) -> None:
        stamped = module.__spec__
        if stamped is not None and stamped.loader is self and stamped.loader_state is not None:
            module.__spec__, module.__loader__ = stamped.loader_state

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of a module, for `python -m django` and the like."""
        from importlib.abc import InspectLoader

        real = "nuages" + fullname[len("django") :]
        spec = importlib.util.find_spec(real)
        loader = spec.loader if spec is not None else None
        return loader.get_code(real) if isinstance(loader, InspectLoader) else None


def installed() -> bool:
    """Say whether `import django` means nuages in this process."""
    return any(isinstance(finder, AliasFinder) for finder in sys.meta_path)


def install() -> None:
    """Make `import django` mean nuages in this process and in the Python processes it starts.

    Raises `ImportError` when Django itself has been imported already: its classes would mix with ours.
    """
    if installed():
        return
    theirs = sys.modules.get("django")
    if theirs is not None and theirs.__name__ != "nuages":
        error = ImportError("django is already imported from " + str(theirs.__file__))
        error.add_note("Call nuages.compat.install() before anything imports django.")
        raise error
    sys.meta_path.insert(0, AliasFinder())
    os.environ[ENVIRONMENT_FLAG] = "1"
