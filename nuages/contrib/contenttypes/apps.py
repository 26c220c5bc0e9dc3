"""The configuration of the content types app."""

from __future__ import annotations

from nuages.apps import AppConfig
from nuages.contrib.contenttypes.checks import check_generic_foreign_keys, check_model_name_lengths
from nuages.contrib.contenttypes.management import create_contenttypes, inject_rename_contenttypes_operations
from nuages.core import checks
from nuages.db.models.signals import post_migrate, pre_migrate
from nuages.utils.translation import gettext_lazy as _


class ContentTypesConfig(AppConfig):
    """Keeps the table of content types in step with the models."""

    name = "nuages.contrib.contenttypes"
    verbose_name = _("Content Types")
    default_auto_field = "nuages.db.models.AutoField"

    def ready(self) -> None:
        for check in (check_generic_foreign_keys, check_model_name_lengths):
            checks.register(check, checks.Tags.models)
        pre_migrate.connect(inject_rename_contenttypes_operations, sender=self)
        post_migrate.connect(create_contenttypes)
