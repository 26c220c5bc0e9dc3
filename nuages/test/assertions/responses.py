"""What a response holds and where it leads."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from nuages.conf import settings
from nuages.http import QueryDict
from nuages.spine import call
from nuages.test.assertions.documents import DocumentAssertions
from nuages.test.html import HTMLParseError, parse_html

__unittest = True


class ResponseAssertions(DocumentAssertions):
    """`assertContains`, `assertNotContains`, `assertRedirects`."""

    def assertContains(
        self,
        response: Any,
        text: Any,
        count: int | None = None,
        status_code: int = 200,
        msg_prefix: str = "",
        html: bool = False,
    ) -> None:
        """Check the status, and that the content has `text` (`count` times, if given)."""
        shown, found, prefix, content = self._search(response, text, status_code, msg_prefix, html)
        if count is not None:
            self.assertEqual(
                found,
                count,
                f"{prefix}Found {found} instances of {shown} (expected {count}) in the following response\n{content!r}",
            )
        else:
            self.assertTrue(
                found != 0, f"{prefix}Couldn't find {shown} in the following response\n{content!r}"
            )

    def assertNotContains(
        self, response: Any, text: Any, status_code: int = 200, msg_prefix: str = "", html: bool = False
    ) -> None:
        """Check the status, and that the content does not have `text`."""
        shown, found, prefix, content = self._search(response, text, status_code, msg_prefix, html)
        self.assertEqual(
            found, 0, f"{prefix}{shown} unexpectedly found in the following response\n{content!r}"
        )

    def _search(
        self, response: Any, text: Any, status_code: int, msg_prefix: str, html: bool
    ) -> tuple[str, int, str, Any]:
        # A lazily rendered template response has no content yet.
        if hasattr(response, "render") and callable(response.render) and not response.is_rendered:
            response.render()
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        self.assertEqual(
            response.status_code,
            status_code,
            f"{prefix}Couldn't retrieve content: Response code was {response.status_code} (expected {status_code})",
        )
        content = raw = response.getvalue() if response.streaming else response.content
        if response.streaming:
            # What was streamed is gone; the next assertion is to find it too.
            response.streaming_content = [raw]
        if isinstance(text, bytes) and not html:
            shown, wanted = repr(text), text
        else:
            text = text.decode() if isinstance(text, bytes) else str(text)
            content = content.decode(response.charset)
            shown, wanted = repr(text), text
        if html:
            return (
                shown,
                self._parse(content, "Response's content is not valid HTML:").count(
                    self._parse(wanted, "Second argument is not valid HTML:")
                ),
                prefix,
                raw,
            )
        return shown, content.count(wanted), prefix, raw

    def _parse(self, text: Any, complaint: str) -> Any:
        try:
            return parse_html(text)
        except HTMLParseError as error:
            self.fail(self._formatMessage(None, f"{complaint}\n{error}"))

    def assertRedirects(
        self,
        response: Any,
        expected_url: Any,
        status_code: int = 302,
        target_status_code: int = 200,
        msg_prefix: str = "",
        fetch_redirect_response: bool = True,
    ) -> None:
        """Check that the response redirects to `expected_url`, and that this page answers `target_status_code`.

        With a response that was followed, the last redirect and the final status count.
        """
        prefix = f"{msg_prefix}: " if msg_prefix else ""
        if hasattr(response, "redirect_chain"):
            url = self._followed(response, status_code, target_status_code, prefix)
        else:
            url = self._not_followed(
                response, status_code, target_status_code, prefix, fetch_redirect_response
            )
        self.assertURLEqual(
            url, expected_url, f"{prefix}Response redirected to '{url}', expected '{expected_url}'"
        )

    def _followed(self, response: Any, status_code: int, target_status_code: int, prefix: str) -> str:
        self.assertTrue(
            response.redirect_chain,
            f"{prefix}Response didn't redirect as expected: Response code was {response.status_code} "
            f"(expected {status_code})",
        )
        self.assertEqual(
            response.redirect_chain[0][1],
            status_code,
            f"{prefix}Initial response didn't redirect as expected: Response code was "
            f"{response.redirect_chain[0][1]} (expected {status_code})",
        )
        self.assertEqual(
            response.status_code,
            target_status_code,
            f"{prefix}Response didn't redirect as expected: Final Response code was {response.status_code} "
            f"(expected {target_status_code})",
        )
        return response.redirect_chain[-1][0]

    def _not_followed(
        self, response: Any, status_code: int, target_status_code: int, prefix: str, fetch: bool
    ) -> str:
        self.assertEqual(
            response.status_code,
            status_code,
            f"{prefix}Response didn't redirect as expected: Response code was {response.status_code} "
            f"(expected {status_code})",
        )
        url = response.url
        scheme, netloc, path, query, _ = urlsplit(url)
        if not path.startswith("/"):
            url = urljoin(response.request["PATH_INFO"], url)
            path = urljoin(response.request["PATH_INFO"], path)
        if not fetch:
            return url
        domain = netloc.partition(":")[0]
        if domain and domain not in {"testserver", *settings.ALLOWED_HOSTS}:
            raise ValueError(
                f"The test client is unable to fetch remote URLs (got {url}). If the host is served by Django, add "
                f"'{domain}' to ALLOWED_HOSTS. Otherwise, use assertRedirects(..., fetch_redirect_response=False)."
            )
        extra = dict(response.client.extra or {}) if hasattr(response.client, "extra") else {}
        target = call(
            response.client.get,
            unquote(path),
            QueryDict(query),
            secure=scheme == "https",
            headers=response.client.headers if hasattr(response.client, "headers") else None,
            **extra,
        )
        self.assertEqual(
            target.status_code,
            target_status_code,
            f"{prefix}Couldn't retrieve redirection page '{path}': response code was {target.status_code} "
            f"(expected {target_status_code})",
        )
        return url
