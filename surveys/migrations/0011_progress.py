from collections.abc import Iterator
from datetime import datetime
from typing import Any

import django.utils.timezone
from django.db import migrations, models

from surveys import rules
from surveys.definition import parse


def fill_in(apps: Any, schema_editor: Any) -> None:
    """Say of the answers stored before whether they are complete, and when they were changed last."""
    section_answers = apps.get_model("surveys", "SectionAnswers")
    for survey in apps.get_model("surveys", "Survey").objects.exclude(state="draft"):
        for section in parse(survey.document).sections:
            found = section_answers.objects.filter(response__survey=survey, section=section.id)
            batch = list(found.select_related("response"))
            for stored in batch:
                stored.complete = not rules.problems(section, stored.response.kind, stored.answers)
                stored.changed_at = max(_moments(stored), default=stored.changed_at)
            section_answers.objects.bulk_update(batch, ["complete", "changed_at"], batch_size=500)


def _moments(stored: Any) -> Iterator[datetime]:
    """When an answer or a reason was given."""
    return (datetime.fromisoformat(mark["at"]) for marks in (stored.marks, stored.reasons) for mark in marks.values())


class Migration(migrations.Migration):
    dependencies = [("surveys", "0010_register")]

    operations = [
        migrations.AddField("sectionanswers", "complete", models.BooleanField(default=False)),
        migrations.AddField(
            "sectionanswers", "changed_at", models.DateTimeField(default=django.utils.timezone.now)
        ),
        migrations.RunPython(fill_in, migrations.RunPython.noop),
    ]
