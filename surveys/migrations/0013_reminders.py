from importlib import import_module

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import surveys.models.mailings
import surveys.models.reminders
from django.conf import settings
from django.db import migrations, models


# Who sees the reminders, who decides about a mail that may not have arrived, and who writes the rules.
VIEW = ["view_reminderrule", "view_mailing", "view_mailingitem"]
GROUPS = {
    "viewer": VIEW,
    "reviewer": [*VIEW, "change_mailingitem"],
    "manager": [*VIEW, "change_mailingitem", "add_reminderrule", "change_reminderrule"],
}


def allow_reminders(apps, schema_editor):
    permission = import_module("surveys.migrations.0002_groups").permission
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*[permission(apps, "surveys", codename) for codename in codenames])


class Migration(migrations.Migration):

    dependencies = [
        ("surveys", "0012_corrections"),
    ]

    operations = [
        migrations.CreateModel(
            name='Mailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_ja', models.CharField(max_length=120, validators=[surveys.models.reminders.only_known_places], verbose_name='件名（日本語）')),
                ('text_ja', models.TextField(max_length=4000, validators=[surveys.models.reminders.only_known_places], verbose_name='本文（日本語）')),
                ('subject_en', models.CharField(max_length=120, validators=[surveys.models.reminders.only_known_places], verbose_name='件名（英語）')),
                ('text_en', models.TextField(max_length=4000, validators=[surveys.models.reminders.only_known_places], verbose_name='本文（英語）')),
                ('key', models.CharField(default=surveys.models.mailings.new_key, max_length=40, unique=True)),
                ('days', models.SmallIntegerField(null=True, verbose_name='決まり')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='始めた日時')),
            ],
            options={
                'verbose_name': '催促',
                'verbose_name_plural': '催促',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='MailingItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=254, verbose_name='宛先')),
                ('due', models.DateTimeField(verbose_name='提出期限')),
                ('key', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('waiting', '送信待ち'), ('claimed', '送信中'), ('sent', '送信済'), ('failed', '送れませんでした'), ('unknown', '送信状況不明'), ('dropped', '送らずに終了'), ('settled', '確認済')], default='waiting', max_length=10, verbose_name='状態')),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('refusals', models.PositiveSmallIntegerField(default=0, verbose_name='断られた回数')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='送信待ちにした日時')),
                ('claimed_at', models.DateTimeField(null=True, verbose_name='送り始めた日時')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='送信した日時')),
            ],
            options={
                'verbose_name': '催促メール',
                'verbose_name_plural': '催促メール',
                'ordering': ['response__body__code', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReminderRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_ja', models.CharField(max_length=120, validators=[surveys.models.reminders.only_known_places], verbose_name='件名（日本語）')),
                ('text_ja', models.TextField(max_length=4000, validators=[surveys.models.reminders.only_known_places], verbose_name='本文（日本語）')),
                ('subject_en', models.CharField(max_length=120, validators=[surveys.models.reminders.only_known_places], verbose_name='件名（英語）')),
                ('text_en', models.TextField(max_length=4000, validators=[surveys.models.reminders.only_known_places], verbose_name='本文（英語）')),
                ('days', models.SmallIntegerField(help_text='7日前なら -7、当日なら 0、3日後なら 3。期限を延ばした団体は、延ばした期限から数えます。', validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='提出期限からの日数')),
                ('active', models.BooleanField(default=False, help_text='入れると、その日に、まだ提出していない団体へ自動で送ります。', verbose_name='送る')),
            ],
            options={
                'verbose_name': '催促の決まり',
                'verbose_name_plural': '催促の決まり',
                'ordering': ['-survey__year', 'days'],
            },
        ),
        migrations.AddField(
            model_name='response',
            name='nothing_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='届け出た日時'),
        ),
        migrations.AddField(
            model_name='response',
            name='nothing_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='届け出た人'),
        ),
        migrations.AddField(
            model_name='response',
            name='nothing_reason',
            field=models.TextField(blank=True, verbose_name='今回は回答することがない理由'),
        ),
        migrations.AddField(
            model_name='survey',
            name='allows_nothing',
            field=models.BooleanField(default=False, help_text='入れると、団体の決裁者が理由を書いて届け出られます。届け出た団体には催促を送らず、未回答と数えます。', verbose_name='「今回は回答することがない」の届出を認める'),
        ),
        migrations.AddConstraint(
            model_name='response',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('nothing_at__isnull', True), ('nothing_by__isnull', True), ('nothing_reason', '')), models.Q(models.Q(('nothing_reason', ''), _negated=True), ('nothing_at__isnull', False), ('nothing_by__isnull', False), ('state', 'draft')), _connector='OR'), name='response_nothing_is_said_of_a_draft_by_somebody'),
        ),
        migrations.AddField(
            model_name='mailing',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='始めた人'),
        ),
        migrations.AddField(
            model_name='mailing',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mailings', to='surveys.survey', verbose_name='調査'),
        ),
        migrations.AddField(
            model_name='mailingitem',
            name='mailing',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='surveys.mailing', verbose_name='催促の送信'),
        ),
        migrations.AddField(
            model_name='mailingitem',
            name='response',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mail_items', to='surveys.response', verbose_name='回答'),
        ),
        migrations.AddField(
            model_name='reminderrule',
            name='survey',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminder_rules', to='surveys.survey', verbose_name='調査'),
        ),
        migrations.AddConstraint(
            model_name='mailing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('days__isnull', True)), models.Q(('by__isnull', True), ('days__isnull', False)), _connector='OR'), name='mailing_by_a_rule_or_a_person'),
        ),
        migrations.AddIndex(
            model_name='mailingitem',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='mailing_item_waiting'),
        ),
        migrations.AddConstraint(
            model_name='mailingitem',
            constraint=models.UniqueConstraint(fields=('key', 'response', 'address'), name='mailing_item_once'),
        ),
        migrations.AddConstraint(
            model_name='mailingitem',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'claimed', 'sent', 'failed', 'unknown', 'dropped', 'settled'])), name='mailing_item_known_state'),
        ),
        migrations.AddConstraint(
            model_name='mailingitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_at__isnull', True), ('state__in', ['waiting', 'dropped'])), models.Q(('claimed_at__isnull', False), ('state__in', ['claimed', 'sent', 'failed', 'unknown', 'settled'])), _connector='OR'), name='mailing_item_claimed_before_it_is_sent'),
        ),
        migrations.AddConstraint(
            model_name='mailingitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='mailing_item_sent_at_goes_with_state'),
        ),
        migrations.AddConstraint(
            model_name='mailingitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['failed', 'unknown', 'dropped']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='mailing_item_says_why_it_was_not_sent'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.UniqueConstraint(fields=('survey', 'days'), name='reminder_once_a_day', violation_error_message='この調査には、同じ日の催促がもうあります。'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', -90), ('days__lte', 90)), name='reminder_days_near_the_deadline'),
        ),
        migrations.RunPython(allow_reminders, migrations.RunPython.noop),
    ]
