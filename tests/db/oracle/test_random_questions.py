"""Random questions, asked of the database and of an evaluator in Python; cold, warm and with other values."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from nuages.db.models.shapes import shape as shapes
from tests.db.oracle.answers import answered
from tests.db.oracle.asking import other, questions
from tests.db.oracle.questions import Question, asked, revalued


def check(question: Question) -> None:
    expected = answered(question)
    shapes.forget()
    assert asked(question) == expected
    changed = revalued(question, other)
    # The plan is warm now; it must remember the structure, and none of the values.
    assert asked(changed) == answered(changed)
    assert asked(question) == expected


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(questions())
def test_the_database_answers_as_python_does(question: Question) -> None:
    check(question)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(questions())
def test_the_database_answers_many_questions_as_python_does(question: Question) -> None:
    check(question)
