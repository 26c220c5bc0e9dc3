"""Everybody has a profile."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.db.models.signals import post_save
from nuages.dispatch import receiver
from pilots.models import Profile


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def make_profile(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """Give a new user a profile."""
    if created and not raw:
        Profile.objects.get_or_create(user=instance)
