"""団体ごとの公表: of which questions of a round the answers of single bodies may be public, and from which day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _g

from surveys.admin.base import Button, person
from surveys.admin.definition import DefinitionPages
from surveys.answers import fingerprint
from surveys.models import Disclosure, Survey
from surveys.questionnaire import Question, Questionnaire, Section
from surveys.templatetags.surveys import day as in_words

PUBLIC, SINCE, SEEN, SAVE = "public", "since", "seen", "save"
Decision = tuple[bool, date | None]


class Row(NamedTuple):
    """A question on the page: what is decided of it, `behind` the questions that keep it closed all the same, and
    what of its date cannot be read."""

    question: Question
    id: str
    public: bool
    since: str
    behind: list[Question]
    is_wrong: bool


class Effect(NamedTuple):
    """What a change means for the public, with the questions it is about."""

    words: str
    questions: list[Question]


def decided(survey: Survey) -> dict[str, Decision]:
    """What holds for each question by public id: what was said of it, or else what its chapter says."""
    said = {each.question: (each.public, each.since) for each in Disclosure.objects.filter(survey=survey)}
    return {id: said.get(id, (own, None)) for id, own in survey.questionnaire.individual.items()}


def seen(decisions: Mapping[str, Decision]) -> str:
    """A short name of what a page showed."""
    return fingerprint([[id, public, str(since or "")] for id, (public, since) in decisions.items()])


def posted(request: HttpRequest, ids: Iterable[str]) -> tuple[dict[str, Decision], dict[str, str]]:
    """What a form decides, and the dates in it that are none. What is not ticked has no date."""
    chosen, found, wrong = set(request.POST.getlist(PUBLIC)), {}, {}
    for id in ids:
        text = request.POST.get(f"{SINCE}.{id}", "").strip() if id in chosen else ""
        try:
            found[id] = (id in chosen, date.fromisoformat(text) if text else None)
        except ValueError:
            found[id], wrong[id] = (True, None), text
    return found, wrong


def begins(questionnaire: Questionnaire, decisions: Mapping[str, Decision], today: date) -> dict[str, date]:
    """From which day on each question is open, from today at the earliest; without those that stay closed."""
    found: dict[str, date] = {}
    days = {since for public, since in decisions.values() if public and since and since > today}
    for day in [today, *sorted(days)]:
        chosen = {id for id, (public, since) in decisions.items() if public and (since is None or since <= day)}
        for id in questionnaire.told_by(chosen):
            found.setdefault(id, day)
    return found


def effects(
    questionnaire: Questionnaire, before: Mapping[str, Decision], after: Mapping[str, Decision], today: date
) -> Iterator[Effect]:
    """What the public will see otherwise."""
    was, now = (begins(questionnaire, side, today) for side in (before, after))
    shown = {id: parts[0] for id, parts in questionnaire.parts.items()}
    for day in sorted(set(now.values())):
        if opened := [shown[id] for id in shown if now.get(id) == day != was.get(id)]:
            text = _g("%(day)sから、団体ごとの回答と、都道府県ごと・人口規模ごとの数値が公表されます。")
            yield Effect(text % {"day": in_words(day)}, opened)
    if gone := [shown[id] for id in shown if was.get(id) == today != now.get(id)]:
        yield Effect(_g("団体ごとの回答と、都道府県ごと・人口規模ごとの数値が、すぐに見られなくなります。"), gone)
    if dropped := [shown[id] for id in shown if was.get(id, today) > today and id not in now]:
        yield Effect(_g("予定していた公表が、取りやめになります。"), dropped)


class DisclosurePage(DefinitionPages):
    """The page of a round that says what may be public body by body."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.disclosure)
        return [path("<int:pk>/disclosure/", view, name="surveys_survey_disclosure"), *super().get_urls()]

    def disclosure_button(self, survey: Survey) -> Button:
        return Button(_g("団体ごとの公表"), self.url_of(survey, "disclosure"))

    def disclosure(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All questions by section. A POST shows what would change for the public; a second one saves it."""
        survey = self._survey(request, pk, may_change=request.method == "POST")
        before = decided(survey)
        if request.method != "POST":
            return self._decisions(request, survey, before)
        after, wrong = posted(request, before)
        if wrong:
            return self._decisions(request, survey, after, 400, wrong=wrong)
        if request.POST.get(SEEN) != seen(before):
            text = _g("この画面を開いたあとに、ほかの人が変えました。今の内容を確かめて、もう一度選んでください。")
            messages.error(request, text)
            return self._decisions(request, survey, before, 409)
        if SAVE not in request.POST:
            found = list(effects(survey.questionnaire, before, after, timezone.localdate()))
            return self._decisions(request, survey, after, effects=found, is_preview=True, seen=seen(before))
        Disclosure.objects.decide(survey, after, by=person(request))
        messages.success(request, _g("団体ごとの公表を保存しました。"))
        return redirect(self.url_of(survey, "disclosure"))

    def _decisions(
        self, request: HttpRequest, survey: Survey, found: Mapping[str, Decision], status: int = 200, **more: Any
    ) -> HttpResponse:
        wrong: dict[str, str] = more.setdefault("wrong", {})
        context = {
            "title": _g("団体ごとの公表"),
            "sections": list(sections(survey.questionnaire, found, wrong)),
            "chosen": [(id, str(since or "")) for id, (public, since) in found.items() if public],
            "may_change": self.has_act_permission(request),
            "seen": seen(found),
            **more,
        }
        return self._rendered(request, "disclosure", survey, context, status)


def sections(
    questionnaire: Questionnaire, found: Mapping[str, Decision], wrong: Mapping[str, str]
) -> Iterator[tuple[Section, list[Row]]]:
    """The questions in the order of the questionnaire, a table that is asked in parts where its first part is."""
    chosen = {id for id, (public, _since) in found.items() if public}
    for section in questionnaire.sections:
        rows = []
        for id, (first, *_more) in questionnaire.parts.items():
            if questionnaire.section_of[first.id] is section:
                public, since = found[id]
                closed = questionnaire.gates[id] - questionnaire.told_by(chosen) if public else frozenset()
                behind = [questionnaire.parts[each][0] for each in sorted(closed)]
                rows.append(Row(first, id, public, wrong.get(id, str(since or "")), behind, id in wrong))
        if rows:
            yield section, rows
