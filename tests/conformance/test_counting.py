"""How the tests of several labels in one process are counted."""

from __future__ import annotations

from conformance.__main__ import Row, read_record


def test_a_part_of_a_test_counts_for_the_test() -> None:
    record = (
        "passed\ta.tests.Case.test_one\n"
        "skipped\ta.tests.Case.test_parts (value=<File: x.y (1)>)\n"
        "failed\ta.tests.Case.test_parts (value='b')\n"
        "passed\ta.tests.Case.test_parts\n"
        "errors\tsetUpClass (b.tests.Case)\n"
        "errors\tunittest.loader._FailedTest.b.tests\n"
    )
    assert read_record(["a", "b"], {"a": 2, "b": 3}, record) == [
        Row("a", 2, passed=1, failed=1),
        Row("b", 3, errors=2),
    ]
