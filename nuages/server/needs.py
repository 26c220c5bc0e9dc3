"""What settings must say before a site can be served; asked at the start, lest a visitor be the first to know."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from nuages.conf import settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import connections
from nuages.utils.module_loading import home_path, import_string, named_by


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


def require_middleware() -> None:
    """Raise an error that names the setting where middleware cannot be imported."""
    for path in settings.MIDDLEWARE:
        with named_by("MIDDLEWARE", path):
            import_string(path)


def require_backends() -> None:
    """Raise `ImproperlyConfigured` where the backend of a database, or its driver, is not there."""
    for alias in connections:
        try:
            _ = connections[alias]
        except ImproperlyConfigured as error:
            error.add_note(f"DATABASES[{alias!r}] is at fault.")
            raise


def missing_wsgi_module() -> str | None:
    """Return the module that WSGI_APPLICATION names and that is not there."""
    module = home_path(settings.WSGI_APPLICATION or "").rpartition(".")[0]
    try:
        return None if not module or find_spec(module) else module
    except ModuleNotFoundError:  # its package is not there either
        return module
