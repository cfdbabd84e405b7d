from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery

KINDS = [
    ("prefecture", "都道府県"),
    ("designated_city", "指定都市"),
    ("core_city", "中核市"),
    ("special_city", "施行時特例市"),
    ("city", "一般市"),
    ("special_ward", "特別区"),
    ("town", "町"),
    ("village", "村"),
]
KNOWN = [code for code, _ in KINDS]
CHANGES = [
    ("merger", "新設合併"),
    ("absorption", "編入合併"),
    ("split", "分割"),
    ("rename", "名称の変更"),
    ("kind", "種別の変更"),
    ("code", "団体コードの変更"),
]
ROLES = [("abolished", "廃止"), ("established", "設置"), ("continuing", "存続")]
VIEW = ["view_registerchange"]
GROUPS = {"viewer": VIEW, "reviewer": VIEW, "manager": [*VIEW, "add_registerchange"]}


def allow_register(apps, schema_editor):
    permission = import_module("surveys.migrations.0002_groups").permission
    for name, codenames in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.get(name=name)
        group.permissions.add(*(permission(apps, "surveys", codename) for codename in codenames))


def keep_who_was_asked(apps, schema_editor):
    """Rounds that are open already keep what their bodies are called now."""
    body = apps.get_model("surveys", "Body").objects.filter(pk=OuterRef("body"))
    now = {name: Subquery(body.values(name)) for name in ("name", "kind")}
    apps.get_model("surveys", "Response").objects.update(**now)


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def to(model, on_delete, name, label):
    return models.ForeignKey(on_delete=on_delete, related_name=name, to=f"surveys.{model}", verbose_name=label)


class Migration(migrations.Migration):
    dependencies = [("surveys", "0009_history_is_append_only")]

    operations = [
        migrations.CreateModel(
            name="RegisterChange",
            fields=[
                key(),
                ("date", models.DateField(verbose_name="施行日")),
                ("kind", models.CharField(choices=CHANGES, max_length=20, verbose_name="変更の種類")),
                ("source", models.CharField(max_length=200, verbose_name="根拠")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="新しい名称")),
                ("name_kana", models.CharField(blank=True, max_length=80, verbose_name="新しい名称（かな）")),
                ("body_kind", models.CharField(blank=True, choices=KINDS, max_length=20, verbose_name="新しい種別")),
            ],
            options={
                "verbose_name": "団体の変更",
                "verbose_name_plural": "団体の変更",
                "ordering": ["-date", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=[code for code, _ in CHANGES]), name="register_change_known_kind"
                    ),
                    models.CheckConstraint(condition=~Q(source=""), name="register_change_has_source"),
                    models.CheckConstraint(
                        condition=Q(kind="rename") & ~Q(name="") & ~Q(name_kana="")
                        | ~Q(kind="rename") & Q(name="", name_kana=""),
                        name="register_change_renames",
                    ),
                    models.CheckConstraint(
                        condition=Q(kind="kind", body_kind__in=KNOWN) | ~Q(kind="kind") & Q(body_kind=""),
                        name="register_change_says_the_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChangedBody",
            fields=[
                key(),
                ("role", models.CharField(choices=ROLES, max_length=20, verbose_name="変わり方")),
                ("name", models.CharField(max_length=40, verbose_name="団体名")),
                ("name_kana", models.CharField(max_length=80, verbose_name="団体名（かな）")),
                ("kind", models.CharField(choices=KINDS, max_length=20, verbose_name="種別")),
                ("body", to("body", django.db.models.deletion.PROTECT, "parts", "団体")),
                ("change", to("registerchange", django.db.models.deletion.PROTECT, "parts", "団体の変更")),
            ],
            options={
                "ordering": ["body__code"],
                "constraints": [
                    models.UniqueConstraint(fields=["change", "body"], name="changed_body_once_per_change"),
                    models.UniqueConstraint(
                        fields=["body"], condition=Q(role="abolished"), name="changed_body_ends_once"
                    ),
                    models.UniqueConstraint(
                        fields=["body"], condition=Q(role="established"), name="changed_body_begins_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(role__in=[code for code, _ in ROLES]), name="changed_body_known_role"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=KNOWN) & ~Q(name="") & ~Q(name_kana=""), name="changed_body_has_facts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Population",
            fields=[
                key(),
                ("date", models.DateField(verbose_name="人口の基準日")),
                ("value", models.PositiveIntegerField(verbose_name="人口")),
                ("source", models.CharField(max_length=100, verbose_name="人口の出どころ")),
                ("body", to("body", django.db.models.deletion.CASCADE, "populations", "団体")),
            ],
            options={
                "verbose_name": "人口",
                "verbose_name_plural": "人口",
                "ordering": ["-date"],
                "constraints": [
                    models.UniqueConstraint(fields=["body", "date"], name="population_once_a_day"),
                    models.CheckConstraint(condition=~Q(source=""), name="population_has_source"),
                ],
            },
        ),
        migrations.AddField(
            model_name="response",
            name="kind",
            field=models.CharField(choices=KINDS, default="", max_length=20, verbose_name="種別"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="response",
            name="name",
            field=models.CharField(default="", max_length=40, verbose_name="団体名"),
            preserve_default=False,
        ),
        migrations.RunPython(keep_who_was_asked, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=KNOWN) & ~Q(name=""), name="response_says_who_was_asked"
            ),
        ),
        migrations.RunPython(allow_register, migrations.RunPython.noop),
    ]
