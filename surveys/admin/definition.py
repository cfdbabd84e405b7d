"""The definition of a round at the desk: down and up as a workbook, what changes, and its pages as bodies see them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _g
from django.views.decorators.http import require_POST, require_safe

from surveys.admin.base import Button, DeskAdmin, person
from surveys.definition import parse
from surveys.definition_book import faults as own_faults
from surveys.definition_book.read import read
from surveys.definition_book.write import write
from surveys.difference import Change
from surveys.models import NotAllowed, Survey
from surveys.questionnaire import Document, Question, Questionnaire, Text
from surveys.redefinition import Redefinition
from surveys.sample import Sample
from surveys.workbook import archive, faults
from surveys.workbook.faults import Refused

SALT = "surveys.definition"
MAX_AGE = 24 * 60 * 60  # seconds
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROPOSAL, SAME = "proposal", "same"

# What other apps say of a questionnaire after that of the round before: tables that are missing or poorer.
table_reports: list[Callable[[Questionnaire | None, Questionnaire], list[Text]]] = []


def lost_tables(survey: Survey, questionnaire: Questionnaire) -> list[str]:
    """Which tables a round with this questionnaire lacks."""
    earlier = Survey.objects.filter(year__lt=survey.year).order_by("-year").first()
    before = earlier.questionnaire if earlier else None
    return [_say(text) for report in table_reports for text in report(before, questionnaire)]


def _say(text: Text) -> str:
    return text.in_language(get_language() or "ja")


@dataclass
class Proposal:
    """An uploaded definition that has no faults: what it would change. `seen` is the checksum of the stored one."""

    survey: Survey
    document: Document
    seen: str
    same: Iterable[str] = field(default_factory=tuple)

    @cached_property
    def found(self) -> Redefinition:
        return self.survey.redefinition(self.document)

    @property
    def tables(self) -> list[str]:
        return lost_tables(self.survey, self.found.after)

    @property
    def messages(self) -> list[str]:
        return [_say(message) for message in self.found.messages]

    @property
    def to_confirm(self) -> list[tuple[Question, list[Change]]]:
        """The reworded questions; none while the proposal cannot be taken anyway."""
        known = self.found.after.question_by_id
        return [] if self.messages else [(known[id], changes) for id, changes in self.found.to_confirm.items()]

    def token(self, request: HttpRequest) -> str:
        """The proposal, signed for this person and this round, for pages to carry."""
        held = {"for": [person(request).pk, self.survey.pk], "seen": self.seen, "document": self.document}
        return signing.dumps(held, salt=SALT, compress=True)

    @classmethod
    def carried(cls, request: HttpRequest, survey: Survey) -> "Proposal":
        """What a page carried. Raises signing.BadSignature."""
        held = signing.loads(request.POST.get(PROPOSAL, ""), salt=SALT, max_age=MAX_AGE)
        if held["for"] != [person(request).pk, survey.pk]:
            raise signing.BadSignature("somebody else's")
        return cls(survey, held["document"], held["seen"], request.POST.getlist(SAME))

    def take(self, request: HttpRequest) -> None:
        """Raises NotAllowed."""
        act = self.survey.redefine if self.survey.state == Survey.State.DRAFT else self.survey.reword
        act(self.document, seen=self.seen, same=self.same, by=person(request))


def _uploaded(survey: Survey, file: "UploadedFile[Any] | None") -> Proposal:
    """Raises Refused."""
    if file is None:
        raise Refused(own_faults.NO_FILE)
    if (file.size or 0) > archive.MAX_BYTES:
        raise Refused(faults.TOO_LARGE)
    document = read(file.read(), survey.year, lambda document: survey.redefinition(document).refusals)
    return Proposal(survey, document, survey.checksum)


class DefinitionPages(DeskAdmin):
    """The pages of the definition of a round."""

    def get_urls(self) -> list[URLPattern]:
        views = {"": self.definition, "file/": self.definition_file, "confirm/": self.confirm, "pages/": self.sample}
        found = [
            path(
                f"<int:pk>/definition/{place}",
                self.admin_site.admin_view(view),
                name="_".join(filter(None, ("surveys_survey_definition", place.strip("/")))),
            )
            for place, view in views.items()
        ]
        return [*found, *super().get_urls()]

    def definition_buttons(self, survey: Survey) -> list[Button]:
        return [
            Button(_g("調査票をExcelで受け取る"), self.url_of(survey, "definition_file")),
            Button(_g("調査票の変更と見本"), self.url_of(survey, "definition")),
        ]

    def definition(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What changed since the round before; a POST uploads a definition and shows what it would change."""
        survey = self._survey(request, pk, may_change=request.method == "POST")
        if request.method != "POST":
            return self._page(request, survey)
        try:
            proposal = _uploaded(survey, request.FILES.get("file"))
        except Refused as refusal:
            found = [fault.in_language(get_language() or "ja") for fault in refusal.faults]
            return self._page(request, survey, 400, faults=found)
        return self._preview(request, proposal)

    @method_decorator(require_safe)
    def definition_file(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The definition as a workbook."""
        survey = self._survey(request, pk)
        response = HttpResponse(write(survey.document, timezone.now()), content_type=XLSX)
        response.headers["Content-Disposition"] = f'attachment; filename="definition-{survey.year}.xlsx"'
        return response

    @method_decorator(require_POST)
    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take in what the preview showed."""
        survey = self._survey(request, pk, may_change=True)
        try:
            proposal = Proposal.carried(request, survey)
        except signing.BadSignature:
            text = _g("確かめてから1日がたったか、内容が途中で変わりました。ファイルをもう一度読み込んでください。")
            return self._page(request, survey, 400, faults=[text])
        try:
            proposal.take(request)
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return self._preview(request, Proposal.carried(request, self._survey(request, pk)), 409)
        messages.success(request, _g("調査票を入れ替えました。"))
        return redirect(self.url_of(survey, "definition"))

    def sample(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The real pages of the stored definition, or of one that was uploaded and is not taken in yet."""
        survey = self._survey(request, pk)
        given = request.POST if request.method == "POST" else request.GET
        questionnaire, token = survey.questionnaire, request.POST.get(PROPOSAL, "")
        if token:
            try:
                questionnaire = parse(Proposal.carried(request, survey).document)
            except signing.BadSignature as error:
                raise Http404 from error
        context = {"survey": survey, "sample": Sample.of(questionnaire, given), "token": token, "dossier": None}
        return TemplateResponse(request, "surveys/sample.html", {**context, "back": self.url_of(survey, "definition")})

    def _survey(self, request: HttpRequest, pk: int, *, may_change: bool = False) -> Survey:
        survey = self.get_object(request, str(pk))
        if survey is None:
            raise Http404
        if not self.has_view_permission(request, survey) or (may_change and not self.has_act_permission(request)):
            raise PermissionDenied
        assert isinstance(survey, Survey)
        return survey

    def _page(self, request: HttpRequest, survey: Survey, status: int = 200, **more: Any) -> HttpResponse:
        found = survey.redefinition(survey.document)
        context = {
            "title": _g("調査票の変更と見本"),
            "since_last": [change for change in found.since_last if change not in found.moved_words],
            "moved_words": found.moved_words,
            "last": found.earlier[0].year if found.earlier else None,
            "tables": lost_tables(survey, found.after),
            "may_change": self.has_act_permission(request),
            **more,
        }
        return self._rendered(request, "definition", survey, context, status)

    def _preview(self, request: HttpRequest, proposal: Proposal, status: int = 200) -> HttpResponse:
        context = {"title": _g("読み込んだ調査票を確かめる"), "proposal": proposal, "token": proposal.token(request)}
        return self._rendered(request, "definition_preview", proposal.survey, context, status)

    def _rendered(
        self, request: HttpRequest, name: str, survey: Survey, context: dict[str, Any], status: int
    ) -> HttpResponse:
        context |= {"survey": survey, "original": survey, "opts": self.opts}
        site = self.admin_site.each_context(request)
        return TemplateResponse(request, f"admin/surveys/survey/{name}.html", {**site, **context}, status=status)
