"""The table of content types. It still has the name column that the next migration takes away, as live tables had."""

import nuages.contrib.contenttypes.models
from nuages.db import migrations, models

COLUMNS = {
    "id": models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    "name": models.CharField(max_length=100),
    "app_label": models.CharField(max_length=100),
    "model": models.CharField(max_length=100, verbose_name="python model class name"),
}


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.CreateModel(
            "ContentType",
            list(COLUMNS.items()),
            options={
                "verbose_name": "content type",
                "verbose_name_plural": "content types",
                "db_table": "django_content_type",
                "ordering": ("name",),
            },
            managers=[("objects", nuages.contrib.contenttypes.models.ContentTypeManager())],
        ),
        migrations.AlterUniqueTogether("contenttype", {("app_label", "model")}),
    ]
