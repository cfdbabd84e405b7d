from django.db import migrations

# What each group of the ministry may do in the admin. Superusers may do everything without a group.
VIEW = ["body", "user", "membership", "survey", "response", "event"]
GROUPS = {
    "viewer": [f"view_{model}" for model in VIEW],
    "reviewer": [f"view_{model}" for model in VIEW] + ["change_response"],
    "manager": [f"view_{model}" for model in VIEW]
    + ["add_body", "change_body", "delete_body", "add_user", "change_user"]
    + ["add_membership", "change_membership", "delete_membership", "change_survey", "change_response"],
}


def permission(apps, app, codename):
    """Permissions are made after all migrations, so the ones needed here may not be there yet."""
    action, model = codename.split("_", 1)
    content, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    found, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content, codename=codename, defaults={"name": f"Can {action} {model}"}
    )
    return found


def make_groups(apps, schema_editor):
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.set([permission(apps, "surveys", codename) for codename in codenames])


class Migration(migrations.Migration):
    dependencies = [
        ("surveys", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
