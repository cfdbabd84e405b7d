"""What the pages of a comparison show: the summary by section, bars, and the table behind them. Pure.

A bar is the share of the bodies of a group that gave an answer; the body's own answer is words. Everything stands in
the order of the questionnaire: nothing is ranked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from aggregation.baseline import percent
from aggregation.compare import Compared
from aggregation.comparison import Beside, Comparison, Point, QuestionComparison, SectionComparison
from aggregation.estimate import EXISTS, ONLINE
from aggregation.measures import Measure
from aggregation.pages import as_printed, share, signed, whole
from aggregation.tables import TOTAL
from surveys.pages import numbers
from surveys.questionnaire import Chapter, Question, Questionnaire, Text

PEERS, NATION, PUBLISHED = "peers", "nation", "published"  # the looks of bars, and which of them a bar is
YES, NO = Text("はい", "Yes"), Text("いいえ", "No")
OF_PROCEDURE = {
    (EXISTS, True): Text("手続がある", "Has the procedure"),
    (EXISTS, False): Text("手続がない", "Does not have it"),
    (ONLINE, True): Text("オンライン化済み", "Online"),
    (ONLINE, False): Text("オンライン化していない", "Not online"),
}
MORE, LESS, SAME = (
    Text("中央値より多い", "More than the median"),
    Text("中央値より少ない", "Fewer than the median"),
    Text("中央値と同じ", "The same as the median"),
)


@dataclass(frozen=True)
class Scale:
    """A section in the summary: measures in place here and in the middle body of its peers, and where on a line."""

    found: SectionComparison

    @property
    def total(self) -> int:
        return len(self.found.measures)

    @property
    def own_at(self) -> Decimal | None:
        return percent(self.found.in_place, self.total)

    @property
    def median(self) -> Decimal | None:
        return self.found.peers.median if self.found.peers else None

    @property
    def median_at(self) -> Decimal | None:
        return None if self.median is None or not self.total else percent(int(self.median * 2), self.total * 2)

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing is known yet of any measure of the section."""
        return 0 < self.total == self.found.unanswered

    @property
    def difference(self) -> Text | None:
        """How the body stands to the median; None while what is unanswered may still change it."""
        if self.median is None or not self.total:
            return None
        least, most = self.found.in_place, self.found.in_place + self.found.unanswered
        if least > self.median or most < self.median:
            return MORE if least > self.median else LESS
        return SAME if least == most else None


def summary(questionnaire: Questionnaire, comparison: Comparison) -> list[tuple[Chapter, list[Scale]]]:
    """The sections under their 節."""
    by_chapter = [(chapter, [Scale(found) for found in comparison.sections if found.section.chapter == chapter.number])
                  for chapter in questionnaire.chapters]  # fmt: skip
    return [(chapter, scales) for chapter, scales in by_chapter if scales]


@dataclass(frozen=True)
class Bar:
    """A share of a group; empty where nothing was published. `group`: whose share, or the published one of it."""

    look: str
    group: Text
    percent: Decimal | None


@dataclass(frozen=True)
class BarSet:
    """The bars of one option, row or procedure: its label, the body's own words, and what the bars show.

    `in_place` is None where nothing says what is favourable.
    """

    label: Text | None
    own: tuple[Text, ...]
    in_place: bool | None
    shown: Text | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Numbers:
    """What the table behind the bars says of a group: number, base and share, or mean and median."""

    first: str = ""
    second: str = ""
    third: str = ""


@dataclass(frozen=True)
class Line:
    """A row of the table behind the bars."""

    row: Text
    column: Text
    own: Text | None
    groups: tuple[Numbers, ...]
    published: str
    change: str


@dataclass(frozen=True)
class Card:
    """A question on the page."""

    found: QuestionComparison
    number: str
    own: tuple[Text, ...]
    in_place: bool | None
    sets: tuple[BarSet, ...]
    groups: tuple[Text, ...]
    lines: tuple[Line, ...]

    @property
    def question(self) -> Question:
        return self.found.question

    @property
    def is_single(self) -> bool:
        """Whether the question has one answer and one group of bars, which stand beside each other."""
        return self.question.kind == "single-choice"

    @property
    def is_numbers(self) -> bool:
        return self.question.kind == "matrix-integer"

    @property
    def is_matrix(self) -> bool:
        """Whether each row has an answer of its own among the columns."""
        return self.question.kind in ("matrix", "tick-matrix")

    @property
    def has_columns(self) -> bool:
        """Whether the table needs a column for the columns of a matrix."""
        return bool(self.question.rows) and not self.is_numbers


def cards(found: SectionComparison, kind: str, has_run: bool) -> list[Card]:
    """The questions of a section, those too that this body is not asked now."""
    number = numbers(found.section, kind)
    return [_card(question, number.get(question.question.id, ""), has_run) for question in found.questions]


def _card(found: QuestionComparison, number: str, has_run: bool) -> Card:
    question, points = found.question, found.points
    single = question.kind == "single-choice"
    own = tuple(point.row.label for point in points if point.answer and single)
    groups = {beside.group: beside.label for point in points for beside in point.beside}
    return Card(
        found=found,
        number=number,
        own=own,
        in_place=_any_in_place(points) if single else None,
        sets=tuple(_sets(found, has_run)),
        groups=tuple(groups.values()) if has_run else (),
        lines=tuple(_line(point, tuple(groups) if has_run else ()) for point in points),
    )


def _any_in_place(points: Sequence[Point]) -> bool | None:
    """Whether any of the places of a measure is in place; None if that is not known or nothing is favourable."""
    known = [point.in_place for point in points if point.in_place is not None]
    return any(known) if known and any(point.favourable for point in points) else None


def _sets(found: QuestionComparison, has_run: bool) -> Iterator[BarSet]:
    """One set of bars for each option of a choice, row of a matrix, or procedure.

    Numbers, and what the body is not asked, have a table only.
    """
    kind = found.question.kind
    if not found.is_asked:
        return
    if kind == "multiple-choice":
        for point in found.points:
            own = () if point.answer is None else (YES if point.answer else NO,)
            yield BarSet(point.row.label, own, _any_in_place([point]), None, bars(point, has_run))
    elif kind == "single-choice":
        for point in _telling(found.points):
            yield BarSet(None, (), None, _share_of(point.row.label), bars(point, has_run))
    elif kind != "matrix-integer":
        for _, row in groupby(found.points, key=lambda point: point.row.code):
            yield from _row_sets(tuple(row), has_run)


def _telling(points: Sequence[Point]) -> list[Point]:
    """The options whose shares tell something: the favourable ones and the body's own; all if there are none."""
    return [point for point in points if point.favourable or point.answer] or [*points]


def _share_of(answer: Text) -> Text:
    return Text(f"「{answer.ja}」の割合", f"Share of “{answer.en}”")


def _row_sets(row: Sequence[Point], has_run: bool) -> Iterator[BarSet]:
    """A row of a matrix: its favourable columns, else the body's own, else all. A procedure: its rate."""
    rates = [point for point in row if _is_rate(point)]
    telling = rates or [point for point in row if point.favourable] or _telling(row)
    own = tuple(_own_words(row, bool(rates)))
    for n, point in enumerate(telling):
        shown = point.column.label if rates else _share_of(point.column.label)
        found = BarSet(row[0].row.label, own, _any_in_place(row), shown, bars(point, has_run))
        yield found if n == 0 else replace(found, label=None, own=(), in_place=None)


def _is_rate(point: Point) -> bool:
    return point.beside[0].group == TOTAL


def _own_words(row: Sequence[Point], is_procedure: bool) -> Iterator[Text]:
    """The column that the body chose or, of a procedure, what there is of it and the body's own rate."""
    for point in row:
        if is_procedure and point.answer is not None:
            yield OF_PROCEDURE[point.column.code, point.answer]
        elif point.answer:
            yield point.column.label
        elif point.value is not None:
            label = point.column.label
            yield Text(f"{label.ja} {point.value}%", f"{label.en} {point.value}%")


def looks(point: Point) -> dict[str, Beside]:
    """Whose shares are bars: the peers' and the nation's. What is printed is the nation's."""
    peers, nation = point.beside[0], point.beside[-1]
    found = {PEERS: peers, NATION: nation} if peers != nation else {PEERS: peers}
    return {NATION: nation} if _is_rate(point) else found


def bars(point: Point, has_run: bool) -> tuple[Bar, ...]:
    """The share of the body's peers, that of its side, and the published one."""
    return tuple(_bars(point, has_run))


def _bars(point: Point, has_run: bool) -> Iterator[Bar]:
    for look, beside in looks(point).items() if has_run else ():
        yield Bar(look, beside.short_label, beside.cell.percent if beside.cell else None)
    last = point.beside[-1]
    yield Bar(PUBLISHED, last.label, printed_share(last.published))


def printed_share(found: Compared | None) -> Decimal | None:
    """The printed percentage, or that of a printed count and base."""
    if found is None or found.baseline_percent is not None or found.baseline_base is None:
        return found.baseline_percent if found else None
    return percent(found.baseline_count or 0, found.baseline_base)


def _line(point: Point, groups: Sequence[str]) -> Line:
    by_group = {beside.group: beside for beside in point.beside}
    last = point.beside[-1]
    own = None if point.answer is None else YES if point.answer else NO
    return Line(
        row=point.row.label,
        column=point.column.label,
        own=own if point.value is None else _value(point),
        groups=tuple(_numbers(by_group[group]) if group in by_group else Numbers() for group in groups),
        published=_published(last),
        change=signed(last.change),
    )


def _value(point: Point) -> Text:
    words = share(point.value) if isinstance(point.value, Decimal) else whole(point.value)
    return Text(words, words)


def _numbers(beside: Beside) -> Numbers:
    if beside.statistic:
        return Numbers(whole(beside.statistic.bodies), f"{beside.statistic.mean:,}", beside.statistic.median_words)
    cell = beside.cell
    if cell is None or (cell.count is None and cell.percent is None):
        return Numbers()
    return Numbers(whole(cell.count), whole(cell.base), share(cell.percent))


def _published(beside: Beside) -> str:
    if beside.published is None:
        return ""
    if beside.published.baseline_value is not None:
        return "" if beside.baseline_mean is None else f"{beside.baseline_mean:,}"
    return as_printed(beside.published)


@dataclass(frozen=True)
class Counted:
    """What counts as in place in a question: the favourable answers and, of a matrix, the rows."""

    question: Question
    answers: tuple[Text, ...]
    rows: tuple[Text, ...]


def counted(found: SectionComparison) -> list[Counted]:
    """The list of what counts as in place in a section."""
    by_id: dict[str, list[Measure]] = {}
    for measure, _ in found.measures:
        by_id.setdefault(measure.question.id, []).append(measure)
    return [_counted(named[0].question, named) for named in by_id.values()]


def _counted(question: Question, named: Sequence[Measure]) -> Counted:
    entries = question.columns if question.rows else question.options
    answers = tuple(entry.label for entry in entries if entry.code in question.favourable)
    rows = tuple(measure.label for measure in named if measure.label) if question.rows else ()
    return Counted(question, answers, rows)
