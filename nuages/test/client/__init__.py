"""The test client: requests that go straight to the handler, without a server."""

from nuages.test.client.asynchronous import AsyncClient, AsyncClientHandler, AsyncRequestFactory
from nuages.test.client.client import Client
from nuages.test.client.encoding import (
    BOUNDARY,
    MULTIPART_CONTENT,
    encode_file,
    encode_multipart,
)
from nuages.test.client.factory import CONTENT_TYPE_RE, JSON_CONTENT_TYPE_RE, RequestFactory
from nuages.test.client.handler import (
    ClientHandler,
    conditional_content_removal,
    store_rendered_templates,
)
from nuages.test.client.payload import FakePayload
from nuages.test.client.redirects import MAX_URL_REDIRECT_LENGTH, RedirectCycleError

__all__ = [
    "BOUNDARY",
    "CONTENT_TYPE_RE",
    "JSON_CONTENT_TYPE_RE",
    "MAX_URL_REDIRECT_LENGTH",
    "MULTIPART_CONTENT",
    "AsyncClient",
    "AsyncClientHandler",
    "AsyncRequestFactory",
    "Client",
    "ClientHandler",
    "FakePayload",
    "RedirectCycleError",
    "RequestFactory",
    "conditional_content_removal",
    "encode_file",
    "encode_multipart",
    "store_rendered_templates",
]
