"""Users, groups and permissions, as their tables were in the beginning."""

from typing import Any

import nuages.contrib.auth.models
from nuages.contrib.auth import validators
from nuages.db import migrations, models
from nuages.utils import timezone


def key() -> Any:
    return models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def many(to: str, **kwargs: Any) -> Any:
    return models.ManyToManyField(to=to, blank=True, **kwargs)


def text(length: int, **kwargs: Any) -> Any:
    return models.CharField(max_length=length, **kwargs)


PERMISSION = [
    ("id", key()),
    ("name", text(50, verbose_name="name")),
    (
        "content_type",
        models.ForeignKey("contenttypes.ContentType", models.CASCADE, verbose_name="content type"),
    ),
    ("codename", text(100, verbose_name="codename")),
]

GROUP = [
    ("id", key()),
    ("name", text(80, unique=True, verbose_name="name")),
    ("permissions", many("auth.Permission", verbose_name="permissions")),
]

USER = [
    ("id", key()),
    ("password", text(128, verbose_name="password")),
    ("last_login", models.DateTimeField(default=timezone.now, verbose_name="last login")),
    (
        "is_superuser",
        models.BooleanField(
            verbose_name="superuser status",
            help_text="Designates that this user has all permissions without explicitly assigning them.",
            default=False,
        ),
    ),
    (
        "username",
        text(
            30,
            unique=True,
            verbose_name="username",
            validators=[validators.UnicodeUsernameValidator()],
            help_text="Required. 30 characters or fewer. Letters, digits and @/./+/-/_ only.",
        ),
    ),
    ("first_name", text(30, blank=True, verbose_name="first name")),
    ("last_name", text(30, blank=True, verbose_name="last name")),
    ("email", models.EmailField(blank=True, max_length=75, verbose_name="email address")),
    (
        "is_staff",
        models.BooleanField(
            verbose_name="staff status",
            help_text="Designates whether the user can log into this admin site.",
            default=False,
        ),
    ),
    (
        "is_active",
        models.BooleanField(
            verbose_name="active",
            help_text=(
                "Designates whether this user should be treated as active. Unselect this instead of deleting accounts."
            ),
            default=True,
        ),
    ),
    ("date_joined", models.DateTimeField(default=timezone.now, verbose_name="date joined")),
    (
        "groups",
        many(
            "auth.Group",
            verbose_name="groups",
            help_text=(
                "The groups this user belongs to. A user will get all permissions granted to each of their groups."
            ),
            related_query_name="user",
            related_name="user_set",
        ),
    ),
    (
        "user_permissions",
        many(
            "auth.Permission",
            verbose_name="user permissions",
            help_text="Specific permissions for this user.",
            related_query_name="user",
            related_name="user_set",
        ),
    ),
]


def created(name: str, fields: Any, manager: Any, **options: Any) -> Any:
    words = {"verbose_name": name.lower(), "verbose_name_plural": f"{name.lower()}s"}
    return migrations.CreateModel(name, fields, options={**words, **options}, managers=[("objects", manager)])


class Migration(migrations.Migration):
    dependencies = [("contenttypes", "__first__")]

    operations = [
        created(
            "Permission",
            PERMISSION,
            nuages.contrib.auth.models.PermissionManager(),
            ordering=["content_type__app_label", "content_type__model", "codename"],
            unique_together={("content_type", "codename")},
        ),
        created("Group", GROUP, nuages.contrib.auth.models.GroupManager()),
        created("User", USER, nuages.contrib.auth.models.UserManager(), swappable="AUTH_USER_MODEL"),
    ]
