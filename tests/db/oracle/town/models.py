"""Four models with each kind of relation and column, for random questions."""

from __future__ import annotations

from nuages.db import models

# The label is said aloud: pytest imports these before the fixture installs the app.


class Town(models.Model):
    name = models.CharField(max_length=10)
    size = models.IntegerField(null=True)

    class Meta:
        app_label = "town"


class Person(models.Model):
    name = models.CharField(max_length=10)
    age = models.IntegerField(null=True)
    height = models.FloatField(null=True)
    born = models.DateField(null=True)
    active = models.BooleanField(default=True)
    data = models.JSONField(null=True)
    town = models.ForeignKey(Town, models.CASCADE, null=True, related_name="people")
    boss = models.ForeignKey("self", models.CASCADE, null=True, related_name="team")

    class Meta:
        app_label = "town"


class Club(models.Model):
    name = models.CharField(max_length=10)
    level = models.IntegerField()
    members = models.ManyToManyField(Person, related_name="clubs")

    class Meta:
        app_label = "town"


class Gift(models.Model):
    person = models.ForeignKey(Person, models.CASCADE, related_name="gifts")
    value = models.IntegerField(null=True)
    tag = models.CharField(max_length=10)

    class Meta:
        app_label = "town"
