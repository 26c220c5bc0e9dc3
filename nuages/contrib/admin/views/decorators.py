"""`staff_member_required`, for views of one's own beside the admin."""

from __future__ import annotations

from typing import Any

from nuages.contrib.auth import REDIRECT_FIELD_NAME
from nuages.contrib.auth.decorators import user_passes_test


def staff_member_required(
    view_func: Any = None, redirect_field_name: str = REDIRECT_FIELD_NAME, login_url: Any = "admin:login"
) -> Any:
    """Let only users in who are active and staff; others are sent to `login_url`."""
    decorate = user_passes_test(
        lambda user: user.is_active and user.is_staff,
        login_url=login_url,
        redirect_field_name=redirect_field_name,
    )
    return decorate if view_func is None else decorate(view_func)
