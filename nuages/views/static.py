"""Files from a directory, while developing. In production the server sends them."""

from __future__ import annotations

import mimetypes
import posixpath
from pathlib import Path
from typing import Any

from nuages.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from nuages.template import Context, Engine, TemplateDoesNotExist, loader
from nuages.utils._os import safe_join
from nuages.utils.http import http_date, parse_http_date
from nuages.utils.translation import gettext as _


def builtin_template_path(name: str) -> Path:
    """Return where a template lies that is read without any engine of the project's."""
    return Path(__file__).parent / "templates" / name


def serve(
    request: HttpRequest, path: str, document_root: Any = None, show_indexes: bool = False
) -> HttpResponseBase:
    """Serve a file below `document_root`; of a directory its list, with `show_indexes`."""
    path = posixpath.normpath(path).lstrip("/")
    found = Path(safe_join(document_root, path))
    if found.is_dir():
        if not show_indexes:
            raise Http404(_("Directory indexes are not allowed here."))
        return directory_index(path, found)
    if not found.exists():
        raise Http404(_("“%(path)s” does not exist") % {"path": found})
    changed = found.stat().st_mtime
    if not was_modified_since(request.META.get("HTTP_IF_MODIFIED_SINCE"), changed):
        return HttpResponseNotModified()
    content_type, encoding = mimetypes.guess_type(str(found))
    response = FileResponse(found.open("rb"), content_type=content_type or "application/octet-stream")
    response.headers["Last-Modified"] = http_date(changed)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def directory_index(path: str, fullpath: Path) -> HttpResponse:
    """Return the list of a directory, by the template `static/directory_index.html` if there is one."""
    names = []
    for entry in sorted(fullpath.iterdir()):
        if not entry.name.startswith("."):
            names.append(entry.name + ("/" if entry.is_dir() else ""))
    context: dict[str, Any] = {"directory": f"{path}/", "file_list": names}
    try:
        template: Any = loader.select_template(["static/directory_index.html", "static/directory_index"])
    except TemplateDoesNotExist:
        with builtin_template_path("directory_index.html").open(encoding="utf-8") as source:
            template = Engine(libraries={"i18n": "nuages.templatetags.i18n"}).from_string(source.read())
        context = Context(context)  # type: ignore[assignment]
    return HttpResponse(template.render(context))


def was_modified_since(header: str | None = None, mtime: float = 0) -> bool:
    """Say whether something changed at `mtime` is newer than an If-Modified-Since header says."""
    if header is None:
        return True
    try:
        return int(mtime) > parse_http_date(header)
    except (ValueError, OverflowError):
        return True
