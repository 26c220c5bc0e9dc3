"""Questions that end up with nobody to answer them."""

from __future__ import annotations

import io
import sys

import pytest

from nuages.core.management.asking import AttendedQuestioner
from nuages.core.management.base import CommandError, OutputWrapper
from nuages.db import models


@pytest.fixture
def questioner(monkeypatch):
    """A questioner whose input is what a test puts there."""

    def reading(text):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text))
        return AttendedQuestioner(prompt_output=OutputWrapper(io.StringIO()))

    return reading


def test_a_question_that_nobody_answers_is_named_with_the_option_that_does_without(questioner):
    with pytest.raises(CommandError) as caught:
        questioner("").ask_rename("book", "title", "name", models.CharField())
    assert str(caught.value) == (
        "There is no input to answer this: Was book.title renamed to book.name (a CharField)? [y/N]"
    )
    assert caught.value.__notes__[0].startswith("--no-input asks nothing:")


def test_so_is_one_with_choices(questioner):
    with pytest.raises(CommandError, match="add a non-nullable field 'isbn' to book without"):
        questioner("").ask_not_null_addition("isbn", "book")


def test_and_one_whose_answer_breaks_off(questioner):
    with pytest.raises(CommandError, match="enter the default value"):
        questioner("1\n").ask_not_null_addition("isbn", "book")


def test_a_question_with_an_answer_is_answered(questioner):
    assert questioner("y\n").ask_rename("book", "title", "name", models.CharField()) is True
