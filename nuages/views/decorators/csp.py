"""Content Security Policies for single views (ref/csp)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nuages.views.decorators.around import View, around


def _overriding(config: Any, attribute: str) -> Callable[[View], View]:
    if not isinstance(config, Mapping):
        raise TypeError("CSP config should be a mapping.")

    def after(request: Any, response: Any) -> None:
        setattr(response, attribute, config)

    return lambda view: around(view, after=after)


def csp_override(config: Mapping[str, Any]) -> Callable[[View], View]:
    """Use this policy in place of `SECURE_CSP`; an empty one for none."""
    return _overriding(config, "_csp_config")


def csp_report_only_override(config: Mapping[str, Any]) -> Callable[[View], View]:
    """Use this policy in place of `SECURE_CSP_REPORT_ONLY`; an empty one for none."""
    return _overriding(config, "_csp_ro_config")
