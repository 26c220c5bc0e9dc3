"""Logging: the default configuration, handlers, filters and formatters; specified in ref/logging."""

from __future__ import annotations

import logging
import logging.config
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any

from nuages.utils.functional import cached_property
from nuages.utils.module_loading import SettingNote, import_string, named_by

request_logger = logging.getLogger("django.request")

DEFAULT_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "require_debug_false": {"()": "nuages.utils.log.RequireDebugFalse"},
        "require_debug_true": {"()": "nuages.utils.log.RequireDebugTrue"},
    },
    "formatters": {
        "django.server": {
            "()": "nuages.utils.log.ServerFormatter",
            "format": "[{server_time}] {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "level": "INFO", "filters": ["require_debug_true"]},
        "django.server": {"class": "logging.StreamHandler", "level": "INFO", "formatter": "django.server"},
        "mail_admins": {
            "class": "nuages.utils.log.AdminEmailHandler",
            "level": "ERROR",
            "filters": ["require_debug_false"],
        },
    },
    "loggers": {
        "django": {"handlers": ["console", "mail_admins"], "level": "INFO"},
        "nuages": {"handlers": ["console", "mail_admins"], "level": "INFO"},
        "django.server": {"handlers": ["django.server"], "level": "INFO", "propagate": False},
    },
}


def configure_logging(logging_config: Any, logging_settings: dict[str, Any]) -> None:
    """Configure logging by default, then as LOGGING says, through the function that LOGGING_CONFIG names."""
    if not logging_config:
        return
    logging.config.dictConfig(DEFAULT_LOGGING)
    if logging_settings:
        with named_by("LOGGING_CONFIG", logging_config):
            configure: Callable[[dict[str, Any]], None] = import_string(logging_config)
        try:
            configure(_at_home(logging_settings))
        except (ValueError, TypeError) as error:
            # The standard library keeps what exactly it did not understand in the cause.
            reason = f": {error.__cause__}" if error.__cause__ else ""
            error.add_note(SettingNote(f"LOGGING is not understood{reason}."))
            raise


def _at_home(config: Any) -> Any:
    """Return a logging configuration in which classes named under `django.` are ours, also without the alias."""
    from nuages.utils.module_loading import home_path

    if isinstance(config, dict):
        return {
            key: home_path(value) if key in ("()", "class") and isinstance(value, str) else _at_home(value)
            for key, value in config.items()
        }
    return config


class AdminEmailHandler(logging.Handler):
    """Mails log records to ADMINS, with the request and the traceback where there are any."""

    def __init__(
        self,
        include_html: bool = False,
        email_backend: str | None = None,
        reporter_class: str | None = None,
        *,
        using: str | None = None,
    ) -> None:
        super().__init__()
        if "connection" in dir(self):
            raise AttributeError(
                "The undocumented AdminEmailHandler.connection() method is no longer used. Set `using` to the "
                "alias of a mailer instead."
            )
        self.include_html = include_html
        self.using = using
        self.email_backend = email_backend
        if email_backend is not None:
            self._warn_about_email_backend()
        self._reporter_path = reporter_class

    @cached_property
    def reporter_class(self) -> Any:
        """What makes the report; imported with the first one, as debugging pages are not small."""
        from nuages.conf import settings

        return import_string(self._reporter_path or settings.DEFAULT_EXCEPTION_REPORTER)

    def _warn_about_email_backend(self) -> None:
        from nuages.conf import settings
        from nuages.core.exceptions import ImproperlyConfigured
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        if self.using is not None:
            raise ImproperlyConfigured("The 'email_backend' argument is not compatible with 'using'.")
        if hasattr(settings, "MAILERS"):
            raise ImproperlyConfigured(
                "The 'email_backend' argument is not valid when settings.MAILERS is defined."
            )
        warnings.warn(
            "The 'email_backend' argument is deprecated. Use 'using' instead.",
            RemovedInDjango2028Warning,
            stacklevel=3,
        )

    def emit(self, record: logging.LogRecord) -> None:
        from nuages.conf import settings
        from nuages.core import mail

        # Reports are costly to make; without anybody to read them there is no need.
        if not settings.ADMINS and type(self).send_mail is AdminEmailHandler.send_mail:
            return
        request = getattr(record, "request", None)
        where = ""
        if request is not None:
            internal = request.META.get("REMOTE_ADDR") in settings.INTERNAL_IPS
            where = f" ({'internal' if internal else 'EXTERNAL'} IP)"
        subject = self.format_subject(f"{record.levelname}{where}: {record.getMessage()}")
        # The traceback goes into the report, not into the line above it.
        bare = copy(record)
        bare.exc_info = None
        bare.exc_text = None
        exc_info: Any = record.exc_info or (None, record.getMessage(), None)
        reporter = self.reporter_class(request, *exc_info, is_email=True)
        message = f"{self.format(bare)}\n\n{reporter.get_traceback_text()}"
        html = reporter.get_traceback_html() if self.include_html else None
        try:
            self.send_mail(subject, message, html_message=html)
        except mail.MailerDoesNotExist:
            # Without `using`, a site that sends no mail has none to report by either.
            if self.using is not None:
                self.handleError(record)
        except Exception:
            if type(self).send_mail is AdminEmailHandler.send_mail:
                raise
            # Sent in a way of its own, which must not break the request that is reported.
            self.handleError(record)

    def send_mail(self, subject: str, message: str, *args: Any, **kwargs: Any) -> None:
        """Send the mail; override it to send it elsewhere."""
        from nuages.core import mail

        if self.email_backend is not None:
            kwargs.setdefault(
                "connection", mail.get_connection(backend=self.email_backend, fail_silently=True)
            )
        elif self.using is not None:
            # A mailer of the site's own, like the connection above, says itself whether it fails silently.
            kwargs.setdefault("using", self.using)
        else:
            kwargs.setdefault("fail_silently", True)
        mail.mail_admins(subject, message, *args, **kwargs)

    def format_subject(self, subject: str) -> str:
        """Return the subject on one line, as headers must be."""
        return subject.replace("\n", "\\n").replace("\r", "\\r")


class CallbackFilter(logging.Filter):
    """Lets records through for which a function returns true."""

    def __init__(self, callback: Callable[[logging.LogRecord], Any]) -> None:
        super().__init__()
        self.callback = callback

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(self.callback(record))


class RequireDebugFalse(logging.Filter):
    """Lets records through while DEBUG is off."""

    def filter(self, record: logging.LogRecord) -> bool:
        from nuages.conf import settings

        return not settings.DEBUG


class RequireDebugTrue(logging.Filter):
    """Lets records through while DEBUG is on."""

    def filter(self, record: logging.LogRecord) -> bool:
        from nuages.conf import settings

        return bool(settings.DEBUG)


class ServerFormatter(logging.Formatter):
    """Formats the development server's lines, coloured by status."""

    default_time_format = "%d/%b/%Y %H:%M:%S"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from nuages.core.management.color import color_style

        self.style = color_style()
        super().__init__(*args, **kwargs)

    def format(self, record: logging.LogRecord) -> str:
        status = getattr(record, "status_code", None)
        message = record.msg
        if status:
            message = getattr(self.style, _style_for(status))(message)
        if self.uses_server_time() and not hasattr(record, "server_time"):
            record.server_time = self.formatTime(record, self.datefmt)
        record.msg, plain = message, record.msg
        try:
            return super().format(record)
        finally:
            record.msg = plain

    def uses_server_time(self) -> bool:
        """Return whether the format shows the time."""
        return "{server_time}" in (self._fmt or "")


def _style_for(status: int) -> str:
    special = {304: "HTTP_NOT_MODIFIED", 404: "HTTP_NOT_FOUND"}
    classes = {
        1: "HTTP_INFO",
        2: "HTTP_SUCCESS",
        3: "HTTP_REDIRECT",
        4: "HTTP_BAD_REQUEST",
    }
    return special.get(status) or classes.get(status // 100, "HTTP_SERVER_ERROR")


def log_message(
    logger: logging.Logger,
    message: str,
    *args: Any,
    level: str | None = None,
    status_code: int | None = None,
    request: Any = None,
    exception: BaseException | None = None,
    **extra: Any,
) -> None:
    """Log a message on a request; without a level, by the status: errors from 500, warnings from 400."""
    if level is None:
        status = status_code or 0
        level = "error" if status >= 500 else "warning" if status >= 400 else "info"
    # What a client sent may hold anything; one record is to stay one line.
    escaped = tuple(arg.encode("unicode_escape").decode() if isinstance(arg, str) else arg for arg in args)
    getattr(logger, level)(
        message,
        *escaped,
        exc_info=exception,
        extra={"status_code": status_code, "request": request, **extra},
    )


def log_response(
    message: str,
    *args: Any,
    response: Any = None,
    request: Any = None,
    logger: logging.Logger = request_logger,
    level: str | None = None,
    exception: BaseException | None = None,
) -> None:
    """Log that a request went wrong, once for each response."""
    # Several layers may want to log the same response; the one that knows most comes first.
    status = response.status_code
    if not getattr(response, "_has_been_logged", False):
        response._has_been_logged = True
        log_message(
            logger, message, *args, request=request, status_code=status, level=level, exception=exception
        )


def with_advice(error: BaseException) -> str:
    """Return what an exception says and what its first note advises, as one line."""
    said = " ".join(str(error).split())
    notes = getattr(error, "__notes__", ())
    return f"{said.rstrip('.')}. {' '.join(notes[0].split())}" if notes else said


# What every record has, and what is written in a form of its own.
_NOT_EXTRA = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName", "request", "status_code"}


class JSONFormatter(logging.Formatter):
    """Formats records as lines of JSON, with what was passed as `extra`, for collectors of logs."""

    def format(self, record: logging.LogRecord) -> str:
        import json
        from datetime import UTC, datetime

        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        request = getattr(record, "request", None)
        if request is not None:
            line |= {"method": getattr(request, "method", None), "path": getattr(request, "path", None)}
        if (status := getattr(record, "status_code", None)) is not None:
            line["status"] = status
        line |= {name: value for name, value in record.__dict__.items() if name not in _NOT_EXTRA}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def structured_logging(level: str = "INFO") -> dict[str, Any]:
    """Return a value for LOGGING: everything from this level up as lines of JSON on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "nuages.utils.log.JSONFormatter"}},
        "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["json"], "level": level},
        "loggers": {"django.server": {"handlers": ["json"], "level": level, "propagate": False}},
    }
