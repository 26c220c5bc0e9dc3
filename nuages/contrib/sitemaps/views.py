"""The views of sitemaps: a section or all of them, and the index of sections."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from nuages.contrib.sites.shortcuts import get_current_site
from nuages.core.paginator import EmptyPage, PageNotAnInteger
from nuages.http import Http404
from nuages.template.response import TemplateResponse
from nuages.urls import reverse
from nuages.utils import timezone
from nuages.utils.http import http_date


@dataclass
class SitemapIndexItem:
    """A sitemap in the index."""

    location: str
    last_mod: Any = None


def x_robots_tag(func: Callable[..., Any]) -> Callable[..., Any]:
    """Keep search engines from listing the sitemap itself as a page."""

    @wraps(func)
    def wrapped(request: Any, *args: Any, **kwargs: Any) -> Any:
        response = func(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, noodp, noarchive"
        return response

    return wrapped


def _moment(value: Any) -> datetime.datetime:
    """A date or datetime as a moment that can be compared with others."""
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time.min)
    return value if timezone.is_aware(value) else timezone.make_aware(value, datetime.UTC)


def _made(section: Any) -> Any:
    """A section may be given as its class."""
    return section() if callable(section) else section


def _answer(
    request: Any, template_name: str, content_type: str, context: dict[str, Any], dates: Iterable[Any]
) -> TemplateResponse:
    response = TemplateResponse(request, template_name, context, content_type=content_type)
    moments = [None if date is None else _moment(date) for date in dates]
    # Only where all have a date is it known that nothing has changed.
    if moments and all(moment is not None for moment in moments):
        response.headers["Last-Modified"] = http_date(max(filter(None, moments)).timestamp())
    return response


@x_robots_tag
def index(
    request: Any,
    sitemaps: Any,
    template_name: str = "sitemap_index.xml",
    content_type: str = "application/xml",
    sitemap_url_name: str = "nuages.contrib.sitemaps.views.sitemap",
) -> TemplateResponse:
    """Show which sitemaps there are, with all their pages."""
    site = get_current_site(request)
    found: list[SitemapIndexItem] = []
    dates: list[Any] = []
    for name, given in sitemaps.items():
        section = _made(given)
        protocol = request.scheme if section.protocol is None else section.protocol
        start = f"{protocol}://{site.domain}{_reversed(sitemap_url_name, name)}"
        changed = section.get_latest_lastmod()
        dates.append(changed)
        for number in section.paginator.page_range:
            found.append(SitemapIndexItem(start if number == 1 else f"{start}?p={number}", changed))
    return _answer(request, template_name, content_type, {"sitemaps": found}, dates)


def _reversed(name: str, section: str) -> str:
    from nuages.urls import NoReverseMatch

    try:
        return reverse(name, kwargs={"section": section})
    except NoReverseMatch:
        # As URLconfs that were written for Django name it.
        if not name.startswith("nuages."):
            raise
        return reverse(f"django.{name.removeprefix('nuages.')}", kwargs={"section": section})


@x_robots_tag
def sitemap(
    request: Any,
    sitemaps: Any,
    section: str | None = None,
    template_name: str = "sitemap.xml",
    content_type: str = "application/xml",
) -> TemplateResponse:
    """Show the addresses of one section, or of all."""
    if section is None:
        chosen = list(sitemaps.values())
    elif section in sitemaps:
        chosen = [sitemaps[section]]
    else:
        raise Http404(f"No sitemap available for section: {section!r}")
    page = request.GET.get("p", 1)
    site = get_current_site(request)
    urls: list[dict[str, Any]] = []
    dates: list[Any] = []
    for given in chosen:
        one = _made(given)
        try:
            urls += one.get_urls(page=page, site=site, protocol=request.scheme)
        except EmptyPage:
            raise Http404(f"Page {page} empty") from None
        except PageNotAnInteger:
            raise Http404(f"No page '{page}'") from None
        dates.append(getattr(one, "latest_lastmod", None))
    return _answer(request, template_name, content_type, {"urlset": urls}, dates)
