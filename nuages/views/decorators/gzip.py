"""Compression of single views."""

from __future__ import annotations

from nuages.middleware.gzip import GZipMiddleware
from nuages.utils.decorators import decorator_from_middleware

gzip_page = decorator_from_middleware(GZipMiddleware)
gzip_page.__doc__ = "Compress what a view answers, if the client can unpack it."
