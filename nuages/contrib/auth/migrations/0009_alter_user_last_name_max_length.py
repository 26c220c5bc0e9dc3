"""Longer last names."""

from nuages.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auth", "0008_alter_user_username_max_length")]

    operations = [
        migrations.AlterField(
            "user", "last_name", models.CharField(blank=True, verbose_name="last name", max_length=150)
        ),
    ]
