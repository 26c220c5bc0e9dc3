"""Another help text; no change to the table."""

from nuages.db import migrations, models

HELP = (
    "This can be either an absolute path (as above) or a full URL starting with a scheme such as “https://”."
)


class Migration(migrations.Migration):
    dependencies = [("redirects", "0001_initial")]

    operations = [
        migrations.AlterField(
            "redirect",
            "new_path",
            models.CharField(blank=True, max_length=200, help_text=HELP, verbose_name="redirect to"),
        )
    ]
