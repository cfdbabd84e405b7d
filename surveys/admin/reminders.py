"""The rules by which bodies are reminded, and whom each of them will reach."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from surveys.admin import work
from surveys.admin.base import Button, DeskAdmin, person
from surveys.admin.responses import RoundFilter
from surveys.admin.rounds import SurveyAdmin
from surveys.models import ReminderRule, Survey
from surveys.models.reminded import letter, recipients, without_address
from surveys.models.reminders import to_come
from surveys.reminder_text import BEFORE

OPEN = (Survey.State.DRAFT, Survey.State.OPEN)


@admin.register(ReminderRule)
class ReminderRuleAdmin(DeskAdmin):
    list_display = ["day", "survey", "active", "subject_ja"]
    list_display_links = ["day"]
    list_filter = [RoundFilter, "active"]
    list_select_related = ["survey"]
    fieldsets = [
        (None, {"fields": ["survey", "days", "active"]}),
        (_("日本語の文面"), {"fields": ["subject_ja", "text_ja"]}),
        (_("英語の文面"), {"fields": ["subject_en", "text_en"]}),
    ]
    change_form_template = "admin/surveys/reminderrule/change_form.html"  # with the list of what can be filled in

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("survey").defer("survey__document")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the menu: the page of the mailings leads here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj and obj.survey.state not in OPEN:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is switched off

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The round stays as it is; in the form it takes part in the check that it has no second rule of a day."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if survey := form.base_fields.get("survey"):
            survey.queryset = Survey.objects.filter(state__in=OPEN).defer("document")  # type: ignore[attr-defined]  # of a model
            survey.disabled = change
            survey.widget.can_add_related = survey.widget.can_change_related = survey.widget.can_view_related = False
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {**BEFORE._asdict(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: ReminderRule, form: Any, change: bool) -> None:
        obj.keep(by=person(request))

    @admin.display(description=_("送る日"), ordering="days")
    def day(self, rule: ReminderRule) -> str:
        return rule.day

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview)
        return [path("<int:pk>/preview/", view, name="surveys_reminderrule_preview"), *super().get_urls()]

    def buttons(self, request: HttpRequest, thing: ReminderRule) -> list[Button]:
        return [Button(_("届く相手とメールを確かめる"), self.url_of(thing, "preview"))]

    @method_decorator(require_safe)
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whom the rule will reach, when, and with which mail."""
        rule = self.get_queryset(request).filter(pk=pk).first()
        if rule is None:
            raise Http404
        if not self.has_view_permission(request, rule):
            raise PermissionDenied
        planned = to_come(rule)
        days = {response.pk: at for at, response in planned}
        to = recipients(response for _at, response in planned)
        context = {
            "title": _g("届く相手とメール：%(rule)s") % {"rule": rule},
            "opts": self.opts,
            "rule": rule,
            "rows": [(each, days[each.response.pk]) for each in to],
            "bodies": len({each.response.pk for each in to}),
            "unreachable": without_address((response for _at, response in planned), to),
            "letter": letter(to[0], rule.wording, days[to[0].response.pk]) if to else None,
        }
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/surveys/reminderrule/preview.html", context)


def reminder_buttons(request: HttpRequest, survey: Survey) -> list[Button]:
    """From the page of a round to its rules and to what was sent."""
    return [
        Button(_("催促の決まり"), work.url("surveys_reminderrule", round=survey.year)),
        Button(_("催促の記録"), work.url("surveys_mailing", round=survey.year)),
    ]


SurveyAdmin.more_buttons.append(reminder_buttons)
