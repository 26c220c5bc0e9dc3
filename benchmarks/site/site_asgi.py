"""The ASGI application."""

import os

import implementation  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
