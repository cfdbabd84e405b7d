"""A response on paper: PDF files for those who may see it."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from surveys import papers
from surveys.body_page import person
from surveys.dossier import Dossier
from surveys.paper import render
from surveys.paper.document import Paper
from surveys.taking import taken_of


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def blank(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = _dossier(request, year, code)
    return _file(request, dossier, papers.blank(dossier), "questionnaire")


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def answers(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = _dossier(request, year, code)
    return _file(request, dossier, papers.answers(dossier), "answers")


@login_required
@require_safe
@cache_control(private=True, no_store=True)
def receipt(request: HttpRequest, year: int, code: str) -> HttpResponse:
    dossier = _dossier(request, year, code)
    submission = dossier.last_submission()
    return _file(request, dossier, papers.receipt(dossier, submission), f"receipt-{submission.receipt}")


def _dossier(request: HttpRequest, year: int, code: str) -> Dossier:
    return Dossier.find(person(request), year, code)


def _file(request: HttpRequest, dossier: Dossier, paper: Paper, name: str) -> HttpResponse:
    """The PDF with a name in ASCII and one in words (RFC 6266); made from synthetic answers it says so first."""
    taken_of(request, dossier, f"{name}.pdf")
    mark = "synthetic-" if paper.cover.synthetic else ""
    plain = content_disposition_header(True, f"{mark}survey-{dossier.survey.year}-{dossier.body.code}-{name}.pdf")
    spoken = f"{mark}{paper.cover.subtitle} {dossier.response.full_name} {paper.cover.title}.pdf".replace("　", " ")
    disposition = f"{plain}; filename*=UTF-8''{quote(spoken)}"
    return HttpResponse(render.pdf(paper), "application/pdf", headers={"Content-Disposition": disposition})
