"""The table of sites."""

import nuages.contrib.sites.models
from nuages.contrib.sites.models import _simple_domain_name_validator
from nuages.db import migrations, models

COLUMNS = {
    "id": models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    "domain": models.CharField(
        max_length=100, verbose_name="domain name", validators=[_simple_domain_name_validator]
    ),
    "name": models.CharField(max_length=50, verbose_name="display name"),
}


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.CreateModel(
            "Site",
            list(COLUMNS.items()),
            options={
                "verbose_name": "site",
                "verbose_name_plural": "sites",
                "db_table": "django_site",
                "ordering": ["domain"],
            },
            managers=[("objects", nuages.contrib.sites.models.SiteManager())],
        )
    ]
