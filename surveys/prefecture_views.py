"""The pages of 都道府県の市区町村担当: the municipalities of the prefecture, 県の確認, and 差戻し."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import prefecture_page
from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.models import Body, NotAllowed, Response, Survey
from surveys.prefecture_page import municipalities
from surveys.said_form import SaidForm
from surveys.taking import taken_by

CONFIRMED, TAKE_BACK = "confirmed", "take-back"


def find_round(request: HttpRequest, year: int) -> tuple[Survey, list[Body]]:
    """The round and the prefectures of this person; not found for who coordinates none."""
    prefectures = prefecture_page.prefectures_of(person(request))
    if not prefectures:
        raise Http404
    return get_object_or_404(Survey.objects.exclude(state=Survey.State.DRAFT), year=year), prefectures


@login_required
@require_safe
def overview(request: HttpRequest, year: int) -> HttpResponse:
    """The municipalities with what waits, cut down by ?show=."""
    survey, prefectures = find_round(request, year)
    found, show = municipalities(person(request), survey), request.GET.get("show", "")
    context = {
        "survey": survey,
        "prefectures": prefectures,
        "others": Survey.objects.exclude(state=Survey.State.DRAFT).exclude(pk=survey.pk).only("year"),
        "own": prefecture_page.own_responses(person(request), survey),
        "filters": prefecture_page.filters(found),
        "show": show,
        "all": len(found),
        "found": [each for each in found if not show or show in each.flags],
    }
    return render(request, "surveys/prefecture.html", context)


@login_required
@require_safe
def as_csv(request: HttpRequest, year: int) -> HttpResponse:
    survey, prefectures = find_round(request, year)
    data = prefecture_page.as_csv(survey, municipalities(person(request), survey))
    name = f"municipalities-{year}-{prefectures[0].prefecture_code}.csv"
    taken_by(request, survey.subject, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


@login_required
@require_POST
def endorse(request: HttpRequest, year: int) -> HttpResponse:
    """Confirm the submissions that were ticked, after a page that lists them with what is still open."""
    survey, prefectures = find_round(request, year)
    receipts = request.POST.getlist("receipt")
    found = [each for each in municipalities(person(request), survey) if each.receipt in receipts and each.receipt]
    if not found:
        messages.error(request, _("団体が選ばれていません。提出済みで、まだ確認していない団体を選んでください。"))
        return redirect("prefecture", year)
    if CONFIRMED not in request.POST:
        context = {"survey": survey, "prefectures": prefectures, "found": found}
        return render(request, "surveys/prefecture_endorse.html", context)
    _endorse(request, [each.response for each in found])
    if gone := len(receipts) - len(found):
        text = ngettext(
            "%(count)s件は、提出し直されたか、もう確認されているため、確認していません。",
            "%(count)s件は、提出し直されたか、もう確認されているため、確認していません。",
            gone,
        )
        messages.warning(request, text % {"count": gone})
    return redirect("prefecture", year)


def _endorse(request: HttpRequest, responses: list[Response]) -> None:
    """Endorse each; what is not possible any more is said, and the rest goes on."""
    done = 0
    for response in responses:
        assert response.submission  # it has a receipt
        try:
            response.submission.endorse(by=person(request))
        except NotAllowed as refusal:
            messages.error(request, f"{response.name}{_('：')}{refusal}")
        else:
            done += 1
    if done:
        text = ngettext("%(count)s団体の回答を確認しました。", "%(count)s団体の回答を確認しました。", done)
        messages.success(request, text % {"count": done})


def _overseen(request: HttpRequest, year: int, code: str) -> Dossier:
    """A response whose prefecture this person speaks for; not found otherwise."""
    dossier = Dossier.find(person(request), year, code)
    if not dossier.is_overseen:
        raise Http404
    return dossier


@login_required
@require_POST
def endorsement(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Confirm the submission with this receipt for the prefecture, or take that back."""
    dossier = _overseen(request, year, code)
    submission = get_object_or_404(dossier.response.submissions, receipt=request.POST.get("receipt", ""))
    try:
        if TAKE_BACK in request.POST:
            submission.take_endorsement_back(by=dossier.user)
            messages.success(request, _("県の確認を取り消しました。"))
        else:
            submission.endorse(by=dossier.user)
            messages.success(request, _("回答を確認しました。総務省と団体にも示されます。"))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("response", year, code)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """What sending a submission back means, and doing it with a reason."""
    dossier = _overseen(request, year, code)
    if request.method != "POST":
        return _send_back_page(request, dossier, SaidForm())
    form = SaidForm(request.POST)
    if not form.is_valid():
        return _send_back_page(request, dossier, form, status=400)
    try:
        receipt = request.POST.get("receipt", "")
        dossier.response.send_back(form.cleaned_data["text"], by=dossier.user, receipt=receipt)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _send_back_page(request, dossier, form, status=409)
    messages.success(request, _("差し戻しました。団体にはメールでも知らせます。"))
    return redirect("response", year, code)


def _send_back_page(request: HttpRequest, dossier: Dossier, form: SaidForm, **more: Any) -> HttpResponse:
    remarks = [remark for remark in dossier.remarks if remark.comment.is_remark]
    return body_page(request, "send_back", dossier, {"form": form, "shown": remarks}, **more)
