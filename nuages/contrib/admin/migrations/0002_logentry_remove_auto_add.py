"""The time of an entry is set once, in Python; no change to the table."""

from nuages.db import migrations, models
from nuages.utils import timezone

TIME = models.DateTimeField(editable=False, default=timezone.now, verbose_name="action time")


class Migration(migrations.Migration):
    dependencies = [("admin", "0001_initial")]

    operations = [migrations.AlterField("logentry", "action_time", TIME)]
