"""Names and addresses leave the history for a table beside it, from which they can be purged.

The entries of an installed database are written anew, since a name in one of them could never be purged, and chained
anew. An entry at the end says so, with the hash that the last one had before. People are named by the number of their
account from now on.
"""

import hashlib
import json
import secrets

from django.db import migrations, models
from django.utils import timezone

PERSONAL = {"user": ("name", "division", "email"), "invitation": ("name", "division")}
NUMBERED = {"delegation": "to", "invitation": "user"}
TRIGGERS = ("event_is_never_changed", "event_table_is_never_emptied")
BATCH = 500


def rewrite(apps, schema_editor):
    Event = apps.get_model("surveys", "Event")
    if not Event.objects.exists():
        return
    numbers = {sign_in_id: pk for sign_in_id, pk in apps.get_model("surveys", "User").objects.values_list("sign_in_id", "pk")}
    _guard(schema_editor, "DISABLE")
    old, last = Event.objects.latest("id").hash, ""
    Detail, details, changed = apps.get_model("surveys", "Detail"), [], []
    for event in Event.objects.order_by("id").iterator(chunk_size=BATCH):
        _rename(event, numbers)
        event.before, event.after = (_sealed(Detail, event, side, numbers, details) for side in (event.before, event.after))
        event.previous, event.hash = last, _hash(event, last)
        last = event.hash
        changed.append(event)
        if len(changed) == BATCH:
            _write(Event, Detail, changed, details)
    _write(Event, Detail, changed, details)
    note = Event(kind="history.rewritten", subject="history", before={"head": old}, at=timezone.now(), previous=last)
    note.hash = _hash(note, last)
    Event.objects.bulk_create([note])
    _guard(schema_editor, "ENABLE")


def _rename(event, numbers):
    """The number of an account in the place of a sign-in id."""
    words = event.subject.split(" ")
    if words[0] in ("user", "membership") and words[-1] in numbers:
        event.subject = " ".join([*words[:-1], str(numbers[words[-1]])])


def _sealed(Detail, event, side, numbers, details):
    family = event.kind.split(".")[0]
    if not isinstance(side, dict):
        return side
    found = dict(side)
    if (name := NUMBERED.get(family)) in found:
        found[name] = numbers.get(found[name], found[name])
    for name in PERSONAL.get(family, ()):
        if found.get(name):
            salt = secrets.token_hex(16)
            seal = hashlib.sha256(f"{salt}{found[name]}".encode()).hexdigest()
            details.append(Detail(seal=seal, salt=salt, value=found[name], subject=event.subject, at=event.at))
            found[name] = {"sealed": seal}
    return found


def _hash(event, previous):
    content = [event.actor_id, event.kind, event.subject, event.before, event.after, event.reason, event.at.isoformat()]
    text = json.dumps([previous, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _write(Event, Detail, changed, details):
    Event.objects.bulk_update(changed, ["subject", "before", "after", "previous", "hash"])
    Detail.objects.bulk_create(details)
    changed.clear()
    details.clear()


def _guard(schema_editor, what):
    if schema_editor.connection.vendor == "postgresql":
        for trigger in TRIGGERS:
            schema_editor.execute(f"ALTER TABLE surveys_event {what} TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("surveys", "0016_disclosures")]
    operations = [
        migrations.CreateModel(
            name="Detail",
            fields=[
                ("seal", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("salt", models.CharField(max_length=32)),
                ("value", models.TextField()),
                ("subject", models.CharField(db_index=True, max_length=80)),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"verbose_name": "履歴の中の個人の情報", "verbose_name_plural": "履歴の中の個人の情報"},
        ),
        migrations.RunPython(rewrite, migrations.RunPython.noop),
    ]
