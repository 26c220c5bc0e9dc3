"""The default of every documented setting; specified in ref/settings.

Grouped by what they are about. The last group is nuages' own: its defaults are Django's behaviour, and what
`startproject` writes turns them on.
"""

from __future__ import annotations

from typing import Any

from nuages.conf import languages

_MEGABYTE = 1024 * 1024
_DAY = 24 * 60 * 60

# --- the project ---

DEBUG = False
DEBUG_PROPAGATE_EXCEPTIONS = False
SECRET_KEY = ""
SECRET_KEY_FALLBACKS: list[str] = []
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
WSGI_APPLICATION = None
SILENCED_SYSTEM_CHECKS: list[str] = []
TEST_RUNNER = "django.test.runner.DiscoverRunner"
TEST_NON_SERIALIZED_APPS: list[str] = []

# --- requests and addresses ---

ABSOLUTE_URL_OVERRIDES: dict[str, Any] = {}
ALLOWED_HOSTS: list[str] = []
APPEND_SLASH = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * _MEGABYTE // 2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 100
DEFAULT_CHARSET = "utf-8"
DISALLOWED_USER_AGENTS: list[Any] = []
FORCE_SCRIPT_NAME = None
IGNORABLE_404_URLS: list[Any] = []
INTERNAL_IPS: list[str] = []
PREPEND_WWW = False
USE_X_FORWARDED_HOST = False
USE_X_FORWARDED_PORT = False
X_FRAME_OPTIONS = "DENY"

# --- security ---

CSRF_COOKIE_AGE = 52 * 7 * _DAY
CSRF_COOKIE_DOMAIN = None
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_NAME = "csrftoken"
CSRF_COOKIE_PATH = "/"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = False
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"
CSRF_TRUSTED_ORIGINS: list[str] = []
CSRF_USE_SESSIONS = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CSP: dict[str, Any] = {}
SECURE_CSP_REPORT_ONLY: dict[str, Any] = {}
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_HSTS_PRELOAD = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None
SECURE_REDIRECT_EXEMPT: list[str] = []
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_HOST = None
SECURE_SSL_REDIRECT = False

SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
SIGNING_BACKEND = "django.core.signing.TimestampSigner"

# --- users and sessions ---

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = []
AUTH_USER_MODEL = "auth.User"
LOGIN_REDIRECT_URL = "/accounts/profile/"
LOGIN_URL = "/accounts/login/"
LOGOUT_REDIRECT_URL = None
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}PasswordHasher"
    for name in ("PBKDF2", "PBKDF2SHA1", "Argon2", "BCryptSHA256", "Scrypt")
]
PASSWORD_RESET_TIMEOUT = 3 * _DAY

SESSION_CACHE_ALIAS = "default"
SESSION_COOKIE_AGE = 14 * _DAY
SESSION_COOKIE_DOMAIN = None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_PATH = "/"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = False
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = False
SESSION_FILE_PATH = None
SESSION_SAVE_EVERY_REQUEST = False
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"

MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"

# --- data ---

DATABASES: dict[str, dict[str, Any]] = {}
DATABASE_ROUTERS: list[Any] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_INDEX_TABLESPACE = ""
DEFAULT_TABLESPACE = ""
FIXTURE_DIRS: list[Any] = []
MIGRATION_MODULES: dict[str, Any] = {}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CACHE_MIDDLEWARE_ALIAS = "default"
CACHE_MIDDLEWARE_KEY_PREFIX = ""
CACHE_MIDDLEWARE_SECONDS = 600

TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

# --- files ---

FILE_UPLOAD_DIRECTORY_PERMISSIONS = None
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * _MEGABYTE // 2
FILE_UPLOAD_PERMISSIONS = 0o644
FILE_UPLOAD_TEMP_DIR = None
MEDIA_ROOT = ""
MEDIA_URL = ""
STATICFILES_DIRS: list[Any] = []
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STATIC_ROOT = None
STATIC_URL = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- mail ---

ADMINS: list[Any] = []
MANAGERS: list[Any] = []
DEFAULT_FROM_EMAIL = "webmaster@localhost"
SERVER_EMAIL = "root@localhost"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = "localhost"
EMAIL_HOST_PASSWORD = ""
EMAIL_HOST_USER = ""
EMAIL_PORT = 25
EMAIL_SSL_CERTFILE = None
EMAIL_SSL_KEYFILE = None
EMAIL_SUBJECT_PREFIX = "[Django] "
EMAIL_TIMEOUT = None
EMAIL_USE_LOCALTIME = False
EMAIL_USE_SSL = False
EMAIL_USE_TLS = False

# --- logging and errors ---

DEFAULT_EXCEPTION_REPORTER = "django.views.debug.ExceptionReporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
LOGGING: dict[str, Any] = {}
LOGGING_CONFIG = "logging.config.dictConfig"

# --- pages ---

FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
TEMPLATES: list[dict[str, Any]] = []
# Where compiled templates are kept: True for the user's own cache folder, a path, or False for nowhere.
TEMPLATE_CODE_CACHE: Any = True
URLIZE_ASSUME_HTTPS = False
USE_BLANK_CHOICE_DASH = False

# --- languages, formats and time zones ---

LANGUAGES = list(languages.OFFERED)
LANGUAGES_BIDI = list(languages.RIGHT_TO_LEFT)
LANGUAGE_CODE = "en-us"
LANGUAGE_COOKIE_AGE = None
LANGUAGE_COOKIE_DOMAIN = None
LANGUAGE_COOKIE_HTTPONLY = False
LANGUAGE_COOKIE_NAME = "django_language"
LANGUAGE_COOKIE_PATH = "/"
LANGUAGE_COOKIE_SAMESITE = None
LANGUAGE_COOKIE_SECURE = False
LOCALE_PATHS: list[Any] = []
TIME_ZONE = "America/Chicago"
USE_I18N = True
USE_TZ = True

DATETIME_FORMAT = "N j, Y, P"
DATE_FORMAT = "N j, Y"
MONTH_DAY_FORMAT = "F j"
SHORT_DATETIME_FORMAT = "m/d/Y P"
SHORT_DATE_FORMAT = "m/d/Y"
TIME_FORMAT = "P"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 0
FORMAT_MODULE_PATH = None

TIME_INPUT_FORMATS = ["%H:%M:%S", "%H:%M:%S.%f", "%H:%M"]
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y"] + [
    order
    for month in ("%b", "%B")
    for order in (f"{month} %d %Y", f"{month} %d, %Y", f"%d {month} %Y", f"%d {month}, %Y")
]
DATETIME_INPUT_FORMATS = [
    f"{day} {moment}" for day in DATE_INPUT_FORMATS[:3] for moment in TIME_INPUT_FORMATS
]

DECIMAL_SEPARATOR = "."
NUMBER_GROUPING = 0
THOUSAND_SEPARATOR = ","
USE_THOUSAND_SEPARATOR = False

# --- nuages' own ---

# Reading a relation of one object loads it for all that were fetched with it.
FETCH_PEERS = False
# save(), create() and bulk_create() refuse data that does not validate.
VALIDATE_ON_SAVE = False
# Seconds that plain code may hold the event loop before the guard logs where; None turns the guard off.
LOOP_GUARD_THRESHOLD = 0.05
# Queries that take the database longer than so many seconds are logged; None for none.
SLOW_QUERY_SECONDS = None
