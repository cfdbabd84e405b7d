"""Answering in Excel: the workbook down, up, previewed and confirmed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys.blocks import language
from surveys.body_page import body_page, person
from surveys.dossier import Dossier
from surveys.models import NotAllowed
from surveys.taking import taken_of
from surveys.workbook.faults import Refused
from surveys.workbook.write import write
from surveys.workbook_page import MINE, Preview, Taken, confirmed, file_name, issue, take_in, take_up

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RESOLVE = "resolve|"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workbook(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The page that hands out the workbook, and the preview of one that comes back."""
    dossier = _find(request, year, code)
    if request.method != "POST":
        return _page(request, dossier)
    if not dossier.may_edit:
        return _refused(request, dossier)
    try:
        preview = take_up(dossier, request.FILES.get("file"))
    except Refused as refusal:
        found = [fault.in_language(language()) for fault in refusal.faults]
        return _page(request, dossier, {"faults": found}, status=400)
    return _preview(request, preview, status=400 if preview.faults else 200)


@login_required
@require_safe
def workbook_file(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """The workbook itself: with the answers as they stand, or blank."""
    dossier = _find(request, year, code)
    blank = "blank" in request.GET
    taken_of(request, dossier, "questionnaire.xlsx" if blank else "answers.xlsx")
    response = HttpResponse(write(issue(dossier, blank=blank)), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(dossier, blank=blank)}"'
    return response


@login_required
@require_POST
def workbook_confirm(request: HttpRequest, year: int, code: str) -> HttpResponse:
    """Take in what the preview showed."""
    dossier = _find(request, year, code)
    decisions = {name.removeprefix(RESOLVE): str(value) for name, value in request.POST.items()}
    try:
        found = confirmed(dossier, request.POST.get("proposal", ""))
        taken = take_in(dossier, found, decisions)
    except BadSignature:
        text = _("確かめてから1日がたったか、内容が途中で変わりました。ファイルをもう一度読み込んでください。")
        return _page(request, dossier, {"faults": [text]}, status=400)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return _refused(request, dossier)
    if taken.has_conflicts:
        text = _("確かめている間に、ほかの人が同じ問を変えました。まだ何も取り込んでいません。")
        messages.error(request, text)
        return _preview(request, Preview(dossier, found.proposal), status=409)
    undecided = [id for id in found.conflicts if decisions.get(id) not in (MINE, "theirs")]
    _tell(request, taken, len(undecided))
    return redirect("review", year, code)


def _tell(request: HttpRequest, taken: Taken, undecided: int) -> None:
    """Say what was taken in; what is still missing or contradictory stands on the page that follows."""
    if taken.questions:
        text = ngettext(
            "Excelの回答を取り込みました（%(count)s問）。",
            "Excelの回答を取り込みました（%(count)s問）。",
            taken.questions,
        )
        messages.success(request, text % {"count": taken.questions})
    else:
        messages.success(request, _("変わるところはありません。この調査票の回答は、もう入っています。"))
    if undecided:
        text = ngettext(
            "選ばなかった%(count)s問は、ほかの人の回答のままです。",
            "選ばなかった%(count)s問は、ほかの人の回答のままです。",
            undecided,
        )
        messages.warning(request, text % {"count": undecided}, extra_tags="merged")


def _find(request: HttpRequest, year: int, code: str) -> Dossier:
    return Dossier.find(person(request), year, code)


def _refused(request: HttpRequest, dossier: Dossier) -> HttpResponse:
    """Why this person cannot take anything in stands on the page."""
    return _page(request, dossier, status=409 if dossier.roles else 403)


def _preview(request: HttpRequest, preview: Preview, status: int) -> HttpResponse:
    return body_page(request, "workbook_preview", preview.dossier, {"preview": preview}, status)


def _page(
    request: HttpRequest, dossier: Dossier, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    return body_page(request, "workbook", dossier, context or {}, status)
