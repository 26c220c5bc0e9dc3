"""Permissions of proxy models move from the content type of the concrete model to the proxy's own."""

import sys
from typing import Any

from nuages.core.management.color import color_style
from nuages.db import IntegrityError, migrations, transaction
from nuages.db.models import Q

WARNING = """
    A problem arose migrating proxy model permissions for {old} to {new}.

      Permission(s) for {new} already existed.
      Codenames Q: {query}

    Ensure to audit ALL permissions for {old} and {new}.
"""


def permissions_of(model: Any) -> Any:
    """What tells the permissions of a proxy model from the others of its content type."""
    options = model._meta
    own = [codename for codename, _name in options.permissions]
    built_in = [f"{action}_{options.model_name}" for action in options.default_permissions]
    return Q(codename__in=own) | Q(codename__in=built_in)


def move_permissions(apps: Any, schema_editor: Any, back: bool) -> None:
    alias = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(alias)
    kinds = apps.get_model("contenttypes", "ContentType").objects.db_manager(alias)
    for model in apps.get_models():
        if not model._meta.proxy:
            continue
        concrete, proxy = (kinds.get_for_model(model, for_concrete_model=choice) for choice in (True, False))
        old, new = (proxy, concrete) if back else (concrete, proxy)
        wanted = permissions_of(model)
        try:
            with transaction.atomic(using=alias):
                permissions.filter(wanted, content_type=old).update(content_type=new)
        except IntegrityError:
            # Somebody made them by hand, or the model was no proxy once.
            text = WARNING.format(old=old, new=new, query=wanted)
            sys.stdout.write(color_style().WARNING(text))


def update_proxy_model_permissions(apps: Any, schema_editor: Any) -> None:
    move_permissions(apps, schema_editor, back=False)


def revert_proxy_model_permissions(apps: Any, schema_editor: Any) -> None:
    move_permissions(apps, schema_editor, back=True)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0010_alter_group_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(update_proxy_model_permissions, revert_proxy_model_permissions)]
