"""What visitors write."""

from __future__ import annotations

from atlas.models import Airport

from nuages.conf import settings
from nuages.core.exceptions import ValidationError
from nuages.db import models
from nuages.urls import reverse
from nuages.utils import timezone


class Visit(models.Model):
    """Somebody was at an airport on a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits")
    airport = models.ForeignKey(Airport, on_delete=models.CASCADE, related_name="visits")
    day = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "airport", "day"], name="one_visit_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.airport} on {self.day}"

    def clean(self) -> None:
        if self.day and self.day > timezone.localdate():
            raise ValidationError({"day": "That day has not come yet."})


class Rating(models.IntegerChoices):
    """How much somebody liked an airport."""

    AVOID = 1, "1: fly on"
    POOR = 2, "2: if need be"
    FAIR = 3, "3: fair"
    GOOD = 4, "4: good"
    SPLENDID = 5, "5: worth the trip"


class Review(models.Model):
    """What somebody thinks of an airport; one for each person and airport."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reviews")
    airport = models.ForeignKey(Airport, on_delete=models.CASCADE, related_name="reviews")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=2000, blank=True)
    written = models.DateTimeField(auto_now_add=True, db_index=True)
    edited = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-written"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "airport"],
                name="one_review_each",
                violation_error_message="You have reviewed this airport already.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("airport", args=[self.airport.ident]) + f"#review-{self.pk}"
