"""Short ways to say what views say often (topics/http/shortcuts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from nuages.spine import twin
from nuages.template import loader
from nuages.urls import NoReverseMatch, reverse
from nuages.utils.functional import Promise
from nuages.utils.http import MAX_URL_REDIRECT_LENGTH

if TYPE_CHECKING:
    from typing import TypeAlias, TypeVar

    from nuages.db.models import Manager, Model, QuerySet

    Row = TypeVar("Row", bound=Model)
    #: What is looked through.
    Source: TypeAlias = type[Row] | Manager[Row] | QuerySet[Any, Row]

__all__ = [
    "aget_list_or_404",
    "aget_object_or_404",
    "get_list_or_404",
    "get_object_or_404",
    "redirect",
    "render",
    "resolve_url",
]


def render(
    request: HttpRequest,
    template_name: Any,
    context: dict[str, Any] | None = None,
    content_type: str | None = None,
    status: int | None = None,
    using: str | None = None,
) -> HttpResponse:
    """Return a response with a template rendered."""
    content = loader.render_to_string(template_name, context, request, using=using)
    return HttpResponse(content, content_type, status)


def redirect(
    to: Any,
    *args: Any,
    permanent: bool = False,
    preserve_request: bool = False,
    max_length: int | None = MAX_URL_REDIRECT_LENGTH,
    **kwargs: Any,
) -> HttpResponseRedirect | HttpResponsePermanentRedirect:
    """Return a redirect to a URL, a view (by name, with its arguments) or an object with `get_absolute_url()`."""
    kind = HttpResponsePermanentRedirect if permanent else HttpResponseRedirect
    return kind(resolve_url(to, *args, **kwargs), preserve_request=preserve_request, max_length=max_length)


def resolve_url(to: Any, *args: Any, **kwargs: Any) -> str:
    """Return the URL of an object, a view or its name; a URL as it is."""
    absolute = getattr(to, "get_absolute_url", None)
    if absolute is not None:
        return absolute()
    if isinstance(to, Promise):
        to = str(to)
    # Relative to the page, and nothing that a view could be called.
    if isinstance(to, str) and to.startswith(("./", "../")):
        return to
    # A text with a slash or a dot in it that names no route is a URL.
    may_be_url = isinstance(to, str) and any(mark in to for mark in "/.")
    try:
        return reverse(to, args=args, kwargs=kwargs)
    except NoReverseMatch:
        if not may_be_url:
            raise
        return to


def _get_queryset(klass: Any) -> Any:
    """The rows of a model; anything but a model as it is. Other packages know it by this name."""
    manager = getattr(klass, "_default_manager", None)
    return klass if manager is None else manager.all()


def _queryset(klass: Any, caller: str) -> Any:
    queryset = _get_queryset(klass)
    if not hasattr(queryset, "get") or not hasattr(queryset, "filter"):
        name = klass.__name__ if isinstance(klass, type) else type(klass).__name__
        raise ValueError(f"First argument to {caller}() must be a Model, Manager, or QuerySet, not '{name}'.")
    return queryset


def _one(caller: str, klass: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    queryset = _queryset(klass, caller)
    try:
        return queryset.get(*args, **kwargs)
    except queryset.model.DoesNotExist as error:
        raise Http404(f"No {queryset.model._meta.object_name} matches the given query.") from error


def _some(caller: str, klass: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    queryset = _queryset(klass, caller)
    found = list(queryset.filter(*args, **kwargs))
    if not found:
        raise Http404(f"No {queryset.model._meta.object_name} matches the given query.")
    return found


_aone, _asome = twin(_one), twin(_some)


def get_object_or_404(klass: Source[Row], *args: Any, **kwargs: Any) -> Row:
    """Return the object that `get(*args, **kwargs)` gives; raise `Http404` where there is none."""
    return _one("get_object_or_404", klass, args, kwargs)


async def aget_object_or_404(klass: Source[Row], *args: Any, **kwargs: Any) -> Row:
    """See `get_object_or_404`."""
    return await _aone("aget_object_or_404", klass, args, kwargs)


def get_list_or_404(klass: Source[Row], *args: Any, **kwargs: Any) -> list[Row]:
    """Return the objects that `filter(*args, **kwargs)` gives; raise `Http404` where there are none."""
    return _some("get_list_or_404", klass, args, kwargs)


async def aget_list_or_404(klass: Source[Row], *args: Any, **kwargs: Any) -> list[Row]:
    """See `get_list_or_404`."""
    return await _asome("aget_list_or_404", klass, args, kwargs)
