"""From request to response: the folded chain of middleware, and the WSGI and ASGI entries."""
