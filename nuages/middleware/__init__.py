"""The middleware that comes with the framework (ref/middleware)."""
