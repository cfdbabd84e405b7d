"""The workbook of a response: what is issued, what an upload would change, and taking that in."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from surveys import rules, words
from surveys.blocks import Side, language
from surveys.dossier import Dossier
from surveys.models import Response
from surveys.models.sections import Conflict
from surveys.pages import numbers
from surveys.questionnaire import Section
from surveys.templatetags.surveys import day, fiscal_year, moment
from surveys.workbook import archive, faults
from surveys.workbook.faults import Fault, Refused
from surveys.workbook.layout import Block, plan
from surveys.workbook.merge import CellChange, Changes, cell_changes, settle
from surveys.workbook.read import read
from surveys.workbook.stamp import Owner
from surveys.workbook.write import Issue

SALT = "surveys.workbook"
MAX_AGE = 24 * 60 * 60  # seconds
MINE = "mine"


def owner(dossier: Dossier) -> Owner:
    survey = dossier.survey
    return Owner(survey.year, dossier.body.code, dossier.response.full_name, dossier.kind, survey.checksum)


def issue(dossier: Dossier, *, blank: bool) -> Issue:
    """What the workbook of a response is written from, in the active language."""
    sentences = {}
    for section in dossier.questionnaire.sections_for(dossier.kind):
        number = numbers(section, dossier.kind)
        for id in number:
            sentences[id] = words.gate(section.question_by_id[id], section, number, language())
    is_made_up = dossier.response.synthetic and not blank
    return Issue(
        questionnaire=dossier.questionnaire,
        owner=owner(dossier),
        language=language(),
        answers={} if blank else dossier.answers,
        versions={id: stored.version for id, stored in dossier.stored.items()},
        gates=sentences,
        facts=tuple(_facts(dossier, blank)),
        created=timezone.now(),
        strip=_("この調査票の回答は、公表値に合わせて作った合成データです。") if is_made_up else "",
    )


def _facts(dossier: Dossier, blank: bool) -> Iterator[tuple[str, str]]:
    survey = dossier.survey
    yield _("団体"), f"{dossier.response.full_name}（{dossier.body.code}）"
    yield _("調査"), fiscal_year(survey.year)
    yield _("調査の基準日"), day(survey.reference_date)
    yield _("提出期限"), moment(dossier.response.due) or _("まだ決まっていません。")
    yield _("入っている回答"), _("なし（空の調査票）") if blank else _("受け取ったときの回答")
    yield _("受け取った日時"), f"{moment(timezone.now())}　{dossier.user.name}"
    yield _("お問い合わせ先"), f"{_('総務省 調査担当')}　{settings.CONTACT_TELEPHONE}".strip()


def file_name(dossier: Dossier, *, blank: bool) -> str:
    made_up = "synthetic-" if dossier.response.synthetic and not blank else ""
    return f"{made_up}survey-{dossier.survey.year}-{dossier.body.code}{'-blank' if blank else ''}.xlsx"


@dataclass(frozen=True)
class Proposal:
    """What somebody wants to take in: the changed answers and the version seen, both by section."""

    changes: Changes
    seen: dict[str, int]


def take_up(dossier: Dossier, file: "UploadedFile[Any] | None") -> "Preview":
    """What an uploaded file would change. Raises Refused for a file that cannot be taken."""
    if file is None:
        raise Refused(faults.NO_FILE)
    if (file.size or 0) > archive.MAX_BYTES:
        raise Refused(faults.TOO_LARGE)
    upload = read(file.read(), dossier.questionnaire, owner(dossier))
    changes, found = settle(upload, dossier.questionnaire, dossier.kind, dossier.answers)
    seen = {section: upload.stamp.versions.get(section, 0) for section in changes}
    return Preview(dossier, Proposal(changes, seen), found, upload.ignored)


class Item(NamedTuple):
    """A question on the preview: the cells that change, and who else changed it meanwhile."""

    block: Block
    cells: list[CellChange]
    is_asked: bool
    conflict: Conflict | None
    sides: tuple[Side, Side] | None


@dataclass
class Preview:
    """What a proposal would change in the answers as they are stored now."""

    dossier: Dossier
    proposal: Proposal
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @cached_property
    def sections(self) -> list[tuple[Section, list[Item]]]:
        dossier = self.dossier
        given = {id: answer for answers in self.proposal.changes.values() for id, answer in answers.items()}
        asked = rules.asked_anywhere(dossier.questionnaire, dossier.kind, {**dossier.answers, **given})
        found = []
        for sheet in plan(dossier.questionnaire, dossier.kind, language()):
            changes, conflicts = self._open(sheet.section.id)
            blocks = [block for block in sheet.blocks if block.question.id in changes]
            items = [
                self._item(block, changes[block.question.id], conflicts.get(block.question.id), asked)
                for block in blocks
            ]
            if items:
                found.append((sheet.section, items))
        return found

    def _open(self, section: str) -> tuple[dict[str, Any], dict[str, Conflict]]:
        """The changes of a section that are not stored already, and the conflicts among them."""
        stored = self.dossier.section_answers(section)
        given = self.proposal.changes.get(section, {})
        changes = {id: answer for id, answer in given.items() if stored.answers.get(id, {}) != answer}
        conflicts = stored.conflicts(changes, dict.fromkeys(changes, self.proposal.seen.get(section, 0)))
        return changes, {conflict.question: conflict for conflict in conflicts}

    def _item(self, block: Block, answer: Any, conflict: Conflict | None, asked: Mapping[str, Any]) -> Item:
        id = block.question.id
        cells = cell_changes(block, self.dossier.answers.get(id, {}), answer)
        return Item(block, cells, id in asked, conflict, self._sides(block, conflict) if conflict else None)

    def _sides(self, block: Block, conflict: Conflict) -> tuple[Side, Side]:
        both = [
            words.lines(block.question, block.kind, answer, language()) for answer in (conflict.mine, conflict.theirs)
        ]
        mine, theirs = words.difference(*both)
        return Side(mine, self.dossier.user.name, timezone.now()), Side(theirs, conflict.by, conflict.at)

    @property
    def items(self) -> list[Item]:
        return [item for _section, items in self.sections for item in items]

    @property
    def count(self) -> int:
        """How many cells would change without a decision."""
        return sum(len(item.cells) for item in self.items if not item.conflict)

    @property
    def conflicts(self) -> list[str]:
        return [item.block.question.id for item in self.items if item.conflict]

    @property
    def messages(self) -> list[str]:
        return [fault.in_language(language()) for fault in self.faults]

    @property
    def token(self) -> str:
        """The proposal, signed for this person and this response, for the page to carry to the confirmation."""
        versions = {section: self.dossier.section_answers(section).version for section in self.proposal.changes}
        extra = {"for": _subject(self.dossier), "versions": versions, "conflicts": self.conflicts}
        return signing.dumps({**asdict(self.proposal), **extra}, salt=SALT, compress=True)


def _subject(dossier: Dossier) -> list[int]:
    return [dossier.user.pk, dossier.response.pk]


class Confirmed(NamedTuple):
    """A proposal that came back: what of it was already in conflict, and the versions the preview was made from."""

    proposal: Proposal
    versions: dict[str, int]
    conflicts: list[str]


def confirmed(dossier: Dossier, token: str) -> Confirmed:
    """What a page carried. Raises signing.BadSignature if it is not whole, too old, or somebody else's."""
    found = signing.loads(token, salt=SALT, max_age=MAX_AGE)
    if found["for"] != _subject(dossier):
        raise signing.BadSignature("somebody else's")
    return Confirmed(Proposal(found["changes"], found["seen"]), found["versions"], found["conflicts"])


class Taken(NamedTuple):
    """How many questions were taken in; with new conflicts none was."""

    questions: int
    has_conflicts: bool


@transaction.atomic
def take_in(dossier: Dossier, found: Confirmed, decisions: Mapping[str, str]) -> Taken:
    """Save what was confirmed, all or nothing, like a save of the form for each section.

    Of the questions in conflict only those decided for this person's answer are saved. Raises NotAllowed.
    """
    Response.objects.for_change().get(pk=dossier.response.pk)
    dossier.reload()
    count, conflicts = 0, False
    for section, answers in found.proposal.changes.items():
        stored = dossier.section_answers(section).answers
        changes = {
            id: answer
            for id, answer in answers.items()
            if stored.get(id, {}) != answer and (id not in found.conflicts or decisions.get(id) == MINE)
        }
        seen = dict.fromkeys(changes, found.versions[section])
        saved = dossier.response.save_section(section, changes, seen=seen, by=dossier.user, origin="excel")
        count, conflicts = count + len(changes), conflicts or bool(saved.conflicts)
    if conflicts:
        transaction.set_rollback(True)
    dossier.reload()
    return Taken(0 if conflicts else count, conflicts)
