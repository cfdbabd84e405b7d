"""On PostgreSQL the database itself refuses to change or remove what the history holds, whoever asks.

Only who owns the table could take the trigger away; then the chain of hashes still shows it. The embedded SQLite is for
trying the product and has no such guard.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION surveys_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history is append-only: % is refused.', TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON surveys_event
    FOR EACH ROW EXECUTE FUNCTION surveys_event_refuse();
CREATE TRIGGER event_table_is_never_emptied BEFORE TRUNCATE ON surveys_event
    FOR EACH STATEMENT EXECUTE FUNCTION surveys_event_refuse();
"""
UNGUARD = """
DROP TRIGGER event_table_is_never_emptied ON surveys_event;
DROP TRIGGER event_is_never_changed ON surveys_event;
DROP FUNCTION surveys_event_refuse();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNGUARD, params=None)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0008_rounds")]
    operations = [migrations.RunPython(guard, unguard)]
