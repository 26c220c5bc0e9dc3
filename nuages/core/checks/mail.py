"""Checks of MAILERS."""

from __future__ import annotations

from typing import Any

from nuages.compat import spelled
from nuages.core.checks.messages import Error, Warning
from nuages.core.checks.registry import Tags, register
from nuages.utils.module_loading import home_path

# They show, keep or drop mail, but send none.
_FOR_DEVELOPMENT = frozenset(
    f"nuages.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "filebased", "locmem")
)


def _mailers() -> Any:
    from nuages.conf import settings

    return getattr(settings, "MAILERS", None)


@register(Tags.mail)
def check_mailers_default_alias(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Warn when MAILERS is there but has no `default`."""
    mailers = _mailers()
    if mailers is None or "default" in mailers:
        return []
    hint = "Add a 'default' entry to MAILERS"
    return [
        Warning(
            "Your MAILERS setting has no 'default' entry. Sending email without a valid mailer will fail.",
            hint=f"{hint}, or pass 'using' when sending email." if mailers else f"{hint}.",
            id="mail.W001",
        )
    ]


@register(Tags.mail, deploy=True)
def check_mailers_production_backend(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Complain when the default mailer of a deployed site sends nothing."""
    backend = ((_mailers() or {}).get("default") or {}).get("BACKEND", "")
    if home_path(backend) not in _FOR_DEVELOPMENT:
        return []
    return [
        Error(
            "Your MAILERS setting uses a development-only email backend in the 'default' entry "
            f"({spelled(home_path(backend))}).",
            hint="Use a production-ready email backend, such as the SMTP backend, otherwise email will not be sent.",
            id="mail.E001",
        )
    ]
