"""The test runner under its documented path."""

from nuages.test.running.discover import DiscoverRunner
from nuages.test.running.ordering import (
    Shuffler,
    filter_tests_by_tags,
    iter_test_cases,
    partition_suite_by_case,
    reorder_test_bin,
    reorder_tests,
    shuffle_tests,
    test_match_tags,
)
from nuages.test.running.parallel import (
    ParallelTestSuite,
    RemoteTestResult,
    RemoteTestRunner,
    _init_worker,
    get_max_test_processes,
    is_pickable,
    parallel_type,
)
from nuages.test.running.results import DebugSQLTextTestResult, PDBDebugResult, QueryFormatter

__all__ = [
    "DebugSQLTextTestResult",
    "DiscoverRunner",
    "PDBDebugResult",
    "ParallelTestSuite",
    "QueryFormatter",
    "RemoteTestResult",
    "RemoteTestRunner",
    "Shuffler",
    "_init_worker",
    "filter_tests_by_tags",
    "get_max_test_processes",
    "is_pickable",
    "iter_test_cases",
    "parallel_type",
    "partition_suite_by_case",
    "reorder_test_bin",
    "reorder_tests",
    "shuffle_tests",
    "test_match_tags",
]
