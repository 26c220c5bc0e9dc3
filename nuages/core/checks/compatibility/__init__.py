"""Checks of what other versions of Django did otherwise."""
