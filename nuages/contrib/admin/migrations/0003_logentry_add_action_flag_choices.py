"""Flags have names; no change to the table."""

from nuages.db import migrations, models

NAMES = {1: "Addition", 2: "Change", 3: "Deletion"}


class Migration(migrations.Migration):
    dependencies = [("admin", "0002_logentry_remove_auto_add")]

    operations = [
        migrations.AlterField(
            "logentry",
            "action_flag",
            models.PositiveSmallIntegerField(verbose_name="action flag", choices=list(NAMES.items())),
        )
    ]
