"""The assertions of test cases as functions: `from pytest_django.asserts import assertContains`."""

from __future__ import annotations

from nuages.contrib.messages.test import MessagesTestMixin
from nuages.test import TestCase


class _Case(MessagesTestMixin, TestCase):
    """Has all assertions; none of its tests is run."""


_case = _Case()
__all__ = [name for name in dir(_case) if name.startswith("assert")]
globals().update({name: getattr(_case, name) for name in __all__})
