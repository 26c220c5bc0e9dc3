"""Models with relations to follow in templates."""

from __future__ import annotations

from nuages.db import models


class Town(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        app_label = "press"


class Paper(models.Model):
    name = models.CharField(max_length=50)
    town = models.ForeignKey(Town, models.CASCADE)

    class Meta:
        app_label = "press"
