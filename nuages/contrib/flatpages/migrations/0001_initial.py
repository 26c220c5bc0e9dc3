"""The tables of flat pages."""

from nuages.db import migrations, models

TEMPLATE_HELP = "Example: “flatpages/contact_page.html”. If this isn’t provided, the system will use “flatpages/default.html”."
REGISTRATION_HELP = "If this is checked, only logged-in users will be able to view the page."

COLUMNS = {
    "id": models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    "url": models.CharField(db_index=True, max_length=100, verbose_name="URL"),
    "title": models.CharField(max_length=200, verbose_name="title"),
    "content": models.TextField(blank=True, verbose_name="content"),
    "enable_comments": models.BooleanField(default=False, verbose_name="enable comments"),
    "template_name": models.CharField(
        blank=True, max_length=70, help_text=TEMPLATE_HELP, verbose_name="template name"
    ),
    "registration_required": models.BooleanField(
        default=False, help_text=REGISTRATION_HELP, verbose_name="registration required"
    ),
    "sites": models.ManyToManyField("sites.Site", verbose_name="sites"),
}


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial")]

    operations = [
        migrations.CreateModel(
            "FlatPage",
            list(COLUMNS.items()),
            options={
                "verbose_name": "flat page",
                "verbose_name_plural": "flat pages",
                "db_table": "django_flatpage",
                "ordering": ["url"],
            },
        )
    ]
