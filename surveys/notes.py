"""What the pages say beside the answers: messages after a save, the next step, the steps of the round."""

from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys import pages
from surveys.blocks import language, mends, say
from surveys.changes import Change, changes
from surveys.dossier import Dossier, submitted_side
from surveys.forms import SectionForm
from surveys.models import Response
from surveys.models.responses import Saved
from surveys.templatetags.surveys import fiscal_year

State = Response.State
SAVED, MERGED = "saved", "merged"  # extra tags: where a message stands on the page


def clock(moment: str | None = None) -> str:
    """The time of day of an ISO moment, or now: 10:42."""
    at = datetime.fromisoformat(moment) if moment else timezone.now()
    return timezone.localtime(at).strftime("%H:%M").lstrip("0")


def tell(request: HttpRequest, form: SectionForm, saved: Saved) -> None:
    """Say what was saved, and what another person's answers were merged."""
    number = pages.numbers(form.section, form.kind)
    for id in saved.merged:
        if id in form.asked:
            mark = form.stored.marks[id]
            words = {"number": number[id], "name": mark["name"], "time": clock(mark["at"])}
            text = _("問%(number)sは%(name)sさん（%(time)s）の回答を取り込みました。") % words
            messages.info(request, text, extra_tags=MERGED)
    if form.conflicts:
        words = {"count": len(form.conflicts)}
        text = ngettext(
            "まだ保存していません（選ぶところ%(count)sつ）",
            "まだ保存していません（選ぶところ%(count)sつ）",
            len(form.conflicts),
        )
        messages.warning(request, text % words, extra_tags=SAVED)
    elif count := len(mends(form)):
        words = {"time": clock(), "count": count}
        text = ngettext(
            "%(time)s 保存しました（直すところ%(count)sつ）", "%(time)s 保存しました（直すところ%(count)sつ）", count
        )
        messages.warning(request, text % words, extra_tags=SAVED)
    else:
        messages.success(request, _("%(time)s 保存しました") % {"time": clock()}, extra_tags=SAVED)


class Step(NamedTuple):
    """The one thing to do next."""

    title: str
    text: str
    url: str
    label: str


def next_step(dossier: Dossier) -> Step | None:
    """What the home of a body offers: go on, review and submit, or look at the receipt."""
    place = (dossier.survey.year, dossier.body.code)
    if dossier.is_submitted:
        receipt = reverse("receipt", args=place)
        return Step(_("提出しました"), _("受付番号と回答の照合値は、控えにあります。"), receipt, _("控えを見る"))
    if not dossier.may_edit:
        return None
    for entry in dossier.progress:
        if entry.state not in (pages.DONE, pages.NOT_APPLICABLE):
            return _go_on(dossier, entry)
    title, url = _("すべての問に答えました"), reverse("review", args=place)
    if dossier.is_approver:
        return Step(title, _("内容を確かめて、提出します。"), url, _("確かめて提出する"))
    return Step(title, _("提出するのは決裁者です。内容を確かめて、決裁者に知らせます。"), url, _("内容を確かめる"))


def _go_on(dossier: Dossier, entry: pages.Progress) -> Step:
    words = {"number": entry.section.number, "title": say(entry.section.title)}
    url = reverse("section", args=(dossier.survey.year, dossier.body.code, entry.section.id))
    if not entry.started:
        text = ngettext("%(count)s問あります。", "%(count)s問あります。", entry.asked) % {"count": entry.asked}
        return Step(_("項目%(number)s「%(title)s」を始める") % words, text, url, _("始める"))
    left = entry.asked - entry.answered
    text = ngettext("あと%(count)s問です。", "あと%(count)s問です。", left) % {"count": left}
    return Step(_("項目%(number)s「%(title)s」の続き") % words, text, url, _("続ける"))


class Changed(NamedTuple):
    """What differs from earlier answers, under a title."""

    id: str
    title: str
    changes: list[Change]


def changed(dossier: Dossier) -> list[Changed]:
    """What the review shows of earlier answers: those last submitted, and those of the round before."""
    found = []
    if dossier.response.submission and not dossier.is_submitted:
        found.append(("since-submission", _("前の提出から変わったところ"), dossier.response))
    if earlier := dossier.earlier:
        title = _("%(year)sの回答から変わったところ") % {"year": fiscal_year(earlier.survey.year)}
        found.append(("since-earlier", title, earlier))
    now = dossier.side
    return [Changed(id, title, changes(submitted_side(before), now, language())) for id, title, before in found]


class Stage(NamedTuple):
    """A step of the whole round: `state` is past, current or coming."""

    title: str
    text: str
    state: str


def steps(dossier: Dossier) -> list[Stage]:
    """The way of a response: answer, check, submit, acceptance."""
    state = dossier.response.state
    at = {State.SUBMITTED: 3, State.ACCEPTED: 4}.get(State(state), 1 if dossier.total.complete else 0)
    titles = [
        (_("回答する"), _("担当者")),
        (_("確かめる"), _("足りないところ、直すところ")),
        (_("決裁して提出する"), _("決裁者")),
        (_("総務省の受理"), ""),
    ]
    states = ["past" if place < at else "current" if place == at else "coming" for place in range(len(titles))]
    return [Stage(title, text, found) for (title, text), found in zip(titles, states, strict=True)]
