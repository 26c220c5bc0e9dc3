"""A domain is one site's."""

import nuages.contrib.sites.models
from nuages.db import migrations, models

DOMAIN = models.CharField(
    unique=True,
    max_length=100,
    verbose_name="domain name",
    validators=[nuages.contrib.sites.models._simple_domain_name_validator],
)


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial")]

    operations = [migrations.AlterField("site", "domain", DOMAIN)]
