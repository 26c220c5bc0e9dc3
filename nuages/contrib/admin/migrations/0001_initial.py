"""The table of the log."""

import nuages.contrib.admin.models
from nuages.conf import settings
from nuages.db import migrations, models

COLUMNS = {
    "id": models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    "action_time": models.DateTimeField(auto_now=True, verbose_name="action time"),
    "object_id": models.TextField(null=True, blank=True, verbose_name="object id"),
    "object_repr": models.CharField(max_length=200, verbose_name="object repr"),
    "action_flag": models.PositiveSmallIntegerField(verbose_name="action flag"),
    "change_message": models.TextField(blank=True, verbose_name="change message"),
    "content_type": models.ForeignKey(
        "contenttypes.ContentType",
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name="content type",
    ),
    "user": models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name="user"),
}


class Migration(migrations.Migration):
    dependencies = [
        ("contenttypes", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            "LogEntry",
            list(COLUMNS.items()),
            options={
                "verbose_name": "log entry",
                "verbose_name_plural": "log entries",
                "db_table": "django_admin_log",
                "ordering": ["-action_time"],
            },
            managers=[("objects", nuages.contrib.admin.models.LogEntryManager())],
        )
    ]
