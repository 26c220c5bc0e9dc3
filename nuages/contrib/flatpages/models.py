"""`FlatPage`: a page whose content is in the database."""

from __future__ import annotations

from typing import Any

from nuages.contrib.sites.models import Site
from nuages.db import models
from nuages.urls import NoReverseMatch, get_script_prefix, reverse
from nuages.utils.encoding import iri_to_uri
from nuages.utils.translation import gettext_lazy as _


class FlatPage(models.Model):
    """A page at an address of some sites. Its content is shown as it is: whoever may write it is trusted."""

    url: Any = models.CharField(db_index=True, max_length=100, verbose_name=_("URL"))
    title: Any = models.CharField(max_length=200, verbose_name=_("title"))
    content: Any = models.TextField(blank=True, verbose_name=_("content"))
    enable_comments: Any = models.BooleanField(default=False, verbose_name=_("enable comments"))
    template_name: Any = models.CharField(
        blank=True,
        max_length=70,
        verbose_name=_("template name"),
        help_text=_(
            "Example: “flatpages/contact_page.html”. If this isn’t provided, the system will use "
            "“flatpages/default.html”."
        ),
    )
    registration_required: Any = models.BooleanField(
        default=False,
        verbose_name=_("registration required"),
        help_text=_("If this is checked, only logged-in users will be able to view the page."),
    )
    sites: Any = models.ManyToManyField(to=Site, verbose_name=_("sites"))

    class Meta:
        db_table = "django_flatpage"
        ordering = ["url"]
        verbose_name = _("flat page")
        verbose_name_plural = _("flat pages")

    def __str__(self) -> str:
        return f"{self.url} -- {self.title}"

    def get_absolute_url(self) -> str:
        """Return the page's address: where the URLconf has the view, or where the middleware finds it."""
        from nuages.contrib.flatpages.views import flatpage

        # What comes after the prefix of the URLconf, or the whole URL where that is written there.
        for url in (self.url.lstrip("/"), self.url):
            try:
                return reverse(flatpage, kwargs={"url": url})
            except NoReverseMatch:
                continue
        return iri_to_uri(get_script_prefix().rstrip("/") + self.url)
