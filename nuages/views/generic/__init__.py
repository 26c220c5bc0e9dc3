"""Class-based views for what most sites do: show an object, list them, edit them, archive them by date.

The views that need forms and models are imported when they are asked for: `View` alone should not load them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .base import RedirectView, TemplateView, View

if TYPE_CHECKING:
    from .dates import (
        ArchiveIndexView,
        DateDetailView,
        DayArchiveView,
        MonthArchiveView,
        TodayArchiveView,
        WeekArchiveView,
        YearArchiveView,
    )
    from .detail import DetailView
    from .edit import CreateView, DeleteView, FormView, UpdateView
    from .list import ListView

__all__ = [
    "ArchiveIndexView",
    "CreateView",
    "DateDetailView",
    "DayArchiveView",
    "DeleteView",
    "DetailView",
    "FormView",
    "GenericViewError",
    "ListView",
    "MonthArchiveView",
    "RedirectView",
    "TemplateView",
    "TodayArchiveView",
    "UpdateView",
    "View",
    "WeekArchiveView",
    "YearArchiveView",
]

_MODULE_OF = {
    "DetailView": "detail",
    "ListView": "list",
    **dict.fromkeys(("CreateView", "DeleteView", "FormView", "UpdateView"), "edit"),
    **dict.fromkeys((name for name in __all__ if "Archive" in name or name.startswith("Date")), "dates"),
}


class GenericViewError(Exception):
    """A problem in a generic view."""


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    view = globals()[name] = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    return view
