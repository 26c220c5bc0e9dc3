"""Who writes."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from atlas.models import Airport

from nuages.conf import settings
from nuages.db import models
from nuages.urls import reverse


def picture_path(profile: Any, filename: str) -> str:
    """A name that tells nothing and cannot be guessed; pictures are always stored as WebP."""
    return f"pictures/{token_hex(12)}.webp"


class Profile(models.Model):
    """What a user shows of themselves."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    about = models.TextField(max_length=500, blank=True)
    home = models.ForeignKey(
        Airport, on_delete=models.SET_NULL, null=True, blank=True, related_name="based_pilots"
    )
    picture = models.ImageField(upload_to=picture_path, blank=True)

    def __str__(self) -> str:
        return f"Profile of {self.user}"

    def get_absolute_url(self) -> str:
        return reverse("pilot", args=[self.user.get_username()])
