"""A body's answers beside its peers, its kind, its side of the country and the published numbers. Pure.

Peers are the bodies of the same kind and size, where the run keeps enough of them; else those of the same kind.

Compared by ids only, so that a question is held against what was asked under the same id in another round.
Nobody is ranked, and no other body's answers come in: only the tables and the `Peers` of a run.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from aggregation.baseline import BODIES, Baseline, quotient
from aggregation.compare import Compared, compared
from aggregation.estimate import EXISTS, ONLINE, RATE
from aggregation.groups import KIND, kind_and_band, label, short_label
from aggregation.measures import IN_PLACE, NOT_IN_PLACE, UNANSWERED, Measure, measures
from aggregation.peers import Peers, Statistic
from aggregation.tables import NATIONAL, TOTAL, Cell, Entry, Table
from surveys.answers import BLANK, NOT_ASKED, PARTLY, states
from surveys.questionnaire import Question, Questionnaire, Section, Text, tier
from surveys.rules import Answer, Answers, totals

NO_ENTRY = Entry("", Text("", ""))
PER_CENT = Text("％", "%")
WHOLE_COUNTRY = Text("全国", "Whole country")
RATE_COLUMN = Entry(RATE, Text("オンライン利用率", "Online use"))
KEPT = frozenset({NATIONAL, KIND})  # the breakdowns that bodies are compared with


def name_of(group: str) -> Text:
    """How a comparison names a group: all bodies together are the whole country."""
    return WHOLE_COUNTRY if group == TOTAL else label(group)


@dataclass(frozen=True)
class Own:
    """The body that is compared: its answers that apply now, in a round; its registered population, if it has one."""

    code: str
    name: str
    kind: str
    year: int
    synthetic: bool
    answers: Answers
    population: int | None = None

    @property
    def peers(self) -> str:
        """The code of the bodies of the same kind and size; empty where there is no such group."""
        return kind_and_band(self.kind, self.population)


@dataclass(frozen=True)
class Beside:
    """One group beside the body's answer. What does not exist is None: no run, nothing printed, a row not asked then.

    `published` stands at the group that reports print: the side of the country or, for a rate, all bodies.
    """

    group: str
    cell: Cell | None = None
    statistic: Statistic | None = None
    published: Compared | None = None
    baseline_mean: Decimal | None = None

    @property
    def label(self) -> Text:
        return name_of(self.group)

    @property
    def short_label(self) -> Text:
        return WHOLE_COUNTRY if self.group == TOTAL else short_label(self.group)

    @property
    def change(self) -> Decimal | int | None:
        """Points for a share; for a number the difference of the means, since a sum is not the body's."""
        if self.published is None:
            return None
        if self.published.baseline_value is None:
            return self.published.change
        mean = self.statistic.mean if self.statistic else None
        return None if mean is None or self.baseline_mean is None else mean - self.baseline_mean


@dataclass(frozen=True)
class Point:
    """One datum: an option, a cell of a matrix, a number, or one of the three columns of a procedure.

    `answer`: whether it is the body's answer, None where that is not known (not asked, left blank).
    `favourable`, `in_place`: None where the definition names nothing favourable. `value`: the body's own number.
    """

    row: Entry
    column: Entry
    answer: bool | None = None
    favourable: bool | None = None
    value: int | Decimal | None = None
    unit: Text | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def in_place(self) -> bool | None:
        return None if self.favourable is None or self.answer is None else self.favourable and self.answer


@dataclass(frozen=True)
class QuestionComparison:
    """A question with all its data. `state` is one of `surveys.answers`: answered, partly, blank, not_asked.

    `is_open`: it is not known yet, since it, or what decides whether it is asked, is not wholly answered.
    """

    question: Question
    state: str
    is_open: bool
    points: tuple[Point, ...]

    @property
    def is_asked(self) -> bool:
        return self.state != NOT_ASKED

    @property
    def is_blank(self) -> bool:
        return self.state == BLANK

    def status(self, measure: Measure) -> str:
        """What a measure is here, a constant of `aggregation.measures`."""
        told = {point.in_place for point in self.points if (point.row.code, point.column.code) in measure.places}
        if told != {None}:
            return IN_PLACE if True in told else NOT_IN_PLACE
        return UNANSWERED if self.is_open else NOT_ASKED


@dataclass(frozen=True)
class SectionComparison:
    """A section: its questions, and its measures with what each is here."""

    section: Section
    questions: tuple[QuestionComparison, ...]
    measures: tuple[tuple[Measure, str], ...]
    peers: Statistic | None

    @property
    def in_place(self) -> int:
        return sum(status == IN_PLACE for _, status in self.measures)

    @property
    def unanswered(self) -> int:
        return sum(status == UNANSWERED for _, status in self.measures)


@dataclass(frozen=True)
class Comparison:
    """A body's whole comparison. `has_run`: there is a run; without one only published numbers stand beside it.

    `group` is whom `peers` are: the bodies of the same kind and size or, if they are too few, of the same kind.
    """

    own: Own
    group: str
    sections: tuple[SectionComparison, ...]
    peers: Statistic | None
    has_run: bool
    synthetic: bool

    @property
    def in_place(self) -> int:
        return sum(section.in_place for section in self.sections)

    @property
    def unanswered(self) -> int:
        return sum(section.unanswered for section in self.sections)

    @property
    def measures(self) -> int:
        return sum(len(section.measures) for section in self.sections)


@dataclass(frozen=True)
class Now:
    """What is known of all bodies: the tables of a run and its peers."""

    tables: Sequence[Table]
    peers: Peers
    synthetic: bool


def compare_body(
    own: Own,
    questionnaire: Questionnaire,
    now: Now | None,
    baseline: Baseline | None,
    only: Iterable[Section] | None = None,
) -> Comparison:
    """The comparison of a body; `only` leaves out all sections but some."""
    found = _Comparing(own, questionnaire, now, baseline)
    sections = questionnaire.sections_for(own.kind) if only is None else only
    return Comparison(
        own=own,
        group=found.group,
        sections=tuple(found.section(section) for section in sections),
        peers=found.peers.measures(found.group),
        has_run=now is not None,
        synthetic=own.synthetic or (now is not None and now.synthetic),
    )


class _Comparing:
    """One body being compared: the numbers that concern it, by place."""

    def __init__(self, own: Own, questionnaire: Questionnaire, now: Now | None, baseline: Baseline | None) -> None:
        self.own, self.questionnaire, self.baseline = own, questionnaire, baseline
        self.peers = now.peers if now else Peers()
        self.side = tier(own.kind)
        self.group = self.peers.group or own.kind
        self.groups = tuple(dict.fromkeys((self.group, own.kind, self.side)))
        self.cells: dict[tuple[str, str, str, str], Cell] = {
            (table.id, cell.row, cell.column, cell.group): cell
            for table in (now.tables if now else ())
            for cell in table.cells
            if cell.breakdown in KEPT and cell.group in (*self.groups, TOTAL)
        }
        self.cells |= {(table, cell.row, cell.column, cell.group): cell for table, cell in self.peers.cells()}

    @cached_property
    def states(self) -> Mapping[str, str]:
        return states(self.questionnaire, self.own.kind, self.own.answers)

    def section(self, section: Section) -> SectionComparison:
        questions = tuple(self.question(question) for question in section.questions if question.asked_of(self.own.kind))
        by_id = {found.question.id: found for found in questions}
        named = measures(section, self.own.kind)
        return SectionComparison(
            section,
            questions,
            tuple((measure, by_id[measure.question.id].status(measure)) for measure in named),
            self.peers.measures(self.group, section.id),
        )

    def question(self, question: Question) -> QuestionComparison:
        answer = self.own.answers.get(question.id, {})
        points = tuple(_POINTS[question.kind](self, question, answer))
        return QuestionComparison(question, self.states[question.id], self.is_open(question), points)

    def is_open(self, question: Question) -> bool:
        if self.states[question.id] == NOT_ASKED and question.gate:
            return any(self.is_open(self.questionnaire.question_by_id[id]) for id in question.gate.questions)
        return self.states[question.id] in (BLANK, PARTLY)

    def beside(self, question: Question, row: str, column: str) -> tuple[Beside, ...]:
        """The body's peers, kind and side; the side is what reports print. A prefecture's kind is its side."""
        return tuple(
            Beside(
                group,
                self.cells.get((question.public_id, row, column, group)),
                self.peers.number(question.id, row, group),
                *(self.published(question, row, column, group) if group == self.side else (None, None)),
            )
            for group in self.groups
        )

    def published(
        self, question: Question, row: str, column: str, group: str
    ) -> tuple[Compared | None, Decimal | None]:
        """What was printed for a place and, if it is a sum over bodies, that per body."""
        table = question.public_id
        found = self.baseline.get(table, row, column, group) if self.baseline else None
        if found is None or self.baseline is None:
            return None, None
        gated = any(part.gate is not None for part in self.questionnaire.parts[table])
        beside = compared(found, self.cells.get((table, row, column, group)), self.baseline, gated)
        everyone = None if gated else self.baseline.get(BODIES, "", "", group)
        if found.value is None or everyone is None or not everyone.base:
            return beside, None
        return beside, quotient(found.value, everyone.base)

    def options(self, question: Question, answer: Answer) -> Iterator[Point]:
        chosen = {answer.get("value", ""), *answer.get("values", ())}
        for option in question.options:
            given = option.code in chosen if answer else None
            row = Entry(option.code, option.label)
            yield self.choice(question, row, NO_ENTRY, given, option.code in question.favourable)

    def matrix(self, question: Question, answer: Answer) -> Iterator[Point]:
        """A row of a matrix is blank or has one column; a row that is not ticked is a no, if any is ticked."""
        cells, ticks = answer.get("cells", {}), question.kind == "tick-matrix"
        for row in question.rows_for(self.own.kind):
            for column in question.columns:
                known = bool(cells) if ticks else row.code in cells
                given = cells.get(row.code) == column.code if known else None
                favourable = column.code in question.favourable and not row.exclusive
                entries = Entry(row.code, row.label), Entry(column.code, column.label)
                yield self.choice(question, *entries, given, favourable)

    def choice(self, question: Question, row: Entry, column: Entry, given: bool | None, favourable: bool) -> Point:
        named = favourable if question.favourable else None
        return Point(row, column, given, named, beside=self.beside(question, row.code, column.code))

    def integers(self, question: Question, answer: Answer) -> Iterator[Point]:
        cells = answer.get("cells", {})
        values = {**cells, **totals(question, cells)}
        asked = question.rows_for(self.own.kind)
        (column,) = question.columns
        for row in question.rows:
            if row.computed or row in asked:
                entries = Entry(row.code, row.label), Entry(column.code, column.label)
                beside = self.beside(question, row.code, column.code)
                yield Point(*entries, value=values.get(row.code), unit=question.unit, beside=beside)

    def procedures(self, question: Question, answer: Answer) -> Iterator[Point]:
        labels = question.column_by_code
        for row in question.rows_for(self.own.kind):
            cell = answer.get("cells", {}).get(row.code, {})
            entry = Entry(row.code, row.label)
            for code, given in ((EXISTS, _is(cell, EXISTS, "yes")), (ONLINE, _is(cell, ONLINE, "done"))):
                column = Entry(code, labels[code].label)
                yield Point(entry, column, given, beside=self.beside(question, row.code, code))
            published = self.published(question, row.code, RATE, TOTAL)
            nation = Beside(TOTAL, self.cells.get((question.public_id, row.code, RATE, TOTAL)), None, *published)
            yield Point(entry, RATE_COLUMN, value=_rate(cell), unit=PER_CENT, beside=(nation,))


def _is(cell: Answer, column: str, wanted: str) -> bool | None:
    return cell[column] == wanted if column in cell else None


def _rate(cell: Answer) -> Decimal | None:
    """A body's own online cases in per cent of its cases, where it knows both and there were any."""
    total, online = cell.get("total"), cell.get("online_count")
    return quotient(online * 100, total) if isinstance(total, int) and isinstance(online, int) else None


_POINTS: dict[str, Callable[[_Comparing, Question, Answer], Iterator[Point]]] = {
    "single-choice": _Comparing.options,
    "multiple-choice": _Comparing.options,
    "matrix": _Comparing.matrix,
    "tick-matrix": _Comparing.matrix,
    "matrix-integer": _Comparing.integers,
    "procedures": _Comparing.procedures,
}
