"""The first site of a new database."""

from __future__ import annotations

from typing import Any

from nuages.apps import apps as global_apps
from nuages.conf import settings
from nuages.core.management.color import no_style
from nuages.db import DEFAULT_DB_ALIAS, connections, router


def create_default_site(
    app_config: Any,
    verbosity: int = 2,
    interactive: bool = True,
    using: str = DEFAULT_DB_ALIAS,
    apps: Any = global_apps,
    **kwargs: Any,
) -> None:
    """Make example.com, with the key in `SITE_ID`, where there is no site yet."""
    try:
        Site = apps.get_model("sites", "Site")
    except LookupError:
        return
    if not router.allow_migrate_model(using, Site) or Site.objects.using(using).exists():
        return
    if verbosity >= 2:
        print("Creating example.com Site object")
    domain = "example.com"
    Site(pk=getattr(settings, "SITE_ID", 1), domain=domain, name=domain).save(using=using)
    # The key was given, so a sequence does not know of it: the next site would get it again.
    connection = connections[using]
    statements = connection.ops.sequence_reset_sql(no_style(), [Site])
    if statements:
        if verbosity >= 2:
            print("Resetting sequence")
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
