"""Compression, padded at random against BREACH (ref/middleware, GZip middleware)."""

from __future__ import annotations

import re
from typing import Any

from nuages.http import HttpRequest
from nuages.utils.cache import patch_vary_headers
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.text import acompress_sequence, compress_sequence, compress_string

_GZIP = re.compile(r"\bgzip\b")
# Shorter content is not worth it.
_LEAST = 200


class GZipMiddleware(MiddlewareMixin):
    """Compresses what the client can unpack and what gets shorter by it."""

    max_random_bytes = 100

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Compress."""
        if not response.streaming and len(response.content) < _LEAST:
            return response
        if response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        if response.streaming:
            compress = acompress_sequence if response.is_async else compress_sequence
            response.streaming_content = compress(
                response.streaming_content, max_random_bytes=self.max_random_bytes
            )
            # The length is not known before all of it has been sent.
            del response.headers["Content-Length"]
        else:
            content = compress_string(response.content, max_random_bytes=self.max_random_bytes)
            if len(content) >= len(response.content):
                return response
            response.content = content
            response.headers["Content-Length"] = str(len(content))
        etag = response.get("ETag")
        if etag and etag.startswith('"'):
            # The bytes differ from those that the tag was made for; the meaning does not.
            response.headers["ETag"] = f"W/{etag}"
        response.headers["Content-Encoding"] = "gzip"
        return response
