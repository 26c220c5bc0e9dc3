"""The WSGI application."""

import os

import implementation  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
