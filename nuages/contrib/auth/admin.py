"""What is declared about the admin of users and groups."""

from __future__ import annotations

from nuages.contrib import admin
from nuages.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from nuages.contrib.auth.models import Group, User
from nuages.utils.translation import gettext_lazy as _


@admin.register(Group)
class GroupAdmin(admin.ModelAdmin):
    """Groups and their permissions."""

    filter_horizontal = ("permissions",)
    search_fields = ["name"]
    ordering = search_fields


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Users; a new one is asked for name and password first."""

    form, add_form, change_password_form = UserChangeForm, AdminUserCreationForm, AdminPasswordChangeForm

    list_display = ("username", "email", "first_name", "last_name", "is_staff")
    search_fields = tuple(name for name in list_display if name != "is_staff")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    filter_horizontal = ("groups", "user_permissions")
    ordering = ("username",)

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Personal info"), {"fields": ("first_name", "last_name", "email")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Important dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "usable_password", "password1", "password2")},
        ),
    )
