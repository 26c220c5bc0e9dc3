"""The hook for those who want to know which templates are rendered: the test client, debug toolbars.

Set `announce` to a function; it is called as `announce(template, context)` before each template is rendered,
parents and included templates too, with a context that shows what that template sees.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

announce: Callable[[Any, Any], None] | None = None


def notify(template: Any, context: Any, names: dict[str, Any] | None = None) -> None:
    """Announce a template; `names` are its variables where they are not in the context itself."""
    if announce is None:
        return
    if names is None:
        announce(template, context)
        return
    context.dicts.append(names)
    try:
        announce(template, context)
    finally:
        context.dicts.pop()
