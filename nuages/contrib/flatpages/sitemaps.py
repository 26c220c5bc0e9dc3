"""Flat pages in a sitemap."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps
from nuages.contrib.sitemaps import Sitemap
from nuages.core.exceptions import ImproperlyConfigured


class FlatPageSitemap(Sitemap):
    """The pages of the current site that everybody may see."""

    def items(self) -> Any:
        if not apps.is_installed("nuages.contrib.sites"):
            raise ImproperlyConfigured(
                "FlatPageSitemap requires django.contrib.sites, which isn't installed."
            )
        here = apps.get_model("sites.Site").objects.get_current()
        return here.flatpage_set.filter(registration_required=False)
