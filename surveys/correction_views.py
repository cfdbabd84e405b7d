"""訂正: asking for one, or entering one for the ministry, and what became of those asked for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys.blocks import Mend, mends
from surveys.body_page import body_page, person
from surveys.correction_form import REASON, CorrectionForm
from surveys.correction_page import shown
from surveys.dossier import Dossier
from surveys.models import NotAllowed
from surveys.models.corrections import may_correct, why_not_correct


def _concerned(request: HttpRequest, year: int, code: str) -> Dossier:
    """The response, for those who answer for the whole body and those who correct for the ministry."""
    dossier = Dossier.find(person(request), year, code)
    if not (dossier.leads or may_correct(dossier.user)):
        raise Http404
    return dossier


@login_required
@require_safe
def corrections(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The corrections of a response, and where the next one begins."""
    dossier = _concerned(request, year, code)
    found = dossier.response.corrections.select_related("based_on", "submission", "asked_by", "ended_by")
    found = found.select_related("response__survey", "response__body")
    why_not = why_not_correct(dossier.response)
    asked = [(entry.section, dossier.in_words(entry.section)) for entry in dossier.progress if entry.asked]
    context = {"corrections": list(shown(found)), "why_not": why_not, "sections": [] if why_not else asked}
    return body_page(request, "corrections", dossier, context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, year: int, code: str, section_id: str) -> HttpResponse:
    """The form of a section with the answers last submitted; what is changed there is sent with its reason."""
    dossier = _concerned(request, year, code)
    section = dossier.section(section_id)
    if why_not := why_not_correct(dossier.response):
        messages.error(request, why_not)
        return redirect("corrections", year, code)
    form = CorrectionForm(dossier, section, request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _form_page(request, dossier, form)
    try:
        if form.is_ready:
            form.send()
            sent = _("訂正を申し出ました。総務省が確かめます。") if dossier.leads else _("訂正しました。")
            messages.success(request, sent)
            return redirect("corrections", year, code)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    form.refused()
    return _form_page(request, dossier, form, 409 if form.is_ready else 400)


def _form_page(request: HttpRequest, dossier: Dossier, form: CorrectionForm, status: int = 200) -> HttpResponse:
    found = [*mends(form), *(Mend(REASON, _("訂正の理由"), str(message)) for message in form.errors.get(REASON, ()))]
    context = {"form": form, "section": form.section, "mends": found}
    return body_page(request, "correction", dossier, context, status)


@login_required
@require_POST
def withdraw(request: HttpRequest, year: int, code: str, correction: int) -> HttpResponse:
    """Take back what was asked for, while it is not decided."""
    dossier = _concerned(request, year, code)
    found = get_object_or_404(dossier.response.corrections, pk=correction)
    try:
        found.withdraw(by=dossier.user)
        messages.success(request, _("訂正の申し出を取り消しました。"))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("corrections", year, code)
