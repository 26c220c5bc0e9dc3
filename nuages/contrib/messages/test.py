"""`MessagesTestMixin`: an assertion on a response's messages."""

from __future__ import annotations

from typing import Any

from nuages.contrib.messages import get_messages

#: Failures are shown where an assertion is called, not in here.
__unittest = True


class MessagesTestMixin:
    """For test cases."""

    def assertMessages(self, response: Any, expected_messages: Any, *, ordered: bool = True) -> None:
        """Check that the request left these messages, in this order unless told otherwise."""
        request = response.wsgi_request if hasattr(response, "wsgi_request") else response.asgi_request
        compare = self.assertEqual if ordered else self.assertCountEqual  # type: ignore[attr-defined]
        compare(list(get_messages(request)), expected_messages)
