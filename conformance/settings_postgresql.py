"""Settings of a conformance run on PostgreSQL: a server on loopback, or the one that PGHOST, PGPORT, PGUSER and PGPASSWORD name."""

from __future__ import annotations

import os

_SERVER = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "postgres",
    "HOST": os.environ.get("PGHOST", "127.0.0.1"),
    "PORT": os.environ.get("PGPORT", "5432"),
    "USER": os.environ.get("PGUSER", "postgres"),
    "PASSWORD": os.environ.get("PGPASSWORD", ""),
}
# Runs beside one another must not share databases.
_RUN = os.getpid()

DATABASES = {
    "default": {**_SERVER, "TEST": {"NAME": f"conformance_{_RUN}"}},
    "other": {**_SERVER, "TEST": {"NAME": f"conformance_other_{_RUN}"}},
}
SECRET_KEY = "conformance"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = False
