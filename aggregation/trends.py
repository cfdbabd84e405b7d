"""What the pages of 推移 read: the published rounds, what was printed, and the bodies that answered in two rounds."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import chain, pairwise

from django.http import Http404

from aggregation import dataset, panels, report
from aggregation.addresses import Edition
from aggregation.baseline import Published
from aggregation.breaks import Round
from aggregation.compare import compared
from aggregation.comparison_page import printed_share
from aggregation.matched import Changed, telling
from aggregation.models import Run, RunPanel
from aggregation.table_list import Group, by_chapter
from aggregation.tables import NATIONAL, Table, TableSpec
from aggregation.trend import Moment, Place, Point, Printed, Trend, point
from surveys.questionnaire import Question, Questionnaire, Text


def published() -> list[Run]:
    """The latest edition of each published round, the oldest round first."""
    return Run.objects.published_rounds()[::-1]


def contents(runs: Sequence[Run]) -> list[Group]:
    """All tables of the latest round by chapter, and after them those that only earlier ones have."""
    if not runs:
        return []
    *earlier, latest = [report.heads(run) for run in runs]
    return by_chapter(runs[-1].survey.questionnaire, latest, chain(*earlier))


def questions(questionnaire: Questionnaire, table: str) -> tuple[Question, ...]:
    """The questions behind a table; of a series those behind the table that it continues."""
    series = next((spec.series for spec in report.specs() if spec.id == table and spec.series), None)
    return questionnaire.parts.get(series.source if series else table, ())


class TrendPage:
    """One table over the rounds. `row` and `to` are what is asked for: a row of a matrix, and the later year of the two
    that are held against each other."""

    def __init__(self, table: str, row: str = "", to: str = "") -> None:
        self.id, self.runs = table, published()
        self.rounds = [self._round(run) for run in self.runs]
        if not any(each.table for each in self.rounds):
            raise Http404
        spec = next((spec for spec in report.specs() if spec.id == table), TableSpec(table))
        self.trend = Trend(spec, self.rounds, self._printed(), row)
        self._to = to

    def _round(self, run: Run) -> Round:
        found = report.public_one(run, self.id)
        return Round(run.survey.year, found, questions(run.survey.questionnaire, self.id) if found else ())

    def _printed(self) -> Iterator[Printed]:
        """What reports print of the table: of a series by the year in its column, else by the year of the report."""
        for cell in report.past():
            if cell.table == self.id:
                yield _as_printed(cell, int(cell.column), "", cell.percent, cell.base)
        for year, baseline in report.baselines().items():
            gated = any(question.gate for each in self.rounds for question in each.questions)
            for cell in baseline.cells:
                if cell.table == self.id and cell.row:
                    found = compared(cell, None, baseline, gated)
                    yield _as_printed(cell, year, cell.column, printed_share(found), found.baseline_base)

    @property
    def synthetic(self) -> bool:
        return any(run.synthetic for run in self.runs)

    @property
    def latest(self) -> Run:
        """The latest round that has the table."""
        return [run for run, each in zip(self.runs, self.rounds, strict=True) if each.table][-1]

    @property
    def moments(self) -> list[tuple[Moment, Run | None]]:
        """Each with the run it is computed by, if it is."""
        runs = iter(self.runs)
        return [(moment, None if moment.is_printed else next(runs)) for moment in self.trend.moments]

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """The positions of two rounds, one after the other, that both have the table."""
        found = pairwise(range(len(self.rounds)))
        return [(a, b) for a, b in found if self.rounds[a].table and self.rounds[b].table and not self.trend.series]

    @cached_property
    def pair(self) -> tuple[int, int] | None:
        """The two that are asked for, else the latest."""
        wanted = [pair for pair in self.pairs if str(self.rounds[pair[1]].year) == self._to]
        found = wanted or self.pairs
        return found[-1] if found else None

    @property
    def choices(self) -> list[tuple[int, int]]:
        """The years of the pairs that may be asked for."""
        return [(self.rounds[a].year, self.rounds[b].year) for a, b in self.pairs]

    @property
    def years(self) -> tuple[int, int] | None:
        return self.pair and (self.rounds[self.pair[0]].year, self.rounds[self.pair[1]].year)

    @cached_property
    def _matched(self) -> tuple[Table, Table] | None:
        """The table of both years over the bodies that both count, where that may be public."""
        if self.pair is None or self.is_withheld:
            return None
        return RunPanel.objects.table(self.runs[self.pair[0]], self.runs[self.pair[1]], self.id)

    @cached_property
    def is_withheld(self) -> bool:
        """Whether the numbers of the matched bodies would give away a small group.

        Whoever stands behind a gate is a group that only the answers know; so a gated question is always withheld.
        """
        assert self.pair
        before, after = self.pair
        if all(report.disclosed(self.runs[at]).individual(self.id) for at in self.pair):
            return False
        if any(question.gate for at in self.pair for question in self.rounds[at].questions):
            return True
        both = panels.matched(self.runs[before], self.runs[after])
        earlier = panels.matched(self.runs[before - 1], self.runs[before]) if before else frozenset()
        kinds = [dataset.counted_kinds(self.runs[at]) for at in self.pair]
        return telling(both, kinds[0], earlier) or telling(both, kinds[1])

    @cached_property
    def sides(self) -> list[tuple[Text, list[Changed]]]:
        """Each side with its lines in the two years."""
        if self.pair is None:
            return []
        tables = [self.rounds[at].table for at in self.pair]
        everyone, matched = [_points(table) for table in tables], [_points(table) for table in self._matched or ()]
        found = []
        for side in self.trend.sides:
            lines = []
            for line in side.lines:
                place = self.trend.place(line.entry.code, side.code)
                ends = [each.get(place) for each in everyone]
                if any(ends):
                    same = [each.get(place) for each in matched] or [None, None]
                    lines.append(Changed(line.entry, (ends[0], ends[1]), (same[0], same[1])))
            found += [(side.label, lines)] if lines else []
        return found

    @property
    def has_matched(self) -> bool:
        return self._matched is not None

    @property
    def bodies(self) -> tuple[int, int, int] | None:
        """How many bodies the two runs count, and how many both."""
        if self.pair is None:
            return None
        before, after = (self.runs[at] for at in self.pair)
        return before.responses, after.responses, len(panels.matched(before, after))

    @property
    def edition(self) -> Edition:
        return Edition(self.latest.survey.year)


def _as_printed(cell: Published, year: int, column: str, percent: Decimal | None, base: int | None) -> Printed:
    note = Text(cell.note, cell.note) if cell.note else None
    return Printed(year, (cell.row, column, cell.group), Point(cell.count, base, percent, cell.value, note))


def _points(table: Table | None) -> dict[Place, Point]:
    cells = table.cells if table else ()
    return {(cell.row, cell.column, cell.group): point(cell) for cell in cells if cell.breakdown == NATIONAL}
