"""A body's comparison in the long form (contract, "A body's comparison, long form"). Pure."""

from collections.abc import Iterator

from aggregation.comparison import Beside, Comparison, Point, QuestionComparison
from aggregation.estimate import ONLINE, RATE
from aggregation.export.long_form import NOTHING_PUBLISHED, LongForm, Value
from surveys.answers import BLANK, NOT_ASKED, PARTLY
from surveys.answers_file import REPORTED, SYNTHETIC

COLUMNS = (
    "year",
    "body",
    "question",
    "title",
    "row",
    "row_label",
    "column",
    "column_label",
    "answer",
    "favourable",
    "in_place",
    "group",
    "count",
    "base",
    "percent",
    "baseline_count",
    "baseline_base",
    "baseline_percent",
    "change",
    "value",
    "group_mean",
    "group_median",
    "baseline_mean",
    "unit",
    "origin",
    "note",
)
NOTES = {NOT_ASKED: "設問対象外", BLANK: "未回答"}


def comparison_form(comparison: Comparison) -> LongForm:
    """A line for each datum and each group it is held against, in Japanese."""
    origin = SYNTHETIC if comparison.synthetic else REPORTED
    own = comparison.own
    rows = tuple(
        (own.year, own.code, *_line(question, point, beside), origin, _note(question, point, beside))
        for section in comparison.sections
        for question in section.questions
        for point in question.points
        for beside in point.beside
    )
    return LongForm(own.year, origin, rows, COLUMNS)


def _line(question: QuestionComparison, point: Point, beside: Beside) -> Iterator[Value]:
    spec, cell, published = question.question, beside.cell, beside.published or NOTHING_PUBLISHED
    yield from (spec.public_id, spec.title.ja, point.row.code, point.row.label.ja)
    yield from (point.column.code, point.column.label.ja)
    yield from (_word(point.answer), _word(point.favourable), _word(point.in_place), beside.group)
    share = cell is not None and (cell.count is not None or cell.percent is not None)
    yield from (cell.count, cell.base, cell.percent) if cell is not None and share else (None, None, None)
    yield from (published.baseline_count, published.baseline_base, published.baseline_percent, beside.change)
    mean, median = (beside.statistic.mean, beside.statistic.median) if beside.statistic else (None, None)
    yield from (point.value, mean, median, beside.baseline_mean, point.unit.ja if point.unit else "")


def _word(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"


def _note(question: QuestionComparison, point: Point, beside: Beside) -> str:
    """Why there is no answer, and what is said about the numbers."""
    return "；".join(note for note in (_why_empty(question, point), _about(beside)) if note)


def _why_empty(question: QuestionComparison, point: Point) -> str:
    """In an answer that is there in part, what hangs on another column of its row is not called blank."""
    if point.answer is not None or point.value is not None:
        return ""
    partly = question.state == PARTLY and point.column.code not in (ONLINE, RATE)
    return NOTES[BLANK] if partly else NOTES.get(question.state, "")


def _about(beside: Beside) -> str:
    own = beside.cell.note.ja if beside.cell and beside.cell.note else ""
    published = beside.published.note if beside.published else ""
    return "；".join(dict.fromkeys(note for note in (own, published) if note))
