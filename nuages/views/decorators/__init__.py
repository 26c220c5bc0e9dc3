"""Decorators for views of either colour (topics/http/decorators)."""
