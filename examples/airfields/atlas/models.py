"""Where one can land."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from nuages.core.validators import MaxValueValidator, MinValueValidator
from nuages.db import models
from nuages.urls import reverse
from nuages.utils import timezone

if TYPE_CHECKING:
    from logbook.models import Review, Visit

    from nuages.db.models.fields.related import RelatedManager


class Country(models.Model):
    """A country by its two letters of ISO 3166."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80, db_index=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("airports", query={"country": self.code})


class Facility(models.Model):
    """What an airport offers or is known for. Visitors filter by it."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=40)
    description = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "facilities"

    def __str__(self) -> str:
        return self.name


class Airport(models.Model):
    """One airfield, from the great hubs to a strip of grass behind a farm."""

    ident = models.CharField("identifier", max_length=4, unique=True)
    iata = models.CharField("IATA code", max_length=3, blank=True, db_index=True)
    name = models.CharField(max_length=80, db_index=True)
    city = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=60, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="airports")
    elevation = models.FloatField("elevation in feet", db_index=True)
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)], db_index=True)
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    time_zone = models.CharField(max_length=40)
    facilities = models.ManyToManyField(Facility, related_name="airports", blank=True)

    reviews: RelatedManager[Review]
    visits: RelatedManager[Visit]

    class Meta:
        ordering = ["name", "ident"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180
                ),
                name="airport_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ident})"

    def get_absolute_url(self) -> str:
        return reverse("airport", args=[self.ident])

    @property
    def place(self) -> str:
        """The town and region, as far as they are known."""
        return ", ".join(part for part in dict.fromkeys((self.city, self.region)) if part)

    @property
    def local_time(self) -> datetime:
        """What the clock on its wall says."""
        return timezone.now().astimezone(ZoneInfo(self.time_zone))
