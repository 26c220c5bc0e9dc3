"""Servers from the standard library, for tests."""
