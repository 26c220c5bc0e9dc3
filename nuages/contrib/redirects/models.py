"""`Redirect`: where an address has moved to."""

from __future__ import annotations

from typing import Any

from nuages.contrib.sites.models import Site
from nuages.db import models
from nuages.utils.translation import gettext_lazy as _


class Redirect(models.Model):
    """An old address of a site, and the new one; without a new one the page is gone."""

    site: Any = models.ForeignKey(to=Site, on_delete=models.CASCADE, verbose_name=_("site"))
    old_path: Any = models.CharField(
        db_index=True,
        max_length=200,
        verbose_name=_("redirect from"),
        help_text=_(
            "This should be an absolute path, excluding the domain name. Example: “/events/search/”."
        ),
    )
    new_path: Any = models.CharField(
        blank=True,
        max_length=200,
        verbose_name=_("redirect to"),
        help_text=_(
            "This can be either an absolute path (as above) or a full URL starting with a scheme such as “https://”."
        ),
    )

    class Meta:
        db_table = "django_redirect"
        ordering = ["old_path"]
        unique_together = [["site", "old_path"]]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")

    def __str__(self) -> str:
        return f"{self.old_path} ---> {self.new_path}"
