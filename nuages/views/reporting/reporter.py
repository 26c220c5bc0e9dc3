"""`ExceptionReporter`: an exception, its frames and its request as a page or as text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from pprint import pformat
from types import TracebackType
from typing import Any

from nuages.conf import settings
from nuages.core.signals import setting_changed
from nuages.template import Context, Engine, Template, TemplateDoesNotExist, TemplateSyntaxError
from nuages.urls import resolve
from nuages.utils import timezone
from nuages.utils.encoding import force_str
from nuages.utils.html import escape
from nuages.utils.module_loading import import_string
from nuages.utils.safestring import mark_safe
from nuages.utils.version import get_version
from nuages.views.reporting.frames import (
    NO_SOURCE,
    cause_of,
    chain_of,
    is_ours,
    read_source,
    steps,
    underline,
)

TEMPLATES = Path(__file__).parent.parent / "templates"

# A variable longer than this is cut: a report must fit into a mail, and into memory.
_LONGEST_VALUE = 4096


@lru_cache(maxsize=16)
def compiled(source: str) -> Template:
    """Return a template of an engine of the reports' own: the project's may be what failed."""
    return Engine(debug=True, libraries={"i18n": "nuages.templatetags.i18n"}).from_string(source)


def shown(value: Any) -> str:
    """Return a value as it is shown among variables, whatever its `repr` does."""
    try:
        text = pformat(value)
    except Exception as error:
        try:
            text = f"Error in formatting: {type(error).__name__}: {error}"
        except Exception:
            text = "Error in formatting"
    text = str(text)
    if len(text) > _LONGEST_VALUE:
        text = f"{text[:_LONGEST_VALUE]}… <trimmed {len(text)} bytes string>"
    return text


class ExceptionReporter:
    """Writes reports. Subclass it to change what `get_traceback_data()` returns or which templates are used."""

    def __init__(
        self,
        request: Any,
        exc_type: type[BaseException] | None,
        exc_value: Any,
        tb: TracebackType | None,
        is_email: bool = False,
    ) -> None:
        self.request = request
        self.filter = get_exception_reporter_filter(request)
        self.exc_type = exc_type
        self.exc_value = exc_value
        self.tb = tb
        self.is_email = is_email
        self.template_info = getattr(exc_value, "template_debug", None)
        if self.template_info is not None:
            self.template_info = {**self.template_info, "message": plain(self.template_info["message"])}
        self.template_does_not_exist = False
        self.postmortem: Any = None

    @property
    def html_template_path(self) -> Path:
        """The template of the page."""
        return TEMPLATES / "technical_500.html"

    @property
    def text_template_path(self) -> Path:
        """The template of the text."""
        return TEMPLATES / "technical_500.txt"

    # -- what is reported

    def get_traceback_data(self) -> dict[str, Any]:
        """Return what the templates show."""
        if self.exc_type and issubclass(self.exc_type, TemplateDoesNotExist):
            self.template_does_not_exist = True
            self.postmortem = getattr(self.exc_value, "chain", None) or [self.exc_value]
        frames = self.get_traceback_frames()
        for frame in frames:
            if "vars" in frame:
                frame["vars"] = [
                    (name, shown(value)) for name, value in sorted(frame["vars"], key=itemgetter(0))
                ]
            frame["exc_cause_text"] = _text_of(frame["exc_cause"])
        data: dict[str, Any] = {
            "is_email": self.is_email,
            "unicode_hint": self._unicode_hint(),
            "frames": frames,
            "lastframe": frames[-1] if frames else None,
            "traceback_text": self._traceback_text(frames, str),
            "traceback_text_html": mark_safe(self._traceback_text(frames, escape)),
            "request": self.request,
            "settings": self.filter.get_safe_settings(),
            "sys_executable": sys.executable,
            "sys_version_info": ".".join(map(str, sys.version_info[:3])),
            "sys_path": sys.path,
            "server_time": timezone.now(),
            "django_version_info": get_version(),
            "template_info": self.template_info,
            "template_does_not_exist": self.template_does_not_exist,
            "postmortem": self.postmortem,
        }
        if self.request is not None:
            data.update(self._about_request())
        if self.exc_type is not None:
            data["exception_type"] = self.exc_type.__name__
        if self.exc_value is not None:
            # The notes of a template's error name the template.
            is_of_template = isinstance(self.exc_value, TemplateSyntaxError)
            data["exception_value"] = _text_of(self.exc_value.message if is_of_template else self.exc_value)
            notes = getattr(self.exc_value, "__notes__", None)
            if notes:
                data["exception_notes"] = "\n" + "\n".join(plain(note) for note in notes)
        return data

    def _about_request(self) -> dict[str, Any]:
        request = self.request
        try:
            user = None if getattr(request, "user", None) is None else plain(request.user)
        except Exception:
            # The user may be in the database that has just failed.
            user = "[unable to retrieve the current user]"
        try:
            view = resolve(request.path)._func_path
        except Exception:
            view = None
        tables = {
            "filtered_POST_items": _items(self.filter.get_post_parameters(request)),
            "request_GET_items": _items(request.GET),
            "request_FILES_items": _items(request.FILES),
            "request_COOKIES_items": _items(self.filter.get_safe_cookies(request)),
        }
        return {
            "user_str": user,
            **tables,
            "request_tables": [
                ("GET", tables["request_GET_items"], "No GET data"),
                ("POST", tables["filtered_POST_items"], "No POST data"),
                ("FILES", tables["request_FILES_items"], "No FILES data"),
                ("COOKIES", tables["request_COOKIES_items"], "No cookie data"),
            ],
            "request_meta": self.filter.get_safe_request_meta(request),
            "request_insecure_uri": self._get_raw_insecure_uri(),
            "raising_view_name": view,
        }

    def _get_raw_insecure_uri(self) -> str:
        """Return the address as it was asked for, also of a host that is not allowed: only to be shown."""
        return f"{self.request.scheme}://{self.request._get_raw_host()}{self.request.get_full_path()}"

    def _unicode_hint(self) -> str | None:
        if not self.exc_type or not issubclass(self.exc_type, UnicodeError):
            return None
        start, end = getattr(self.exc_value, "start", None), getattr(self.exc_value, "end", None)
        if start is None or end is None:
            return None
        text = self.exc_value.args[1]
        return force_str(text[max(start - 5, 0) : min(end + 5, len(text))], "ascii", errors="replace")

    # -- frames

    def get_traceback_frames(self) -> list[dict[str, Any]]:
        """Return the frames, those of the first exception of the chain first."""
        error = self.exc_value
        if error is None:
            return []
        if not isinstance(error, BaseException):
            # A message that somebody wanted reported.
            return self.get_exception_traceback_frames(None, self.tb)
        frames: list[dict[str, Any]] = []
        for link in chain_of(error):
            # The traceback that was given goes further up than the exception's own may.
            tb = self.tb if link is error else link.__traceback__
            frames += self.get_exception_traceback_frames(link, tb)
        return frames

    def get_exception_traceback_frames(
        self, exc_value: BaseException | None, tb: TracebackType | None
    ) -> list[dict[str, Any]]:
        """Return the frames of one exception."""
        origin: dict[str, Any] = {
            "exc_cause": cause_of(exc_value),
            "exc_cause_explicit": getattr(exc_value, "__cause__", None) is not None,
        }
        if tb is None:
            return [{**origin, "tb": None, "type": "user"}]
        return [{**origin, **self._frame(step)} for step in steps(tb)]

    def _frame(self, tb: TracebackType) -> dict[str, Any]:
        frame = tb.tb_frame
        filename, line_number = frame.f_code.co_filename, tb.tb_lineno
        module_name = frame.f_globals.get("__name__") or ""
        first, before, line, after = self._get_lines_from_file(
            filename, line_number - 1, 7, frame.f_globals.get("__loader__"), module_name
        )
        if first is None:
            first, before, line, after, mark = line_number - 1, [], NO_SOURCE, [], ""
        else:
            mark = underline(tb, line)
        return {
            "tb": tb,
            "type": "framework" if is_ours(module_name) else "user",
            "filename": filename,
            "function": frame.f_code.co_name,
            "lineno": line_number,
            "vars": self.filter.get_traceback_frame_variables(self.request, frame),
            "id": id(tb),
            "pre_context": before,
            "context_line": line,
            "post_context": after,
            "pre_context_lineno": first + 1,
            "mark": mark,
        }

    def _get_source(self, filename: str, loader: Any, module_name: str | None) -> list[str] | None:
        return read_source(filename, loader, module_name)

    def _get_lines_from_file(
        self,
        filename: str,
        lineno: int,
        context_lines: int,
        loader: Any = None,
        module_name: str | None = None,
    ) -> tuple[int | None, list[str], str, list[str]]:
        """Return (number of the first line, lines before, the line, lines after); counted from 0."""
        source = self._get_source(filename, loader, module_name)
        if source is None or lineno >= len(source) or lineno < 0:
            # No source, or not the one that was run.
            return None, [], "", []
        first = max(0, lineno - context_lines)
        return first, source[first:lineno], source[lineno], source[lineno + 1 : lineno + 1 + context_lines]

    def _traceback_text(self, frames: list[dict[str, Any]], write: Callable[[str], str]) -> str:
        """Return the traceback as Python prints it, with each piece of it passed through `write`."""
        lines = ["Traceback (most recent call last):"]
        last_cause: Any = None
        for number, frame in enumerate(frames):
            cause = frame["exc_cause"]
            if cause is not None and cause is not last_cause:
                how = (
                    f"The above exception ({write(_text_of(cause))}) was the direct cause of the following exception:"
                    if frame["exc_cause_explicit"]
                    else f"During handling of the above exception ({write(_text_of(cause))}), another exception occurred:"
                )
                lines += ["", how]
            last_cause = cause
            if frame["tb"] is None:
                lines.append("  Traceback: None" if number else "  None")
                continue
            where = write(frame["filename"]), frame["lineno"], write(frame["function"])
            lines.append('  File "{}", line {}, in {}'.format(*where))
            code = frame["context_line"]
            lines.append(f"    {write(code.strip())}")
            if frame["mark"]:
                indent = len(code) - len(code.lstrip())
                lines.append(f"    {frame['mark'][indent:]}")
        return "\n".join(lines)

    # -- reports

    def get_traceback_html(self) -> str:
        """Return the report as a page."""
        return self._rendered(self.html_template_path)

    def get_traceback_text(self) -> str:
        """Return the report as text."""
        return self._rendered(self.text_template_path)

    def _rendered(self, path: Path) -> str:
        with path.open(encoding="utf-8") as source:
            template = compiled(source.read())
        return template.render(
            Context(self.get_traceback_data(), use_l10n=False, autoescape=path.suffix != ".txt")
        )


def _items(data: Any) -> Iterable[tuple[Any, Any]]:
    # As a list: a template would take a key called "items" for the method.
    return [(name, shown(value)) for name, value in data.items()]


def plain(value: Any) -> str:
    """Return a text that is escaped like any other, also when it comes from one that is marked as safe."""
    return "".join((str(value),))


def _text_of(error: Any) -> str:
    try:
        return plain(error)
    except Exception as problem:
        return f"<unprintable {type(error).__name__}: {type(problem).__name__}>"


@cache
def get_default_exception_reporter_filter() -> Any:
    """Return the site's filter."""
    return import_string(settings.DEFAULT_EXCEPTION_REPORTER_FILTER)()


def _on_setting_changed(*, setting: str, **kwargs: Any) -> None:
    if setting == "DEFAULT_EXCEPTION_REPORTER_FILTER":
        get_default_exception_reporter_filter.cache_clear()


setting_changed.connect(_on_setting_changed, dispatch_uid="nuages.views.reporting")


def get_exception_reporter_filter(request: Any) -> Any:
    """Return the filter for a request: its own if it has one, else the site's."""
    return getattr(request, "exception_reporter_filter", None) or get_default_exception_reporter_filter()


def get_exception_reporter_class(request: Any) -> Any:
    """Return the reporter for a request: its own if it has one, else the site's."""
    return getattr(request, "exception_reporter_class", None) or import_string(
        settings.DEFAULT_EXCEPTION_REPORTER
    )
