"""The table of redirects."""

from nuages.db import migrations, models

OLD = "This should be an absolute path, excluding the domain name. Example: “/events/search/”."
NEW = "This can be either an absolute path (as above) or a full URL starting with “http://”."
COLUMNS = {
    "id": models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    "site": models.ForeignKey("sites.Site", models.CASCADE, verbose_name="site"),
    "old_path": models.CharField(db_index=True, max_length=200, help_text=OLD, verbose_name="redirect from"),
    "new_path": models.CharField(blank=True, max_length=200, help_text=NEW, verbose_name="redirect to"),
}


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "Redirect",
            list(COLUMNS.items()),
            options={
                "verbose_name": "redirect",
                "verbose_name_plural": "redirects",
                "unique_together": {("site", "old_path")},
                "db_table": "django_redirect",
                "ordering": ["old_path"],
            },
        )
    ]
