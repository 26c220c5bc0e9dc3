"""The configuration of the auth app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.apps import apps as registry
from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.checks import check_middleware, check_models_permissions, check_user_model
from nuages.contrib.auth.management import create_permissions, inject_rename_permissions_operations
from nuages.contrib.auth.signals import user_logged_in
from nuages.core import checks
from nuages.db.models.query_utils import DeferredAttribute
from nuages.db.models.signals import post_migrate, pre_migrate
from nuages.utils.memo import on_change
from nuages.utils.translation import gettext_lazy as _


class AuthConfig(AppConfig):
    """Users, groups and permissions."""

    default_auto_field = "nuages.db.models.AutoField"
    name = "nuages.contrib.auth"
    verbose_name = _("Authentication and Authorization")

    def ready(self) -> None:
        # Which relations a model has depends on which user model is in use.
        on_change(registry.clear_cache, "AUTH_USER_MODEL")
        pre_migrate.connect(inject_rename_permissions_operations, sender=self)
        post_migrate.connect(
            create_permissions, dispatch_uid="nuages.contrib.auth.management.create_permissions"
        )
        # Where users have the field, it is kept up to date.
        if isinstance(getattr(get_user_model(), "last_login", None), DeferredAttribute):
            from nuages.contrib.auth.models import update_last_login

            user_logged_in.connect(update_last_login, dispatch_uid="update_last_login")
        checks.register(check_user_model, checks.Tags.models)
        checks.register(check_models_permissions, checks.Tags.models)
        checks.register(check_middleware)
