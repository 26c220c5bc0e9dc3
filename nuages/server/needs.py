"""What settings must say before a site can be served; asked at the start, lest a visitor be the first to know."""

from __future__ import annotations

from importlib import import_module

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.module_loading import named_by


def require_urlconf() -> None:
    """Raise an error where settings do not say which addresses the site has, or name a module that is not there."""
    urlconf = getattr(settings, "ROOT_URLCONF", None)
    if not urlconf:
        raise ImproperlyConfigured(
            "The ROOT_URLCONF setting is missing: it names the module with the site's addresses, as in 'mysite.urls'."
        )
    if isinstance(urlconf, str):
        with named_by("ROOT_URLCONF", urlconf):
            import_module(urlconf)


def require_secret_key() -> None:
    """Raise `ImproperlyConfigured` where sessions and signed values would have no secret."""
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured as error:
        error.add_note(
            "Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'. Every process of the site needs the "
            "same, and nobody else may know it."
        )
        raise
