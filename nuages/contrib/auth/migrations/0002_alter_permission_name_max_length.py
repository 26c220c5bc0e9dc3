"""Longer names of permissions."""

from nuages.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("auth", "0001_initial")]

    operations = [
        migrations.AlterField("permission", "name", models.CharField(verbose_name="name", max_length=255)),
    ]
