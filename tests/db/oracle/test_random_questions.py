"""Random questions, asked of the database and of an evaluator in Python; cold, warm and with other values."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nuages.core.exceptions import EmptyResultSet
from nuages.db.models.shapes import shape as shapes
from tests.db.oracle.answers import answered
from tests.db.oracle.asking import other, questions
from tests.db.oracle.questions import Question, Total, aasked, asked, queryset_for, revalued


def check(question: Question) -> None:
    expected = answered(question)
    shapes.forget()
    assert asked(question) == expected
    changed = revalued(question, other)
    # The plan is warm now; it must remember the structure, and none of the values.
    assert asked(changed) == answered(changed)
    assert asyncio.run(aasked(question)) == expected


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


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.lists(questions(), min_size=4, max_size=4))
def test_threads_that_ask_for_the_first_time_at_once_get_the_same(several: list[Question]) -> None:
    """What they plan together is what each would plan alone; every one of them asks with values of its own."""
    shapes.forget()
    barrier = threading.Barrier(4)

    def statements(turn: int) -> list[tuple[str, Any]]:
        barrier.wait()
        return [
            written(revalued(question, other) if turn % 2 else question)
            for question in several
            if not isinstance(question.tail, Total)
        ]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(statements, range(4)))
    shapes.forget()
    barrier = threading.Barrier(1)
    for turn, found in enumerate(together):
        assert found == statements(turn)


def written(question: Question) -> tuple[str, Any]:
    """The SQL of a question and its parameters."""
    try:
        sql, params = queryset_for(question).query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    # What a driver wraps (a document of PostgreSQL) is not equal to another of the same.
    return sql, tuple(map(repr, params))
