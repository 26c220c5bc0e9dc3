"""What checks say."""

from __future__ import annotations

from typing import Any

DEBUG, INFO, WARNING, ERROR, CRITICAL = range(10, 60, 10)


class CheckMessage:
    """One problem: how serious, what, how to mend it, where, and an identifier for silencing it."""

    def __init__(
        self, level: int, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None
    ) -> None:
        if not isinstance(level, int):
            raise TypeError("The first argument should be level.")
        self.id = id
        self.level, self.msg, self.hint = level, msg, hint
        self.obj = obj

    def _parts(self) -> tuple[Any, ...]:
        return self.level, self.msg, self.hint, self.obj, self.id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        identified = f"({self.id}) " if self.id else ""
        hint = f"\n\tHINT: {self.hint}" if self.hint else ""
        return f"{self._place()}: {identified}{self.msg}{hint}"

    def _place(self) -> str:
        if self.obj is None:
            return "?"
        # A model class prints as a class; what people know it by is its label.
        meta = getattr(self.obj, "_meta", None)
        return meta.label if isinstance(self.obj, type) and meta is not None else str(self.obj)

    def __repr__(self) -> str:
        level, msg, hint, obj, id = self._parts()
        return f"<{type(self).__name__}: level={level!r}, msg={msg!r}, hint={hint!r}, obj={obj!r}, id={id!r}>"

    def is_serious(self, level: int = ERROR) -> bool:
        """Return whether the problem is at least of this level."""
        return self.level >= level

    def is_silenced(self) -> bool:
        """Return whether SILENCED_SYSTEM_CHECKS lists it."""
        from nuages.conf import settings

        return self.id in settings.SILENCED_SYSTEM_CHECKS


class Debug(CheckMessage):
    """A message for those who debug checks."""

    def __init__(self, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None) -> None:
        super().__init__(DEBUG, msg, hint, obj, id)


class Info(CheckMessage):
    """Something worth knowing."""

    def __init__(self, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None) -> None:
        super().__init__(INFO, msg, hint, obj, id)


class Warning(CheckMessage):
    """Something that is likely to go wrong."""

    def __init__(self, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None) -> None:
        super().__init__(WARNING, msg, hint, obj, id)


class Error(CheckMessage):
    """Something that is wrong; commands that check refuse to run."""

    def __init__(self, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None) -> None:
        super().__init__(ERROR, msg, hint, obj, id)


class Critical(CheckMessage):
    """Something that is wrong beyond everything else."""

    def __init__(self, msg: Any, hint: Any = None, obj: Any = None, id: str | None = None) -> None:
        super().__init__(CRITICAL, msg, hint, obj, id)
