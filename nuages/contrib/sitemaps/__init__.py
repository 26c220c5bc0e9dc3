"""Sitemaps: which pages a site has, for search engines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nuages.apps import apps as registry
from nuages.conf import settings
from nuages.core import paginator
from nuages.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from nuages.utils import translation

__all__ = ["GenericSitemap", "Sitemap"]

UNSET = object()


class Sitemap:
    """One section. `location`, `lastmod`, `changefreq` and `priority` may be values, or methods of an item."""

    #: How many addresses fit on a page; the protocol allows no more.
    limit = 50000

    #: "http" or "https"; None means as the request came.
    protocol: str | None = None

    #: Whether each item is listed in every language, with links between them, and one for no language.
    i18n = False
    languages: Sequence[str] | None = None
    alternates = False
    x_default = False

    def items(self) -> Any:
        """Return the items; override it."""
        return []

    def location(self, item: Any) -> str:
        """Return an item's address on the site."""
        return item.get_absolute_url()

    # --- languages --------------------------------------------------------------------------------------------

    def _languages(self) -> list[str]:
        chosen = self.languages
        return list(chosen) if chosen is not None else [code for code, _name in settings.LANGUAGES]

    def get_languages_for_item(self, item: Any) -> Sequence[str]:
        """Return the languages that an item is there in."""
        return self._languages()

    def _items(self) -> Any:
        """Return what pages are made of: items, with their languages under `i18n`."""
        if not self.i18n:
            return self.items()
        return [(item, code) for item in self.items() for code in self.get_languages_for_item(item)]

    def _get(self, name: str, entry: Any, default: Any = None) -> Any:
        value = getattr(self, name, UNSET)
        if value is UNSET:
            return default
        if not callable(value):
            return value
        if not self.i18n:
            return value(entry)
        item, code = entry
        with translation.override(code):
            return value(item)

    # --- pages ------------------------------------------------------------------------------------------------

    @property
    def paginator(self) -> paginator.Paginator:
        """The items in pages."""
        return paginator.Paginator(self._items(), self.limit)

    def get_protocol(self, protocol: str | None = None) -> str:
        """Return the protocol of the addresses."""
        return self.protocol or protocol or "https"

    def get_domain(self, site: Any = None) -> str:
        """Return the domain of the addresses."""
        if site is None and registry.is_installed("nuages.contrib.sites"):
            try:
                site = registry.get_model("sites.Site").objects.get_current()
            except ObjectDoesNotExist:
                site = None
        if site is None:
            raise ImproperlyConfigured(
                "To use sitemaps, either enable the sites framework or pass a Site/RequestSite object in your view."
            )
        return site.domain

    def get_urls(self, page: Any = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """Return what the template shows of a page. Sets `latest_lastmod` where all items have a date."""
        start = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        urls = [self._url(start, entry) for entry in self.paginator.page(page).object_list]
        dates = [url["lastmod"] for url in urls]
        if dates and all(dates):
            self.latest_lastmod = max(dates)
        return urls

    def _url(self, start: str, entry: Any) -> dict[str, Any]:
        priority = self._get("priority", entry)
        url = {
            "item": entry,
            "location": start + self._get("location", entry),
            "lastmod": self._get("lastmod", entry),
            "changefreq": self._get("changefreq", entry),
            "priority": str("" if priority is None else priority),
            "alternates": [],
        }
        if self.i18n and self.alternates:
            url["alternates"] = list(self._alternates(start, entry[0]))
        return url

    def _alternates(self, start: str, item: Any) -> Iterator[dict[str, str]]:
        codes = self.get_languages_for_item(item)
        for code in codes:
            yield {"location": start + self._get("location", (item, code)), "lang_code": code}
        if self.x_default and settings.LANGUAGE_CODE in codes:
            code = settings.LANGUAGE_CODE
            neutral = self._get("location", (item, code)).replace(f"/{code}/", "/", 1)
            yield {"location": start + neutral, "lang_code": "x-default"}

    def get_latest_lastmod(self) -> Any:
        """Return the latest change of all items; None where it cannot be told."""
        if not hasattr(self, "lastmod"):
            return None
        if not callable(self.lastmod):
            return self.lastmod
        try:
            return max((self.lastmod(item) for item in self.items()), default=None)
        except TypeError:
            # Some items have no date.
            return None


class GenericSitemap(Sitemap):
    """The objects of a query set, with a field that tells when they changed."""

    def __init__(
        self,
        info_dict: dict[str, Any],
        priority: Any = None,
        changefreq: str | None = None,
        protocol: str | None = None,
    ) -> None:
        self.queryset, self.date_field = info_dict["queryset"], info_dict.get("date_field")
        self.priority, self.changefreq = self.priority or priority, self.changefreq or changefreq
        self.protocol = self.protocol or protocol

    priority: Any = None
    changefreq: str | None = None

    def items(self) -> Any:
        # A copy, so that the rows are those of now and not of the first request.
        return self.queryset.filter()

    def lastmod(self, item: Any) -> Any:
        """Return the item's date."""
        return getattr(item, self.date_field) if self.date_field is not None else None

    def get_latest_lastmod(self) -> Any:
        if self.date_field is None:
            return None
        latest = self.queryset.order_by(f"-{self.date_field}")
        return latest.values_list(self.date_field, flat=True).first()
