"""Names of content types come from the models now: the column goes."""

from typing import Any

from nuages.db import migrations, models


def add_legacy_name(apps: Any, schema_editor: Any) -> None:
    """Going back: fill the column in again, as well as the models still tell."""
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(schema_editor.connection.alias)
    for kind in kinds.all():
        try:
            kind.name = apps.get_model(kind.app_label, kind.model)._meta.object_name
        except LookupError:
            kind.name = kind.model
        kind.save()


class Migration(migrations.Migration):
    dependencies = [("contenttypes", "0001_initial")]

    # The column becomes nullable first, so that going back can add it to rows that have no name yet.
    operations = [
        migrations.AlterModelOptions(
            "contenttype", {"verbose_name": "content type", "verbose_name_plural": "content types"}
        ),
        migrations.AlterField("contenttype", "name", models.CharField(null=True, max_length=100)),
        migrations.RunPython(migrations.RunPython.noop, add_legacy_name, hints={"model_name": "contenttype"}),
        migrations.RemoveField("contenttype", "name"),
    ]
