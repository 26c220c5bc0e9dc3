"""Keys of template fragments."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import md5
from typing import Any

TEMPLATE_FRAGMENT_KEY_TEMPLATE = "template.cache.%s.%s"


def make_template_fragment_key(fragment_name: str, vary_on: Iterable[Any] | None = None) -> str:
    """Return the key under which `{% cache %}` keeps a fragment."""
    hasher = md5(usedforsecurity=False)
    for arg in vary_on or ():
        # With its length, so that ["a:b", "c"] and ["a", "b:c"] have different keys.
        text = str(arg).encode()
        hasher.update(b"%d:%s," % (len(text), text))
    return TEMPLATE_FRAGMENT_KEY_TEMPLATE % (fragment_name, hasher.hexdigest())
