"""Fields for yes and no, and for yes, no and unknown."""

from __future__ import annotations

from typing import Any

from nuages.core.exceptions import ValidationError

from ..widgets import CheckboxInput, NullBooleanSelect
from .base import Field


class BooleanField(Field):
    """A checkbox; a required one has to be checked."""

    widget: Any = CheckboxInput

    def to_python(self, value: Any) -> bool | None:
        # Hidden inputs and radio buttons send words.
        if isinstance(value, str) and value.lower() in ("false", "0"):
            return False
        return bool(value)

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def comparable(self, initial: Any, data: Any) -> tuple[Any, Any]:
        # A hidden initial value comes back as text.
        return self.to_python(initial), self.to_python(data)


class NullBooleanField(BooleanField):
    """True, False or None; whatever is not clearly one of the first two is None."""

    widget: Any = NullBooleanSelect
    # 1 and 0 are found as True and False, which they equal.
    _answers: dict[Any, bool] = {
        True: True, "True": True, "true": True, "1": True,
        False: False, "False": False, "false": False, "0": False,
    }  # fmt: skip

    def to_python(self, value: Any) -> bool | None:
        return self._answers.get(value) if isinstance(value, (int, str)) else None

    def validate(self, value: Any) -> None:
        pass

    def has_changed(self, initial: Any, data: Any) -> bool:
        # No answer and the answer "no" are different things here.
        before, after = self.comparable(initial, data)
        return not self.disabled and before is not after
