"""The page of a section: the form, saving by a button or while typing, and who else is there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from surveys import blocks, notes, pages
from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.doubt_blocks import Settling
from surveys.forms import SectionForm
from surveys.live import is_live, signed_in
from surveys.models import Delegation, NotAllowed, Presence
from surveys.models.sections import Saved
from surveys.questionnaire import Section
from surveys.rules import INCONSISTENT, MISSING

SAVE_AND_NEXT, SAVE_AND_FINISH = "next", "finish"
THEN, SUMMARY = "then", "summary"  # which button was pressed; that the page shows the error summary


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, year: int, code: str, section_id: str) -> HttpResponse:
    dossier = Dossier.find(person(request), year, code)
    spec = dossier.section(section_id)
    data = request.POST if request.method == "POST" else None
    settling = _settling(request, dossier, spec)
    form = _form(dossier, spec, data, settling)
    if data is None:
        return _section_page(request, dossier, form)
    form.full_clean()
    try:
        saved = _save(dossier, form, settling)
    except NotAllowed as refusal:
        form.refused()
        messages.error(request, str(refusal))
        return _section_page(request, dossier, form, status=409 if dossier.roles else 403)
    dossier.reload()
    form.again(dossier.section_answers(section_id), saved)
    settling.show(dossier.doubted, saved.newer)
    notes.tell(request, form)
    if form.conflicts or form.faulty or settling.is_waiting:
        return _section_page(request, dossier, form, status=409 if form.conflicts else 200)
    return (
        _finish(request, dossier, form) if request.POST.get(THEN) == SAVE_AND_FINISH else _after(request, dossier, form)
    )


def _settling(request: HttpRequest, dossier: Dossier, spec: Section) -> Settling:
    data = request.POST if request.method == "POST" else None
    typing = is_live(request) and THEN not in request.POST
    return Settling(dossier.questionnaire, spec, dossier.kind, dossier.doubted, data, typing=typing)


def _form(dossier: Dossier, spec: Section, data: QueryDict | None, settling: Settling) -> SectionForm:
    stored, terms = dossier.section_answers(spec.id), dossier.questionnaire.term_by_id
    return SectionForm(
        spec,
        dossier.kind,
        stored,
        data,
        person=dossier.user.name,
        terms=terms,
        earlier=dossier.earlier_side,
        settling=settling,
    )


def _save(dossier: Dossier, form: SectionForm, settling: Settling) -> Saved:
    """Save what was changed, but for conflicts of an earlier save that are still to be decided."""
    changes = {id: answer for id, answer in form.changes.items() if id not in form.undecided}
    pressed = form.pressed
    same = {pressed.question: pressed.same} if pressed.same else {}
    saved = dossier.response.save_section(
        form.section.id,
        changes,
        seen=form.seen,
        by=dossier.user,
        origin=pressed.origin,
        page=form.page,
        same=same,
        reasons=settling.given,
    )
    Presence.objects.note(dossier.response, form.section.id, dossier.user, typing=bool(form.changes))
    return saved


def _after(request: HttpRequest, dossier: Dossier, form: SectionForm) -> HttpResponse:
    """After a save: the same page with what applies now, or the next section, or the review."""
    place = (dossier.survey.year, dossier.body.code)
    if request.POST.get(THEN) != SAVE_AND_NEXT:
        if is_live(request):
            return _section_page(request, dossier, form)
        at = f"{form.pressed.question}.question" if form.pressed.question else None
        return redirect(reverse("section", args=(*place, form.section.id), fragment=at))
    following = pages.neighbours(dossier.progress, form.section)[1]
    url = reverse("section", args=(*place, following.id)) if following else reverse("review", args=place)
    return _leave(request, url)


def _finish(request: HttpRequest, dossier: Dossier, form: SectionForm) -> HttpResponse:
    """After a save: say that the section is finished, or show what it lacks."""
    try:
        Delegation.finish(dossier.response, form.section.id, by=dossier.user)
    except NotAllowed as refusal:
        entry = [dossier.progress_of(form.section)]
        left = [todo for kind in (MISSING, INCONSISTENT) for todo in pages.todos(entry, dossier.kind, kind)]
        if not left:
            messages.error(request, str(refusal))
        return _section_page(request, dossier, form, status=409, left=left, refusal=refusal)
    messages.success(request, _("項目%(number)sを終わりにしました。") % {"number": form.section.number})
    return _leave(request, reverse("response", args=(dossier.survey.year, dossier.body.code)))


def _leave(request: HttpRequest, url: str) -> HttpResponse:
    """To another page, also from a save that answers with a part of this one."""
    return HttpResponse(headers={"HX-Redirect": url}) if is_live(request) else redirect(url)


def _section_page(
    request: HttpRequest, dossier: Dossier, form: SectionForm, status: int = 200, **more: Any
) -> HttpResponse:
    before, after = pages.neighbours(dossier.progress, form.section)
    context = {
        "form": form,
        "section": form.section,
        "chapter": next(found for found in dossier.questionnaire.chapters if found.number == form.section.chapter),
        "progress": dossier.progress_of(form.section),
        "chapters": pages.by_chapter(dossier.questionnaire, dossier.progress),
        "before": before,
        "after": after,
        "reference": pages.reference(form.section, form.asked),
        "mends": blocks.mends(form),
        **more,
    }
    if form.is_bound or dossier.may_edit:
        # A list of errors that jumps up while somebody types would be in the way; one that is there is kept up to date.
        context["is_live"] = is_live(request)
        context["shows_summary"] = not is_live(request) or bool({THEN, SUMMARY} & request.POST.keys())
        context["others"] = _others(dossier, form.section, is_noted=form.is_bound)
        return body_page(request, "_desk" if is_live(request) else "section", dossier, context, status)
    context["answered"] = dossier.in_words(form.section)
    return body_page(request, "section_read", dossier, context, status)


def _others(dossier: Dossier, section: Section, *, is_noted: bool = False) -> list[Presence]:
    """Note that this person is in the section, unless a save has; returns who else is. Only those who may edit are
    told."""
    if not dossier.may_edit:
        return []
    if not is_noted:
        Presence.objects.note(dossier.response, section.id, dossier.user, typing=False)
    return list(Presence.objects.others(dossier.response, section.id, dossier.user))


@signed_in
@require_safe
def presence(request: HttpRequest, year: int, code: str, section_id: str) -> HttpResponse:
    """Who else is in the section; tells a page that was made from an older version to ask for the answers."""
    dossier = Dossier.find(person(request), year, code)
    section, version = dossier.section(section_id), dossier.section_answers(section_id).version
    context = {"dossier": dossier, "section": section, "version": version}
    response = render(request, "surveys/_presence.html", {**context, "others": _others(dossier, section)})
    if request.GET.get("version") != str(version):
        response.headers["HX-Trigger"] = "stale"
    return response
