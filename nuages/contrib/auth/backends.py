"""Who knows users: the database, or a web server in front of the site."""

from __future__ import annotations

from typing import Any

from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.models import Permission
from nuages.db.models import Exists, OuterRef, Q
from nuages.spine import twin
from nuages.views.decorators.debug import sensitive_variables


class BaseBackend:
    """Derive from it for a backend of your own; it knows nobody and allows nothing."""

    def authenticate(self, request: Any, **kwargs: Any) -> Any:
        """Return the user for the credentials, or None. Raise `PermissionDenied` to have nobody else asked."""
        return None

    def get_user(self, user_id: Any) -> Any:
        """Return the user with this key, or None."""
        return None

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions of the user himself."""
        return set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return the permissions from groups."""
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Return both."""
        return {*self.get_user_permissions(user_obj, obj=obj), *self.get_group_permissions(user_obj, obj=obj)}

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Say whether the user has a permission."""
        return perm in self.get_all_permissions(user_obj, obj=obj)

    aauthenticate = twin(authenticate)
    aget_user = twin(get_user)
    aget_user_permissions = twin(get_user_permissions)
    aget_group_permissions = twin(get_group_permissions)
    aget_all_permissions = twin(get_all_permissions)
    ahas_perm = twin(has_perm)


class ModelBackend(BaseBackend):
    """Users, groups and permissions in the database."""

    @sensitive_variables("password")
    def authenticate(self, request: Any, username: Any = None, password: Any = None, **kwargs: Any) -> Any:
        if username is None:
            username = kwargs.get(get_user_model().USERNAME_FIELD)
        if username is None or password is None:
            return None
        try:
            user = get_user_model()._default_manager.get_by_natural_key(username)
        except get_user_model().DoesNotExist:
            # Hashed all the same, so that the time taken does not tell which names exist.
            get_user_model()().set_password(password)
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether a user may log in at all; those who are not active may not."""
        return getattr(user, "is_active", True)

    def _get_user_permissions(self, user_obj: Any) -> Any:
        return user_obj.user_permissions.all()

    def _get_group_permissions(self, user_obj: Any) -> Any:
        return Permission.objects.filter(group__in=user_obj.groups.all())

    def _get_permissions(self, user_obj: Any, obj: Any, from_name: str) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        remembered = f"_{from_name}_perm_cache"
        if not hasattr(user_obj, remembered):
            if user_obj.is_superuser:
                found = Permission.objects.all()
            else:
                found = getattr(self, f"_get_{from_name}_permissions")(user_obj)
            pairs = found.order_by().values_list("content_type__app_label", "codename")
            setattr(user_obj, remembered, {f"{label}.{codename}" for label, codename in pairs})
        return getattr(user_obj, remembered)

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self._get_permissions(user_obj, obj, "user")

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self._get_permissions(user_obj, obj, "group")

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = super().get_all_permissions(user_obj)
        return user_obj._perm_cache

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and super().has_perm(user_obj, perm, obj=obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Say whether the user has any permission on an app's models."""
        return user_obj.is_active and any(
            perm.partition(".")[0] == app_label for perm in self.get_all_permissions(user_obj)
        )

    ahas_module_perms = twin(has_module_perms)

    def with_perm(
        self, perm: Any, is_active: Any = True, include_superusers: bool = True, obj: Any = None
    ) -> Any:
        """Return the users who have a permission: a `Permission`, or `"app.codename"`."""
        if isinstance(perm, str):
            label, dot, codename = perm.partition(".")
            if not dot or "." in codename:
                raise ValueError("Permission name should be in the form app_label.permission_codename.")
        elif not isinstance(perm, Permission):
            raise TypeError("The `perm` argument must be a string or a permission instance.")
        if obj is not None:
            return get_user_model()._default_manager.none()
        given = Q(group__user=OuterRef("pk")) | Q(user=OuterRef("pk"))
        if isinstance(perm, Permission):
            given &= Q(pk=perm.pk)
        else:
            given &= Q(codename=codename, content_type__app_label=label)
        chosen: Any = Exists(Permission.objects.filter(given))
        if include_superusers:
            chosen |= Q(is_superuser=True)
        if is_active is not None:
            chosen &= Q(is_active=is_active)
        return get_user_model()._default_manager.filter(chosen)

    def get_user(self, user_id: Any) -> Any:
        try:
            user = get_user_model()._default_manager.get(pk=user_id)
        except get_user_model().DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None


class AllowAllUsersModelBackend(ModelBackend):
    """Lets users who are not active log in; a form tells them that they are not."""

    def user_can_authenticate(self, user: Any) -> bool:
        return True


class RemoteUserBackend(ModelBackend):
    """Believes the web server in front of the site, which has checked who the visitor is."""

    #: Create users who are not known here.
    create_unknown_user = True

    def authenticate(self, request: Any, remote_user: Any) -> Any:  # type: ignore[override]
        """Return the user of that name, created if need be."""
        if not remote_user:
            return None
        name = self.clean_username(remote_user)
        key = {get_user_model().USERNAME_FIELD: name}
        created = False
        if self.create_unknown_user:
            user, created = get_user_model()._default_manager.get_or_create(**key)
        else:
            try:
                user = get_user_model()._default_manager.get_by_natural_key(name)
            except get_user_model().DoesNotExist:
                return None
        user = self.configure_user(request, user, created=created)
        return user if self.user_can_authenticate(user) else None

    def clean_username(self, username: str) -> str:
        """Return the name under which the user is known here; override it to cut a domain off, say."""
        return username

    def configure_user(self, request: Any, user: Any, created: bool = True) -> Any:
        """Return the user, set up as the site wants; called at every log-in."""
        return user

    aconfigure_user = twin(configure_user)
    aauthenticate = twin(authenticate)  # type: ignore[arg-type]  # the signature that this backend accepts


class AllowAllUsersRemoteUserBackend(RemoteUserBackend):
    """The same, for users who are not active too."""

    def user_can_authenticate(self, user: Any) -> bool:
        return True
