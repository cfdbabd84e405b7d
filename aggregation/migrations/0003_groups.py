from importlib import import_module

from django.db import migrations

GROUPS = {"viewer": ["view_run"], "reviewer": ["view_run"], "manager": ["view_run", "change_run"]}


def allow_runs(apps, schema_editor):
    permission = import_module("surveys.migrations.0002_groups").permission
    for name, codenames in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*(permission(apps, "aggregation", codename) for codename in codenames))


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_groups"), ("aggregation", "0002_run_peers")]
    operations = [migrations.RunPython(allow_runs, migrations.RunPython.noop)]
