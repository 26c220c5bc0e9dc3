"""Running some test classes one after the other though the rest run in parallel."""

from __future__ import annotations

import os
from typing import Any

from nuages.core.files import locks


class SerializeMixin:
    """Give `lockfile`: classes that name the same file do not run at the same time, in any process."""

    lockfile: str | None = None
    _lock: Any

    def __init_subclass__(cls, /, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.lockfile is None:
            raise ValueError(
                f"{cls.__name__}.lockfile isn't set. Set it to a unique value in the base class."
            )

    @classmethod
    def setUpClass(cls) -> None:
        assert cls.lockfile is not None
        cls._lock = open(os.fspath(cls.lockfile))  # noqa: SIM115 - held while the class runs
        cls.addClassCleanup(cls._lock.close)  # type: ignore[attr-defined]
        locks.lock(cls._lock, locks.LOCK_EX)
        super().setUpClass()  # type: ignore[misc]
