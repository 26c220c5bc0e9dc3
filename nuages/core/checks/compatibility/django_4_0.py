"""What changed with Django 4.0."""

from __future__ import annotations

from typing import Any

from nuages.core.checks.messages import Error
from nuages.core.checks.registry import Tags, register


@register(Tags.compatibility)
def check_csrf_trusted_origins(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain about trusted origins without a scheme, as they were written before."""
    from nuages.conf import settings

    return [
        Error(
            "As of Django 4.0, the values in the CSRF_TRUSTED_ORIGINS setting must start with a scheme (usually http:// "
            f"or https://) but found {origin}. See the release notes for details.",
            id="4_0.E001",
        )
        for origin in settings.CSRF_TRUSTED_ORIGINS
        if "://" not in origin
    ]
