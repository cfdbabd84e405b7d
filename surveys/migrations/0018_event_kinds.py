"""Downtime: none. Building the index takes a second or two for a million events; whoever saves meanwhile waits."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0017_details")]

    operations = [
        migrations.AddIndex("event", models.Index(fields=["kind", "id"], name="event_of_a_kind")),
    ]
