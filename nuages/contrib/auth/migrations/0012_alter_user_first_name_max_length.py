"""Longer first names."""

from nuages.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auth", "0011_update_proxy_permissions")]

    operations = [
        migrations.AlterField(
            "user", "first_name", models.CharField(blank=True, verbose_name="first name", max_length=150)
        ),
    ]
