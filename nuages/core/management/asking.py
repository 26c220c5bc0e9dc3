"""Questions of `makemigrations` where nobody is there to answer: in a pipeline, or with the input closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nuages.core.management.base import CommandError
from nuages.db.migrations.questioner import InteractiveMigrationQuestioner

_WITHOUT_QUESTIONS = (
    "--no-input asks nothing: it takes no model or field for a renamed one, merges where --merge is given, and ends where "
    "existing rows need a value, which a `default` of the field in models.py gives them."
)


class AttendedQuestioner(InteractiveMigrationQuestioner):
    """Asks the person at the terminal; raises `CommandError` with the question when there is none."""

    def _boolean_input(self, question: str, default: bool | None = None) -> bool:
        with _answered(question):
            return super()._boolean_input(question, default)

    def _choice_input(self, question: str, choices: list[str]) -> int:
        with _answered(question):
            return super()._choice_input(question, choices)

    def _ask_default(self, default: str = "") -> Any:
        with _answered("Please enter the default value as valid Python."):
            return super()._ask_default(default)


@contextmanager
def _answered(question: str) -> Iterator[None]:
    try:
        yield
    except EOFError as end:
        told = CommandError(f"There is no input to answer this: {' '.join(question.split())}")
        told.add_note(_WITHOUT_QUESTIONS)
        raise told from end
