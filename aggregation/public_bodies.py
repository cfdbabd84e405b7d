"""The bodies of a round as the public sees them: the list, and the page of one with its open answers."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from django.core.cache import cache as store
from django.http import Http404

from aggregation import body_page, dataset, likeness, report, tabulate
from aggregation.body_page import Beside, Shown
from aggregation.collect import collect
from aggregation.comparison import Now, Own, SectionComparison, compare_body
from aggregation.dataset import Registered
from aggregation.groups import KIND_LABELS, NATIONAL_LABELS, PREFECTURES_IN_ENGLISH, OnlyNational
from aggregation.likeness import Like
from aggregation.models import Run
from aggregation.peers import Peers
from aggregation.tables import NATIONAL, BodyRow, Table
from surveys.models.register import full_name
from surveys.questionnaire import PREFECTURE, Section, Text
from surveys.rules import Answers

KEPT = 3600  # seconds that the national numbers of a run are kept: taking them out of its tables takes 0.3 s
SHOWN = 200  # bodies on a page of the list


@dataclass(frozen=True)
class Place:
    """A prefecture of the list, with how many bodies it has (itself among them)."""

    code: str
    name: Text
    bodies: int


class PublicBodies:
    """The bodies of the round of a published run, as they were on its reference date."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def by_code(self) -> Mapping[str, Registered]:
        return {body.code: body for body in dataset.register(self.run.survey)}

    @cached_property
    def prefectures(self) -> Sequence[Place]:
        codes = [body.prefecture for body in self.by_code.values()]
        return [Place(code, self.prefecture(code), codes.count(code)) for code in sorted(set(codes))]

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return {body.prefecture: body.name for body in self.by_code.values() if body.kind == PREFECTURE}

    def prefecture(self, code: str) -> Text:
        name = self._names.get(code, code)
        return Text(name, PREFECTURES_IN_ENGLISH.get(code, name))

    def full_name(self, body: Registered) -> str:
        return full_name(self._names.get(body.prefecture, ""), body.name, body.kind)

    def search(self, words: str, prefecture: str) -> Sequence[Registered]:
        """The bodies with these words in their name, that of the prefecture before it, or at the start of the code."""
        wanted = "".join(unicodedata.normalize("NFKC", words).split())
        return [
            body
            for body in self.by_code.values()
            if prefecture in ("", body.prefecture) and (wanted in self.full_name(body) or body.code.startswith(wanted))
        ]

    def find(self, code: str) -> "PublicBody":
        if code not in self.by_code:
            raise Http404
        return PublicBody(self, self.by_code[code])


class PublicBody:
    """One body: what is open of its answers, beside the bodies most like it."""

    def __init__(self, bodies: PublicBodies, body: Registered) -> None:
        self.bodies, self.run, self.body = bodies, bodies.run, body
        self.rule = report.disclosed(self.run)

    @property
    def name(self) -> str:
        return self.bodies.full_name(self.body)

    @property
    def kind(self) -> Text:
        return kind_label(self.body.kind)

    @cached_property
    def like(self) -> Sequence[tuple[Like, Registered]]:
        by_code = self.bodies.by_code
        return [(found, by_code[found.code]) for found in likeness.nearest(self.body, by_code.values())]

    @cached_property
    def _answers(self) -> Mapping[str, Answers]:
        """The counted answers of the body and of those like it; one query."""
        return dataset.counted_answers(self.run, [self.body.code, *(found.code for found, _ in self.like)])

    @property
    def has_answered(self) -> bool:
        return self.body.code in self._answers

    @property
    def answered_like(self) -> int:
        """How many of the bodies like it are counted."""
        return sum(found.code in self._answers for found, _ in self.like)

    @property
    def rows(self) -> list[tuple[Like, Registered, str, bool]]:
        """The bodies like it, each with its name and whether it is counted."""
        return [(found, body, self.bodies.full_name(body), body.code in self._answers) for found, body in self.like]

    @cached_property
    def sections(self) -> Sequence[Shown]:
        """The open answers by section, of a body that is counted."""
        now = Now(_nation(self.run, self.rule.questions), Peers(), self.run.synthetic)
        found = self._compared(self.body, now, self.run.survey.questionnaire.sections)
        return body_page.shown(found, self.body.kind, self.rule.individual, self._cells_of_like())

    def side_by_side(self, section: Section) -> Sequence[Beside]:
        """The open answers of a section of the body and of those like it."""
        found: list[Shown | None] = []
        for body in (self.body, *(body for _, body in self.like)):
            compared = self._compared(body, None, [section]) if body.code in self._answers else ()
            found += body_page.shown(compared, body.kind, self.rule.individual, {}) or [None]
        return body_page.side_by_side(found)

    def _compared(self, body: Registered, now: Now | None, sections: Sequence[Section]) -> Sequence[SectionComparison]:
        """The open answers of a body, and no other ones."""
        survey = self.run.survey
        parts = survey.questionnaire.question_by_id
        answers = {
            id: answer for id, answer in self._answers[body.code].items() if self.rule.individual(parts[id].public_id)
        }
        own = Own(body.code, body.name, body.kind, survey.year, self.run.synthetic, answers)
        return compare_body(own, survey.questionnaire, now, None, sections).sections

    def _cells_of_like(self) -> body_page.Cells:
        """The numbers of the bodies like it, counted as all numbers are."""
        counted = [BodyRow(*body[:5], self._answers.get(body.code), self.run.synthetic) for _, body in self.like]
        collected = collect(self.run.survey.questionnaire, counted)
        collected = replace(collected, grouping=OnlyNational(counted))
        made = tabulate.build(collected, report.specs(), (), self.run.survey.year)
        return body_page.cells_of(table for table in made if self.rule.individual(table.id))


def kind_label(kind: str) -> Text:
    return KIND_LABELS.get(kind) or NATIONAL_LABELS[kind]


def _nation(run: Run, questions: frozenset[str]) -> list[Table]:
    """The open tables of a run with their national cells only."""
    facts = (run.pk, run.created_at, run.published_at, sorted(questions))
    key = hashlib.sha256(repr(("nation", *facts)).encode()).hexdigest()
    return cast(list[Table], store.get_or_set(key, lambda: _national(run, questions), KEPT))


def _national(run: Run, questions: frozenset[str]) -> list[Table]:
    tables = (table for table in report.public(run) if table.id in questions)
    return [
        replace(table, cells=tuple(cell for cell in table.cells if cell.breakdown == NATIONAL), groups=())
        for table in tables
    ]
