"""The test cases under their documented path."""

from nuages.test.assertions.querying import _AssertNumQueriesContext
from nuages.test.cases.guarding import DatabaseOperationForbidden
from nuages.test.cases.guarding import Refusal as _DatabaseFailure
from nuages.test.cases.live import LiveServerTestCase, LiveServerThread, QuietWSGIRequestHandler
from nuages.test.cases.serialized import SerializeMixin
from nuages.test.cases.simple import SimpleTestCase
from nuages.test.cases.skipping import (
    CheckCondition,
    skipIfDBFeature,
    skipUnlessAnyDBFeature,
    skipUnlessDBFeature,
)
from nuages.test.cases.transactional import (
    TestCase,
    TestData,
    TransactionTestCase,
    connections_support_savepoints,
    connections_support_transactions,
)
from nuages.test.running.parallel import is_pickable

__all__ = [
    "CheckCondition",
    "DatabaseOperationForbidden",
    "LiveServerTestCase",
    "LiveServerThread",
    "QuietWSGIRequestHandler",
    "SerializeMixin",
    "SimpleTestCase",
    "TestCase",
    "TestData",
    "TransactionTestCase",
    "_AssertNumQueriesContext",
    "_DatabaseFailure",
    "connections_support_savepoints",
    "connections_support_transactions",
    "is_pickable",
    "skipIfDBFeature",
    "skipUnlessAnyDBFeature",
    "skipUnlessDBFeature",
]
