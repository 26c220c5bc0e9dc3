"""The assertions of the test cases, one file per subject."""

from nuages.test.assertions.documents import DocumentAssertions
from nuages.test.assertions.forms import FormAssertions
from nuages.test.assertions.querying import QueryAssertions
from nuages.test.assertions.raising import RaisingAssertions
from nuages.test.assertions.responses import ResponseAssertions
from nuages.test.assertions.templates import TemplateAssertions

__all__ = [
    "DocumentAssertions",
    "FormAssertions",
    "QueryAssertions",
    "RaisingAssertions",
    "ResponseAssertions",
    "TemplateAssertions",
]
