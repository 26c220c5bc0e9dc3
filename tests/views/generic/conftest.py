"""The library of the form tests serves the views as well."""

from __future__ import annotations

from tests.forms.conftest import library, library_tables

__all__ = ["library", "library_tables"]
