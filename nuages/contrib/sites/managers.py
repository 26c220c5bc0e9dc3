"""`CurrentSiteManager`: only the objects of the current site."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.core import checks
from nuages.core.exceptions import FieldDoesNotExist
from nuages.db import models


class CurrentSiteManager(models.Manager):
    """Finds objects that belong to the site in `SITE_ID`, through the field named, or `site` or `sites`."""

    use_in_migrations = True

    def __init__(self, field_name: str | None = None) -> None:
        super().__init__()
        self.__field_name = field_name

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Refuse a field that is not there or leads elsewhere."""
        return [*super().check(**kwargs), *self._check_field_name()]

    def _check_field_name(self) -> list[checks.CheckMessage]:
        name = self._get_field_name()
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            problem = f"CurrentSiteManager could not find a field named '{name}'.", "sites.E001"
        else:
            if field.many_to_many or isinstance(field, models.ForeignKey):
                return []
            label = f"{self.model._meta.object_name}.{name}"
            problem = (
                f"CurrentSiteManager cannot use '{label}' as it is not a foreign key or a many-to-many field.",
                "sites.E002",
            )
        message, number = problem
        return [checks.Error(message, obj=self, id=number)]

    def _get_field_name(self) -> str:
        if not self.__field_name:
            names = {field.name for field in self.model._meta.get_fields()}
            self.__field_name = "site" if "site" in names else "sites"
        return self.__field_name

    def get_queryset(self) -> Any:
        """The rows of the current site."""
        return super().get_queryset().filter(**{f"{self._get_field_name()}__id": settings.SITE_ID})
