"""HTML, XML, JSON and URLs compared by what they mean."""

from __future__ import annotations

import difflib
import json
import unittest
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.parsers.expat import ExpatError

from nuages.test.comparing import compare_xml
from nuages.test.html import HTMLParseError, parse_html

__unittest = True


class DocumentAssertions(unittest.TestCase):
    """`assertHTMLEqual`, `assertInHTML`, `assertXMLEqual`, `assertJSONEqual`, `assertURLEqual` and their opposites."""

    def assertURLEqual(self, url1: Any, url2: Any, msg_prefix: str = "") -> None:
        """Check that two URLs are the same but for the order of query parameters (of one name: in order)."""
        if _normal_url(url1) != _normal_url(url2):
            prefix = f"{msg_prefix}: " if msg_prefix else ""
            self.fail(f"{prefix}Expected '{url1}' to equal '{url2}'.")

    def assertHTMLEqual(self, html1: str, html2: str, msg: str | None = None) -> None:
        """Check that two pieces of HTML mean the same."""
        one = _parsed(self, html1, msg, "First argument is not valid HTML:")
        two = _parsed(self, html2, msg, "Second argument is not valid HTML:")
        if one != two:
            self.fail(self._formatMessage(msg, _difference(f"{one!r} != {two!r}", str(one), str(two))))

    def assertHTMLNotEqual(self, html1: str, html2: str, msg: str | None = None) -> None:
        """Check that two pieces of HTML mean something different."""
        one = _parsed(self, html1, msg, "First argument is not valid HTML:")
        two = _parsed(self, html2, msg, "Second argument is not valid HTML:")
        if one == two:
            self.fail(self._formatMessage(msg, f"{one!r} == {two!r}"))

    def assertInHTML(
        self, needle: str, haystack: str, count: int | None = None, msg_prefix: str = ""
    ) -> None:
        """Check that `needle` stands in `haystack` (`count` times, if given)."""
        found = self._occurrences(needle, haystack)
        where = f"in the following response\n{haystack!r}"
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        if count is None:
            self.assertTrue(found != 0, f"{prefix}Couldn't find '{needle}' {where}")
        elif count:
            self.assertEqual(
                found, count, f"{prefix}Found {found} instances of '{needle}' (expected {count}) {where}"
            )
        else:
            self.assertEqual(found, count, f"{prefix}'{needle}' unexpectedly found {where}")

    def assertNotInHTML(self, needle: str, haystack: str, msg_prefix: str = "") -> None:
        """Check that `needle` does not stand in `haystack`."""
        self.assertInHTML(needle, haystack, count=0, msg_prefix=msg_prefix)

    def _occurrences(self, needle: str, haystack: str) -> int:
        wanted = _parsed(self, needle, None, "First argument is not valid HTML:")
        return _parsed(self, haystack, None, "Second argument is not valid HTML:").count(wanted)

    def assertXMLEqual(self, xml1: str, xml2: str, msg: str | None = None) -> None:
        """Check that two XML documents have the same elements."""
        if not self._same_xml(xml1, xml2, msg):
            self.fail(self._formatMessage(msg, _difference(f"{xml1!r} != {xml2!r}", xml1, xml2)))

    def assertXMLNotEqual(self, xml1: str, xml2: str, msg: str | None = None) -> None:
        """Check that two XML documents differ in their elements."""
        if self._same_xml(xml1, xml2, msg):
            self.fail(self._formatMessage(msg, f"{xml1!r} == {xml2!r}"))

    def _same_xml(self, xml1: str, xml2: str, msg: str | None) -> bool:
        try:
            return compare_xml(xml1, xml2)
        except ExpatError as error:
            self.fail(self._formatMessage(msg, f"First or second argument is not valid XML\n{error}"))

    def assertJSONEqual(self, raw: str | bytes, expected_data: Any, msg: str | None = None) -> None:
        """Check that `raw` is JSON for `expected_data` (data, or JSON text itself)."""
        self.assertEqual(*self._both_loaded(raw, expected_data), msg=msg)

    def assertJSONNotEqual(self, raw: str | bytes, expected_data: Any, msg: str | None = None) -> None:
        """Check that `raw` is JSON for something else."""
        self.assertNotEqual(*self._both_loaded(raw, expected_data), msg=msg)

    def _both_loaded(self, raw: str | bytes, expected: Any) -> tuple[Any, Any]:
        return self._loaded(raw, "First"), self._loaded(expected, "Second") if isinstance(
            expected, str
        ) else expected

    def _loaded(self, text: str | bytes, which: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            self.fail(f"{which} argument is not valid JSON: {text!r}")


def _normal_url(url: Any) -> str:
    # Parameters of one name keep their order: it may matter to who reads them.
    scheme, netloc, path, query, fragment = urlsplit(str(url))
    pairs = sorted(parse_qsl(query), key=lambda pair: pair[0])
    return urlunsplit((scheme, netloc, path, urlencode(pairs), fragment))


def _parsed(case: unittest.TestCase, html: str, msg: str | None, complaint: str) -> Any:
    try:
        return parse_html(str(html))
    except HTMLParseError as error:
        case.fail(case._formatMessage(msg, f"{complaint}\n{error}"))


def _difference(head: str, one: str, two: str) -> str:
    return head + "\n" + "\n".join(difflib.ndiff(one.splitlines(), two.splitlines()))
