"""Settings of airfields, the demo site: those of `nuages startproject`, save that it starts without a `.env` file."""

from pathlib import Path

from nuages.conf import env
from nuages.utils.csp import CSP
from nuages.utils.log import structured_logging

BASE_DIR = Path(__file__).resolve().parent.parent
env.read(BASE_DIR / ".env")

# A site of your own starts with DEBUG off. This one is here to be looked at on your own machine.
DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env("SECRET_KEY", default="for looking at the demo on one's own machine only" if DEBUG else "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

INSTALLED_APPS = [
    "atlas",
    "logbook",
    "pilots",
    "nuages.contrib.auth",
    "nuages.contrib.contenttypes",
    "nuages.contrib.sessions",
    "nuages.contrib.messages",
    "nuages.contrib.staticfiles",
]

MIDDLEWARE = [
    "nuages.middleware.security.SecurityMiddleware",
    "nuages.middleware.csp.ContentSecurityPolicyMiddleware",
    "nuages.contrib.sessions.middleware.SessionMiddleware",
    "nuages.middleware.common.CommonMiddleware",
    "nuages.middleware.csrf.CsrfViewMiddleware",
    "nuages.contrib.auth.middleware.AuthenticationMiddleware",
    "nuages.contrib.messages.middleware.MessageMiddleware",
    "nuages.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "airfields.urls"
WSGI_APPLICATION = "airfields.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "nuages.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "nuages.template.context_processors.request",
                "nuages.contrib.auth.context_processors.auth",
                "nuages.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database("DATABASE_URL", default=BASE_DIR / "db.sqlite3")}
FETCH_PEERS = True
VALIDATE_ON_SAVE = True

PASSWORD_HASHERS = [
    "nuages.contrib.auth.hashers.Argon2PasswordHasher",
    "nuages.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"nuages.contrib.auth.password_validation.{name}Validator"}
    for name in ("UserAttributeSimilarity", "MinimumLength", "CommonPassword", "NumericPassword")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "profile"
LOGOUT_REDIRECT_URL = "home"

SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SECURE_HSTS_SECONDS = 0 if DEBUG else env.int("HSTS_SECONDS", default=3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.bool("HSTS_SUBDOMAINS", default=False)
if env.bool("PROXY_SSL_HEADER", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The pages hold no script and no inline style at all.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.NONE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "nuages.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": f"nuages.contrib.staticfiles.storage.{'' if DEBUG else 'Manifest'}StaticFilesStorage"
    },
}

LOGGING = {} if DEBUG else structured_logging(env("LOG_LEVEL", default="INFO"))
