"""`Site`, and what is remembered of sites in this process."""

from __future__ import annotations

import string
from typing import Any

from nuages.core.exceptions import ImproperlyConfigured, ValidationError
from nuages.db import models
from nuages.db.models.signals import pre_delete, pre_save
from nuages.http.hosts import split_domain_port
from nuages.spine import twin
from nuages.utils.translation import gettext_lazy as _

#: Sites by key (from `SITE_ID`) and by domain (from requests).
SITE_CACHE: dict[Any, Any] = {}


def _simple_domain_name_validator(value: str) -> None:
    """Refuse domains with white space in them."""
    if any(character in string.whitespace for character in value):
        raise ValidationError(_("The domain name cannot contain any spaces or tabs."), code="invalid")


class SiteManager(models.Manager):
    """Finds the current site."""

    use_in_migrations = True

    def _get_site_by_id(self, site_id: int) -> Any:
        if site_id not in SITE_CACHE:
            SITE_CACHE[site_id] = self.get(pk=site_id)
        return SITE_CACHE[site_id]

    def _get_site_by_request(self, request: Any) -> Any:
        host = request.get_host()
        # As the browser says it; then without a trailing dot, then without the port.
        domain, port = split_domain_port(host)
        bare = domain.removesuffix(".")
        names = dict.fromkeys([host, f"{bare}:{port}" if port else bare, domain, bare])
        for name in names:
            if name in SITE_CACHE:
                return SITE_CACHE[name]
            site = self.filter(domain__iexact=name).first()
            if site is not None:
                SITE_CACHE[name] = site
                return site
        raise self.model.DoesNotExist(f"{self.model._meta.object_name} matching query does not exist.")

    def get_current(self, request: Any = None) -> Any:
        """Return the site in `SITE_ID`, or the one whose domain is asked for."""
        from nuages.conf import settings

        chosen: Any = getattr(settings, "SITE_ID", "")
        if chosen:
            return self._get_site_by_id(chosen)
        if request:
            return self._get_site_by_request(request)
        raise ImproperlyConfigured(
            'You\'re using the Django "sites framework" without having set the SITE_ID setting. Create a site in your '
            "database and set the SITE_ID setting or pass a request to Site.objects.get_current() to fix this error."
        )

    aget_current = twin(get_current)

    def clear_cache(self) -> None:
        """Forget all sites."""
        SITE_CACHE.clear()

    def get_by_natural_key(self, domain: str) -> Any:
        """Return the site of that domain."""
        return self.get(domain=domain)


class Site(models.Model):
    """A site: its domain, and what people call it."""

    domain: Any = models.CharField(
        max_length=100,
        unique=True,
        verbose_name=_("domain name"),
        validators=[_simple_domain_name_validator],
    )
    name: Any = models.CharField(max_length=50, verbose_name=_("display name"))

    objects = SiteManager()

    class Meta:
        ordering = ["domain"]
        db_table = "django_site"
        verbose_name = _("site")
        verbose_name_plural = _("sites")

    def __str__(self) -> str:
        return self.domain

    def natural_key(self) -> tuple[str]:
        """Return what identifies the site in fixtures."""
        return (self.domain,)


def clear_site_cache(sender: Any, **kwargs: Any) -> None:
    """Forget a site that is about to change."""
    rows = Site.objects.using(kwargs["using"])
    site = kwargs["instance"]
    # Remembered under the domain it has in the database still.
    domain = rows.filter(pk=site.pk).values_list("domain", flat=True).first()
    for key in (site.pk, domain):
        SITE_CACHE.pop(key, None)


for _signal in (pre_save, pre_delete):
    _signal.connect(clear_site_cache, sender=Site)
