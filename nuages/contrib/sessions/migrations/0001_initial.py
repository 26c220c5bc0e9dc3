"""The first and only migration, named as in Django's history so that its record in a live database counts here."""

import nuages.contrib.sessions.models
from nuages.db import migrations, models

KEY = models.CharField(primary_key=True, serialize=False, max_length=40, verbose_name="session key")
EXPIRES = models.DateTimeField(db_index=True, verbose_name="expire date")
NAMES = {"verbose_name": "session", "verbose_name_plural": "sessions"}


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.CreateModel(
            "Session",
            [
                ("session_key", KEY),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", EXPIRES),
            ],
            options={**NAMES, "abstract": False, "db_table": "django_session"},
            managers=[("objects", nuages.contrib.sessions.models.SessionManager())],
        )
    ]
