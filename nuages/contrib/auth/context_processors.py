"""The user and his permissions for templates: `{{ user }}`, `{% if perms.app.codename %}`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class PermLookupDict:
    """`perms.app`: the user's permissions on an app's models."""

    def __init__(self, user: Any, app_label: str) -> None:
        self.user, self.app_label = user, app_label

    def __repr__(self) -> str:
        return str(self.user.get_all_permissions())

    def __getitem__(self, perm_name: str) -> bool:
        return self.user.has_perm(f"{self.app_label}.{perm_name}")

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("PermLookupDict is not iterable.")

    def __bool__(self) -> bool:
        return self.user.has_module_perms(self.app_label)


class PermWrapper:
    """`perms`."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({self.user!r})"

    def __getitem__(self, app_label: str) -> PermLookupDict:
        return PermLookupDict(self.user, app_label)

    def __iter__(self) -> Iterator[Any]:
        # Without it `in` would ask for perms[0], perms[1] and so on, for ever.
        raise TypeError(f"{type(self).__name__} is not iterable.")

    def __contains__(self, perm_name: str) -> bool:
        label, dot, codename = perm_name.partition(".")
        return self[label][codename] if dot else bool(self[label])


def auth(request: Any) -> dict[str, Any]:
    """Return `user` and `perms`."""
    if hasattr(request, "user"):
        user = request.user
    else:
        from nuages.contrib.auth.models import AnonymousUser

        user = AnonymousUser()
    return {"user": user, "perms": PermWrapper(user)}
