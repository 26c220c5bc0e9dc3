"""`User`, `Group`, `Permission`, and the parts they are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.apps import apps
from nuages.contrib import auth
from nuages.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from nuages.contrib.auth.hashers import make_password
from nuages.contrib.auth.validators import UnicodeUsernameValidator
from nuages.contrib.contenttypes.models import ContentType
from nuages.core.exceptions import PermissionDenied
from nuages.db import models
from nuages.db.models.manager import EmptyManager
from nuages.spine import call, twin
from nuages.utils import timezone
from nuages.utils.translation import gettext_lazy as _

__all__ = [
    "AbstractBaseUser",
    "AbstractUser",
    "AnonymousUser",
    "BaseUserManager",
    "Group",
    "GroupManager",
    "Permission",
    "PermissionManager",
    "PermissionsMixin",
    "User",
    "UserManager",
]


def update_last_login(sender: Any, user: Any, **kwargs: Any) -> None:
    """Note when a user logs in."""
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])


class PermissionManager(models.Manager):
    """Finds permissions by what identifies them."""

    use_in_migrations = True

    def get_by_natural_key(self, codename: str, app_label: str, model: str) -> Any:
        """Return a permission on a model."""
        kind = ContentType.objects.db_manager(self.db).get_by_natural_key(app_label, model)
        return self.get(codename=codename, content_type=kind)

    aget_by_natural_key = twin(get_by_natural_key)


class Permission(models.Model):
    """Something that may be allowed: each model has four, and Meta.permissions adds more.

    They are about a model as a whole, not about single objects.
    """

    name: Any = models.CharField(max_length=255, verbose_name=_("name"))
    content_type: Any = models.ForeignKey(
        to=ContentType, on_delete=models.CASCADE, verbose_name=_("content type")
    )
    codename: Any = models.CharField(max_length=100, verbose_name=_("codename"))

    objects = PermissionManager()

    class Meta:
        ordering = ["content_type__app_label", "content_type__model", "codename"]
        unique_together = [["content_type", "codename"]]
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")

    def __str__(self) -> str:
        return f"{self.content_type} | {self.name}"

    def natural_key(self) -> tuple[Any, ...]:
        """Return what identifies the permission in fixtures."""
        return (self.codename, *self.content_type.natural_key())

    natural_key.dependencies = ["contenttypes.contenttype"]  # type: ignore[attr-defined]

    @property
    def user_perm_str(self) -> str:
        """The permission as `has_perm()` takes it."""
        return f"{self.content_type.app_label}.{self.codename}"


class GroupManager(models.Manager):
    """Finds groups by name."""

    use_in_migrations = True

    def get_by_natural_key(self, name: str) -> Any:
        """Return the group of that name."""
        return self.get(name=name)

    aget_by_natural_key = twin(get_by_natural_key)


class Group(models.Model):
    """Users who are allowed the same."""

    name: Any = models.CharField(max_length=150, unique=True, verbose_name=_("name"))
    permissions: Any = models.ManyToManyField(to=Permission, blank=True, verbose_name=_("permissions"))

    objects = GroupManager()

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        """Return what identifies the group in fixtures."""
        return (self.name,)


class UserManager(BaseUserManager):
    """Makes users."""

    use_in_migrations = True

    def _create_user_object(
        self, username: str, email: str | None, password: str | None, **extra_fields: Any
    ) -> Any:
        if not username:
            raise ValueError("The given username must be set")
        # Under migrations the model is a historical one, without methods: the real one knows how to write names.
        real = apps.get_model(self.model._meta.app_label, self.model._meta.object_name)
        name = real.normalize_username(username)
        user = self.model(username=name, email=self.normalize_email(email), **extra_fields)
        user.password = make_password(password)
        return user

    def _create_user(
        self, username: str, email: str | None, password: str | None, **extra_fields: Any
    ) -> Any:
        user = self._create_user_object(username, email, password, **extra_fields)
        user.save(using=self._db)
        return user

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """Create a user; without a password, one who cannot log in with one."""
        for flag in ("is_staff", "is_superuser"):
            extra_fields.setdefault(flag, False)
        return self._create_user(username, email, password, **extra_fields)

    create_user.alters_data = True  # type: ignore[attr-defined]
    acreate_user = twin(create_user)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra_fields: Any
    ) -> Any:
        """Create a user who may do everything."""
        for flag in ("is_staff", "is_superuser"):
            if extra_fields.setdefault(flag, True) is not True:
                raise ValueError(f"Superuser must have {flag}=True.")
        return self._create_user(username, email, password, **extra_fields)

    create_superuser.alters_data = True  # type: ignore[attr-defined]
    acreate_superuser = twin(create_superuser)

    def with_perm(
        self,
        perm: Any,
        is_active: bool = True,
        include_superusers: bool = True,
        backend: str | None = None,
        obj: Any = None,
    ) -> Any:
        """Return the users who have a permission, as a backend that can tell says."""
        if backend is None:
            backends = auth.get_backends()
            if len(backends) != 1:
                raise ValueError(
                    "You have multiple authentication backends configured and therefore must provide the `backend` "
                    "argument."
                )
            chosen = backends[0]
        elif not isinstance(backend, str):
            raise TypeError(f"backend must be a dotted import path string (got {backend}).")
        else:
            chosen = auth.load_backend(backend)
        if not hasattr(chosen, "with_perm"):
            return self.none()
        return chosen.with_perm(perm, is_active=is_active, include_superusers=include_superusers, obj=obj)


def _user_get_permissions(user: Any, obj: Any, from_name: str) -> set[str]:
    name = f"get_{from_name}_permissions"
    found: set[str] = set()
    for backend in auth.get_backends():
        if hasattr(backend, name):
            found.update(call(getattr(backend, name), user, obj))
    return found


def _asked(method: str, *args: Any) -> bool:
    """Ask the backends in turn; one of them may forbid it outright."""
    for backend in auth.get_backends():
        if not hasattr(backend, method):
            continue
        try:
            if call(getattr(backend, method), *args):
                return True
        except PermissionDenied:
            return False
    return False


class PermissionsMixin(models.Model):
    """What a user model needs to have groups and permissions."""

    is_active: Any
    is_superuser: Any = models.BooleanField(
        default=False,
        verbose_name=_("superuser status"),
        help_text=_("Designates that this user has all permissions without explicitly assigning them."),
    )
    groups: Any = models.ManyToManyField(
        to=Group,
        blank=True,
        verbose_name=_("groups"),
        help_text=_(
            "The groups this user belongs to. A user will get all permissions granted to each of their groups."
        ),
        related_name="user_set",
        related_query_name="user",
    )
    user_permissions: Any = models.ManyToManyField(
        to=Permission,
        blank=True,
        verbose_name=_("user permissions"),
        help_text=_("Specific permissions for this user."),
        related_name="user_set",
        related_query_name="user",
    )

    class Meta:
        abstract = True

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions given to the user himself."""
        return _user_get_permissions(self, obj, "user")

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """Return the permissions given through groups."""
        return _user_get_permissions(self, obj, "group")

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return all permissions of the user."""
        return _user_get_permissions(self, obj, "all")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say whether the user has a permission, `"app.codename"`."""
        return bool(self.is_active and self.is_superuser) or _asked("has_perm", self, perm, obj)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Say whether the user has all these permissions."""
        if isinstance(perm_list, str) or not isinstance(perm_list, Iterable):
            raise ValueError("perm_list must be an iterable of permissions.")
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Say whether the user has any permission on an app's models."""
        return bool(self.is_active and self.is_superuser) or _asked("has_module_perms", self, app_label)

    aget_user_permissions = twin(get_user_permissions)
    aget_group_permissions = twin(get_group_permissions)
    aget_all_permissions = twin(get_all_permissions)
    ahas_perm = twin(has_perm)
    ahas_perms = twin(has_perms)
    ahas_module_perms = twin(has_module_perms)


class AbstractUser(AbstractBaseUser, PermissionsMixin):
    """A user with a name and a mail address; derive from it to add fields."""

    username_validator = UnicodeUsernameValidator()

    username: Any = models.CharField(
        verbose_name=_("username"),
        max_length=150,
        unique=True,
        validators=[username_validator],
        help_text=_("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
        error_messages={"unique": _("A user with that username already exists.")},
    )
    first_name: Any = models.CharField(blank=True, max_length=150, verbose_name=_("first name"))
    last_name: Any = models.CharField(blank=True, max_length=150, verbose_name=_("last name"))
    email: Any = models.EmailField(blank=True, verbose_name=_("email address"))
    is_staff: Any = models.BooleanField(
        verbose_name=_("staff status"),
        default=False,
        help_text=_("Designates whether the user can log into this admin site."),
    )
    is_active: Any = models.BooleanField(
        verbose_name=_("active"),
        default=True,
        help_text=_(
            "Designates whether this user should be treated as active. Unselect this instead of deleting accounts."
        ),
    )
    date_joined: Any = models.DateTimeField(default=timezone.now, verbose_name=_("date joined"))

    objects = UserManager()

    USERNAME_FIELD, EMAIL_FIELD = "username", "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        abstract = True
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        """Return the first name."""
        return self.first_name

    def email_user(self, subject: str, message: str, from_email: str | None = None, **kwargs: Any) -> None:
        """Send the user a mail."""
        from nuages.core.mail import send_mail

        send_mail(subject, message, from_email, [self.email], **kwargs)


class User(AbstractUser):
    """The user model of sites that have none of their own."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class AnonymousUser:
    """Nobody: the user of requests that are not logged in."""

    id = pk = None
    username = ""
    is_staff = is_active = is_superuser = False
    _groups = EmptyManager(Group)
    _user_permissions = EmptyManager(Permission)

    def __str__(self) -> str:
        return "AnonymousUser"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__)

    def __hash__(self) -> int:
        return 1  # one nobody is as good as another

    def __int__(self) -> int:
        raise TypeError("Cannot cast AnonymousUser to int. Are you trying to use it in place of User?")

    def save(self) -> None:
        """Not for nobody."""
        raise NotImplementedError("Django doesn't provide a DB representation for AnonymousUser.")

    delete = save

    def set_password(self, raw_password: str) -> None:
        """Not for nobody."""
        self.save()

    def check_password(self, raw_password: str) -> bool:
        """Not for nobody."""
        raise NotImplementedError("Django doesn't provide a DB representation for AnonymousUser.")

    @property
    def groups(self) -> Any:
        """None."""
        return self._groups

    @property
    def user_permissions(self) -> Any:
        """None."""
        return self._user_permissions

    def get_user_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends allow everybody."""
        return _user_get_permissions(self, obj, "user")

    def get_group_permissions(self, obj: Any = None) -> set[str]:
        """Return nothing."""
        return set()

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """Return what backends allow everybody."""
        return _user_get_permissions(self, obj, "all")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Say whether backends allow it to everybody."""
        return _asked("has_perm", self, perm, obj)

    def has_perms(self, perm_list: Iterable[str], obj: Any = None) -> bool:
        """Say whether backends allow all of it to everybody."""
        if isinstance(perm_list, str) or not isinstance(perm_list, Iterable):
            raise ValueError("perm_list must be an iterable of permissions.")
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, module: str) -> bool:
        """Say whether backends allow everybody something in an app."""
        return _asked("has_module_perms", self, module)

    aget_user_permissions = twin(get_user_permissions)
    aget_group_permissions = twin(get_group_permissions)
    aget_all_permissions = twin(get_all_permissions)
    ahas_perm = twin(has_perm)
    ahas_perms = twin(has_perms)
    ahas_module_perms = twin(has_module_perms)

    @property
    def is_anonymous(self) -> bool:
        """True."""
        return True

    @property
    def is_authenticated(self) -> bool:
        """False."""
        return False

    def get_username(self) -> str:
        """Return nothing."""
        return self.username
