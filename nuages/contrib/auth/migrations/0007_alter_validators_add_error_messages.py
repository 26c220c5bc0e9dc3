"""User names in any script; no change to the table."""

from typing import Any

from nuages.contrib.auth import validators
from nuages.db import migrations, models

USERNAME: dict[str, Any] = {
    "unique": True,
    "verbose_name": "username",
    "validators": [validators.UnicodeUsernameValidator()],
}
TAKEN = {"unique": "A user with that username already exists."}


class Migration(migrations.Migration):
    dependencies = [("auth", "0006_require_contenttypes_0002")]

    operations = [
        migrations.AlterField(
            "user",
            "username",
            models.CharField(
                **USERNAME,
                error_messages=TAKEN,
                help_text="Required. 30 characters or fewer. Letters, digits and @/./+/-/_ only.",
                max_length=30,
            ),
        ),
    ]
