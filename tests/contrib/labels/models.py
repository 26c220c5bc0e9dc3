"""Labels that stick on anything."""

from __future__ import annotations

from nuages.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from nuages.contrib.contenttypes.models import ContentType
from nuages.db import models


class Label(models.Model):
    text = models.CharField(max_length=20)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    target = GenericForeignKey()

    class Meta:
        app_label = "labels"


class Box(models.Model):
    name = models.CharField(max_length=20)
    labels = GenericRelation(Label)

    class Meta:
        app_label = "labels"


class Jar(models.Model):
    name = models.CharField(max_length=20)
    labels = GenericRelation(Label)

    class Meta:
        app_label = "labels"
