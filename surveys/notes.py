"""What the pages say beside the answers: messages after a save, the next step, the steps of the round."""

from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys import pages, rules
from surveys.blocks import Who, language, mends, say
from surveys.changes import Change, changes
from surveys.dossier import Dossier, submitted_side
from surveys.earlier import Tally, tally
from surveys.forms import SectionForm
from surveys.live import is_live
from surveys.models import Response
from surveys.templatetags.surveys import clock, fiscal_year, short_moment

State = Response.State
SAVED, MERGED = "saved", "merged"  # extra tags: where a message stands on the page


def tell(request: HttpRequest, form: SectionForm) -> None:
    """Say what was saved, and on a page that is loaded anew whose answers were taken in."""
    number = pages.numbers(form.section, form.kind)
    for id in form.merged:
        if id in form.asked and not is_live(request):
            mark = form.stored.marks[id]
            words = {"number": number[id], "name": mark["name"], "time": clock(datetime.fromisoformat(mark["at"]))}
            text = _("問%(number)sは%(name)sさん（%(time)s）の回答を取り込みました。") % words
            messages.info(request, text, extra_tags=MERGED)
    if form.pressed.is_refused and form.pressed.question in form.asked:
        text = _("問%(number)sには回答が入っているため、前回の回答は入れていません。")
        messages.warning(request, text % {"number": number[form.pressed.question]})
    _tell_saved(request, form)


def _tell_saved(request: HttpRequest, form: SectionForm) -> None:
    """Say in the bar that it was saved, and how much is left to decide, to mend or to confirm."""
    at = {"time": clock(timezone.now())}
    if count := len(form.conflicts):
        words = {**at, "count": count}
        if form.is_saved:
            text = ngettext(
                "%(time)s 保存しました（選ぶところ%(count)sつ）",
                "%(time)s 保存しました（選ぶところ%(count)sつ）",
                count,
            )
        else:
            text = ngettext(
                "まだ保存していません（選ぶところ%(count)sつ）", "まだ保存していません（選ぶところ%(count)sつ）", count
            )
        messages.warning(request, text % words, extra_tags=SAVED)
    elif count := len(mends(form)):
        words = {**at, "count": count}
        text = ngettext(
            "%(time)s 保存しました（直すところ%(count)sつ）", "%(time)s 保存しました（直すところ%(count)sつ）", count
        )
        messages.warning(request, text % words, extra_tags=SAVED)
    elif count := form.settling.unsettled if form.settling else 0:
        words = {**at, "count": count}
        text = ngettext(
            "%(time)s 保存しました（確かめるところ%(count)sつ）",
            "%(time)s 保存しました（確かめるところ%(count)sつ）",
            count,
        )
        messages.warning(request, text % words, extra_tags=SAVED)
    else:
        messages.success(request, _("%(time)s 保存しました") % at, extra_tags=SAVED)


class Step(NamedTuple):
    """The one thing to do next."""

    title: str
    text: str
    url: str
    label: str


def next_step(dossier: Dossier) -> Step | None:
    """What the home of a body offers: go on, review and submit, or look at the receipt."""
    place = (dossier.survey.year, dossier.body.code)
    if dossier.is_limited:
        return _own_step(dossier) if dossier.may_edit else None
    if dossier.is_submitted:
        receipt = reverse("receipt", args=place)
        return Step(_("提出しました"), _("受付番号と回答の照合値は、控えにあります。"), receipt, _("控えを見る"))
    if not dossier.may_edit:
        return None
    if left := _unfinished(dossier):
        return _go_on(dossier, left)
    title, url = _("すべての問に答えました"), reverse("review", args=place)
    if dossier.is_approver:
        return Step(title, _("内容を確かめて、提出します。"), url, _("確かめて提出する"))
    return Step(title, _("提出するのは決裁者です。内容を確かめて、決裁者に知らせます。"), url, _("内容を確かめる"))


def _unfinished(dossier: Dossier) -> pages.Progress | None:
    """The first section in which something is left to answer."""
    done = (pages.DONE, pages.NOT_APPLICABLE)
    return next((entry for entry in dossier.progress if entry.state not in done), None)


def _own_step(dossier: Dossier) -> Step | None:
    """What a delegate does next: answer, then say that a section is finished."""
    if left := _unfinished(dossier):
        return _go_on(dossier, left)
    for entry in dossier.progress:
        if not dossier.delegations[entry.section.id].is_finished:
            words = {"number": entry.section.number, "title": say(entry.section.title)}
            text = _("すべての問に答えました。確かめて、終わりにします。")
            title = _("項目%(number)s「%(title)s」を終わりにする") % words
            return Step(title, text, _section_url(dossier, entry), _("項目を開く"))
    return None


def _section_url(dossier: Dossier, entry: pages.Progress) -> str:
    return reverse("section", args=(dossier.survey.year, dossier.body.code, entry.section.id))


def _go_on(dossier: Dossier, entry: pages.Progress) -> Step:
    words = {"number": entry.section.number, "title": say(entry.section.title)}
    url = _section_url(dossier, entry)
    if not entry.started:
        text = ngettext("%(count)s問あります。", "%(count)s問あります。", entry.asked) % {"count": entry.asked}
        return Step(_("項目%(number)s「%(title)s」を始める") % words, text, url, _("始める"))
    left = entry.asked - entry.answered
    if not left:
        text = ngettext(
            "確かめるところが%(count)sつあります。", "確かめるところが%(count)sつあります。", entry.unsettled
        )
        text %= {"count": entry.unsettled}
        return Step(_("項目%(number)s「%(title)s」を確かめる") % words, text, url, _("確かめる"))
    text = ngettext("あと%(count)s問です。", "あと%(count)s問です。", left) % {"count": left}
    return Step(_("項目%(number)s「%(title)s」の続き") % words, text, url, _("続ける"))


class Changed(NamedTuple):
    """What differs from earlier answers, under a title, with who answered last; nobody is known after an import."""

    id: str
    title: str
    changes: list[tuple[Change, Who | None]]


def changed(dossier: Dossier) -> list[Changed]:
    """What the review shows of earlier answers: those last submitted, and those of the round before."""
    found = []
    if dossier.response.submission and not dossier.is_submitted:
        found.append(("since-submission", _("前の提出から変わったところ"), submitted_side(dossier.response)))
    if earlier := dossier.earlier_side:
        title = _("%(year)sの回答から変わったところ") % {"year": fiscal_year(earlier.questionnaire.year)}
        found.append(("since-earlier", title, earlier))
    now = dossier.side
    return [
        Changed(id, title, [(change, _who(dossier, change)) for change in changes(side, now, language())])
        for id, title, side in found
    ]


def _who(dossier: Dossier, change: Change) -> Who | None:
    mark = dossier.section_answers(change.section.id).marks.get(change.question.id)
    return Who.of(mark) if mark and mark["name"] else None


def confirmed(dossier: Dossier) -> list[Tally]:
    """Who confirmed how much of what is asked now as the same as in the earlier round."""
    asked = rules.asked_anywhere(dossier.questionnaire, dossier.kind, dossier.answers)
    sections = [dossier.section_answers(section.id) for section in dossier.questionnaire.sections]
    return tally(section.marks[id] for section in sections for id in section.marks if id in asked)


class Stage(NamedTuple):
    """A step of the whole round: `state` is past, current or coming."""

    title: str
    text: str
    state: str


def steps(dossier: Dossier) -> list[Stage]:
    """The way of a response: answer, check, submit, acceptance; 県の確認 beside it where somebody may give it."""
    state = dossier.response.state
    at = {State.SUBMITTED: 3, State.ACCEPTED: 4}.get(State(state), 1 if dossier.total.complete else 0)
    titles = [
        (_("回答する"), _("担当者")),
        (_("確かめる"), _("足りないところ、直すところ")),
        (_("決裁して提出する"), _("決裁者")),
        (_("総務省の受理"), ""),
    ]
    states = ["past" if place < at else "current" if place == at else "coming" for place in range(len(titles))]
    found = [Stage(title, text, found) for (title, text), found in zip(titles, states, strict=True)]
    return [*found[:3], _endorsement(dossier), *found[3:]] if dossier.has_coordinator else found


def _endorsement(dossier: Dossier) -> Stage:
    """県の確認 is information: nothing waits for it, so that it is never the current step."""
    submission = dossier.response.submission if dossier.is_submitted else None
    if submission and submission.endorsed_at:
        return Stage(_("県の確認"), short_moment(submission.endorsed_at), "past")
    return Stage(_("県の確認"), _("都道府県の担当者。なくても受理されます"), "coming")
