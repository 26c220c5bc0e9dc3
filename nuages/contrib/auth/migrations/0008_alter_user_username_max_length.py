"""Longer user names."""

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
    dependencies = [("auth", "0007_alter_validators_add_error_messages")]

    operations = [
        migrations.AlterField(
            "user",
            "username",
            models.CharField(
                **USERNAME,
                error_messages=TAKEN,
                help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                max_length=150,
            ),
        ),
    ]
