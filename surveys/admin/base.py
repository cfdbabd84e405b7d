"""What the pages of the desk share: steps with a page that says what they do, and the one history."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, ClassVar, NamedTuple, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from surveys.event_words import in_words
from surveys.models import Body, Event, NotAllowed, User
from surveys.models.rounds import RoundNotOpen

CONFIRMED = "confirmed"
NUMBER = re.compile("[0-9]{1,18}")  # of a thing in the database


@dataclass(frozen=True)
class Step:
    """Something that moves a thing on: a button on its page, and an action of its list."""

    name: str
    label: Any  # what the button says
    act: Callable[[Any, Any, Any], None]  # the thing, who does it, what was given: the reason, or as the form says
    why_not: Callable[[Any], str]  # why it cannot be done now, or an empty text
    says: tuple[Any, ...] = ()  # what happens, on the page that asks
    about: Callable[[Any], Sequence[str]] = field(default=lambda thing: ())  # the same about the one thing
    asks: bool = True  # whether that page comes first; otherwise the button does it
    asks_many: bool = False  # whether it comes first for the action of the list all the same
    reason: Any = ""  # the label of the reason to be given, if one is
    form: "type[StepForm] | None" = None  # where more than a reason is asked for
    only_if_possible: bool = False  # no button while it cannot be done, where another step stands in its place
    seen: Callable[[Any], str] = field(default=lambda thing: "")  # what the page showed: if it has changed, no step


class Button(NamedTuple):
    """A button on a page: a link to the page that asks, or a form that does it."""

    label: Any
    url: str
    posts: bool = False
    why_not: str = ""
    thing: Any = None
    seen: str = ""


class Row(NamedTuple):
    """A thing on the page that asks, with what is said about it."""

    thing: Any
    about: Sequence[str]
    why_not: str
    seen: str


class StepForm(forms.Form):
    def __init__(self, step: Step, data: Any = None) -> None:
        super().__init__(data)
        if step.reason:
            area = forms.Textarea(attrs={"rows": 5, "cols": 60})
            self.fields["reason"] = forms.CharField(label=step.reason, widget=area, max_length=2000)

    @property
    def given(self) -> Any:
        return str(self.cleaned_data.get("reason", ""))


def form_of(step: Step, data: Any = None) -> StepForm:
    return (step.form or StepForm)(step, data)


def person(request: HttpRequest) -> User:
    """Who is at the desk; the site has made sure that somebody is."""
    return cast(User, request.user)


class DeskAdmin(admin.ModelAdmin):
    """A model of the desk: its steps, and its history from the one table of events."""

    steps: ClassVar[tuple[Step, ...]] = ()
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER  # each count would be a query more; the work list has the counts
    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})},
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        },
    }
    object_history_template = "admin/object_history.html"

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may take the steps: those who may change the model."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A field without a name (`?_to_field=`) is none: Django looks for it among the fields, an error 500."""
        return super().get_object(request, object_id, from_field or None)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """A filter by a year that no date has (`?at__year=99999`) is a wrong filter like any other."""
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as error:
            raise IncorrectLookupParameters(error) from error

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *args: Any) -> HttpResponse | None:
        """What is no number was not chosen from the list."""
        request.POST = request.POST.copy()  # type: ignore[assignment]  # one that may be changed
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST.setlist(ACTION_CHECKBOX_NAME, [each for each in chosen if NUMBER.fullmatch(each)])
        return super().response_action(request, queryset, *args)

    # Django's own log is not written: the events are the one history.

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]  # no LogEntry
        pass

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]  # no LogEntry
        pass

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]  # no LogEntry
        pass

    def history(self, thing: Any) -> QuerySet[Event]:
        """What happened to a thing, the latest first."""
        return Event.objects.under(thing.subject).select_related("actor").order_by("-id")

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            raise Http404
        if not self.has_view_permission(request, thing):
            raise PermissionDenied
        found = in_words(self.history(thing)[:100])
        title = _g("履歴：%(thing)s") % {"thing": thing}
        context = {"title": title, "events": found, "object": thing, "opts": self.opts, "subject": thing.subject}
        return TemplateResponse(
            request, self.object_history_template, {**self.admin_site.each_context(request), **context}
        )

    # Steps

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.step_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_step"
        return [path("<path:object_id>/step/<slug:name>/", view, name=name), *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Ask on GET, take the step on POST."""
        step = next((step for step in self.steps if step.name == name), None)
        thing = self.get_object(request, unquote(object_id))
        if step is None or thing is None:
            raise Http404
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = form_of(step, request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self.ask(request, step, [thing], form)
        self.take(request, step, [thing], form.given)
        return redirect(self.url_of(thing))

    def url_of(self, thing: Any, page: str = "change", *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=[thing.pk, *args])

    def ask(self, request: HttpRequest, step: Step, things: Sequence[Any], form: StepForm) -> HttpResponse:
        rows = [Row(thing, step.about(thing), step.why_not(thing), step.seen(thing)) for thing in things]
        context = {"title": step.label, "step": step, "rows": rows, "form": form, "opts": self.opts}
        context["possible"] = sum(not row.why_not for row in rows)
        name = str(request.resolver_match.url_name)  # type: ignore[union-attr]  # a view always has a match
        context["back"] = self.url_of(things[0]) if name.endswith("_step") else ""
        return TemplateResponse(request, "admin/step.html", {**self.admin_site.each_context(request), **context})

    def take(self, request: HttpRequest, step: Step, things: Sequence[Any], given: Any) -> None:
        """Take a step with each thing; what is not possible is said, and the rest goes on."""
        done = 0
        for thing in things:
            try:
                if why_not := step.why_not(thing):
                    raise NotAllowed(why_not)
                if request.POST.get(f"seen.{thing.pk}", "") != step.seen(thing):
                    raise NotAllowed(_g("この画面を開いたあとに変わりました。新しい内容を確かめてください。"))
                step.act(thing, person(request), given)
            except (NotAllowed, RoundNotOpen) as refusal:
                messages.error(request, f"{thing}：{refusal}")
            else:
                done += 1
        if done:
            words = {"label": step.label, "done": done}
            text = ngettext("%(label)s：%(done)d件を済ませました。", "%(label)s：%(done)d件を済ませました。", done)
            messages.success(request, text % words)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = dict(super().get_actions(request))
        if self.has_act_permission(request):
            found |= {step.name: (partial(_action, step), step.name, step.label) for step in self.steps}
        return found

    def buttons(self, request: HttpRequest, thing: Any) -> list[Button]:
        """The steps as buttons of the page of a thing."""
        if not self.has_act_permission(request):
            return []
        return [
            Button(
                step.label,
                self.url_of(thing, "step", step.name),
                not step.asks,
                step.why_not(thing),
                thing,
                step.seen(thing),
            )
            for step in self.steps
            if not (step.only_if_possible and step.why_not(thing))
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self.opts.verbose_name_plural, **(extra_context or {})})

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if context.get("original"):
            context["buttons"] = self.buttons(request, context["original"])
            context |= {"title": str(context["original"]), "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)


def numbered(found: QuerySet[Any], object_id: str) -> Any:
    """The thing whose number stands in an address; None for what is no number."""
    number = unquote(object_id)
    return found.filter(pk=number).first() if NUMBER.fullmatch(number) else None


def _action(step: Step, desk: DeskAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    """A step as an action of a list: first the page that asks, where the step has one."""
    form = form_of(step, request.POST if CONFIRMED in request.POST or not (step.asks or step.asks_many) else None)
    if not form.is_valid():
        return desk.ask(request, step, list(queryset), form)
    desk.take(request, step, list(queryset), form.given)
    return None


class ReadOnlyAdmin(DeskAdmin):
    """Something to read: changes go through the models' own methods, as steps."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PrefectureFilter(admin.SimpleListFilter):
    """The 47 prefectures in the order of their codes."""

    title = _("都道府県")
    parameter_name = "prefecture"
    lookup = "prefecture_code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        found = Body.objects.filter(kind=Body.Kind.PREFECTURE).order_by("code")
        return list(found.values_list("prefecture_code", "prefecture"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.lookup: self.value()}) if self.value() else queryset
