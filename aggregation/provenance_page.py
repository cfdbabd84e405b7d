"""What the page of one number says: what was asked, how it was counted, and of which bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from aggregation import dataset, report
from aggregation.baseline import Published
from aggregation.compare import Compared, compare
from aggregation.estimate import ONLINE_COUNT, RATE
from aggregation.groups import PREFECTURES_IN_ENGLISH
from aggregation.members import Member
from aggregation.models import Run
from aggregation.provenance import (
    STANDINGS,
    Place,
    Reckoned,
    Share,
    Stood,
    agrees,
    belongs,
    by_standing,
    place_of,
    quotient,
    reckon,
    shares,
    stand,
)
from aggregation.tables import ALL, NATIONAL, SERIES, Cell, Entry, Table
from surveys.questionnaire import PREFECTURE, Question, Text

Lists = Mapping[str, Sequence[Stood]]


@dataclass(frozen=True)
class CellPage:
    """One cell of a table of a run that everybody may see."""

    run: Run
    table: Table
    cell: Cell

    @classmethod
    def find(cls, run: Run, table: str, key: tuple[str, str, str, str]) -> "CellPage | None":
        """The page of the cell at a row, column, breakdown and group; None if there is none, or it is not public."""
        found = report.public_one(run, table)
        cell = next((cell for cell in found.cells if cell[:4] == key), None) if found else None
        return cls(run, found, cell) if found and cell else None

    @cached_property
    def place(self) -> Place | None:
        """What the bodies are held against; None for a number that no single question counts."""
        if self.table.kind == SERIES:
            return None
        return place_of(self.run.survey.questionnaire, self.table.id, self.cell.row, self.cell.column)

    @property
    def question(self) -> Question | None:
        return self.place.question if self.place else None

    @property
    def row(self) -> Text:
        return _label(self.table.rows, self.cell.row)

    @property
    def column(self) -> Text | None:
        return _label(self.table.columns, self.cell.column) if self.cell.column else None

    @property
    def group(self) -> Text:
        labels = {group[:2]: group.label for group in self.table.groups}
        return labels[self.cell.breakdown, self.cell.group]

    @property
    def rule(self) -> str:
        """The key of the words that say how it was counted (`aggregation.provenance_words`)."""
        if self.table.kind == SERIES:
            return "past" if self.continued is None else "continued"
        if self.place is None:
            return RATE if self.cell.column == RATE else "sum"
        if self.place.question.kind == "procedures":
            return self.cell.column
        return "computed" if self.summands else self.place.question.kind

    # the bodies

    @cached_property
    def may_list(self) -> bool:
        """Whether the bodies may be named: their answers to this question are public one by one."""
        return report.disclosed(self.run).individual(self.table.id)

    @cached_property
    def standings(self) -> Lists | None:
        """The bodies of the group by how they stood to the cell when the run was made, where they may be named."""
        place = self.place
        if place is None or not self.may_list:
            return None
        group = self.cell.breakdown, self.cell.group
        own = [member for member in self._members if belongs(member, place, *group)]
        answers = dataset.counted_parts(self.run, place.questions(), [member.code for member in own])
        rows = dataset.rows_of(own, answers)
        return by_standing(stand(place, rows))

    @cached_property
    def _members(self) -> list[Member]:
        return dataset.members_of(self.run)

    @property
    def lists(self) -> list[tuple[str, int, list[tuple[Text | None, list[Stood]]]]]:
        """Each standing that some body has, with how many, and who by prefecture."""
        found = self.standings or {}
        return [(name, len(found[name]), self._by_prefecture(found[name])) for name in STANDINGS if found.get(name)]

    def _by_prefecture(self, stood: Sequence[Stood]) -> list[tuple[Text | None, list[Stood]]]:
        """Municipalities under their prefecture; prefectures alone need no heading."""
        if all(each.body.kind == PREFECTURE for each in stood):
            return [(None, list(stood))]
        groups = groupby(stood, lambda each: each.body.prefecture)
        return [(self._prefecture(code), list(own)) for code, own in groups]

    def _prefecture(self, code: str) -> Text:
        name = self._prefectures.get(code, code)
        return Text(name, PREFECTURES_IN_ENGLISH.get(code, name))

    @cached_property
    def _prefectures(self) -> Mapping[str, str]:
        return {body.prefecture: body.name for body in self._members if body.kind == PREFECTURE}

    @cached_property
    def shares(self) -> list[Share]:
        """The bodies of the group, part by part and added up; none for a number of an earlier year."""
        return [] if self.cell.bodies is None else list(shares(self.cell, self.standings))

    @property
    def disagrees(self) -> bool:
        """Whether the bodies found do not give the number that is stored."""
        return self.standings is not None and not agrees(self.cell, self.standings)

    # the reckoning

    @property
    def exact(self) -> str:
        """The percentage before it is rounded: 74.468…"""
        assert self.cell.count is not None and self.cell.base
        return quotient(self.cell.count * 100, self.cell.base)

    @cached_property
    def reckoned(self) -> list[Reckoned]:
        """The estimate of a procedure, side by side, with its numbers; none where no body may be named."""
        if not (self.place and self.place.is_estimate and self.standings):
            return []
        return reckon(self.place, (each for stood in self.standings.values() for each in stood))

    @property
    def rate(self) -> tuple[Cell, Cell, str] | None:
        """The online cases and the estimate that a rate is made of, and the rate before it is rounded."""
        if self.table.kind != "procedures" or self.cell.column != RATE:
            return None
        online, total = (self._beside(column=column) for column in (ONLINE_COUNT, "estimate"))
        if not (online and total and online.value is not None and total.value):
            return None
        return online, total, quotient(online.value * 100, total.value)

    @cached_property
    def summands(self) -> list[tuple[Text, Cell]]:
        """The rows that this one adds up, with their cells beside this one."""
        if self.table.kind == "procedures":
            codes = [] if self.place or self.cell.column == RATE else [row.code for row in self._added()]
        else:
            row = self.question.row_by_code.get(self.cell.row) if self.question else None
            codes = list(row.computed) if row else []
        found = ((_label(self.table.rows, code), self._beside(row=code)) for code in codes)
        return [(label, cell) for label, cell in found if cell]

    def _added(self) -> list[Entry]:
        """The procedures of a group or, in the row of all, those of all groups."""
        groups = {row.group for row in self.table.rows if row.group} | {ALL}
        own = [row for row in self.table.rows if row.code not in groups]
        return [row for row in own if self.cell.row in (row.group, ALL)]

    def _beside(self, *, row: str | None = None, column: str | None = None) -> Cell | None:
        """The cell of the same group in another row or column."""
        cell = self.cell
        wanted = (cell.row if row is None else row, cell.column if column is None else column, *cell[2:4])
        return next((cell for cell in self.table.cells if cell[:4] == wanted), None)

    # what it is held against

    @cached_property
    def continued(self) -> tuple[Table, Cell] | None:
        """The table and cell of this run that a table over the years takes its last value from."""
        series = report.spec_by_id()[self.table.id].series if self.table.kind == SERIES else None
        if series is None or int(self.cell.column) != self.run.survey.year - series.lag:
            return None
        source = report.public_one(self.run, series.source)
        cells = source.cells if source else ()
        wanted = (series.row, self.cell.row, NATIONAL, self.cell.group)
        found = (each for each in cells if (each.row, each.column or each.row, *each[2:4]) == wanted)
        return next(((source, cell) for cell in found if source), None)

    @cached_property
    def published(self) -> Compared | None:
        """The number printed in the report that this one is held against."""
        if self.cell.breakdown != NATIONAL:
            return None
        found = compare(self.table, report.baseline_of(self.run))
        return found.get((self.cell.row, self.cell.column, self.cell.group))

    @property
    def source(self) -> Published | None:
        """Where the printed number, or that of an earlier year, stands. Of two of one year the later one counts."""
        baseline = report.baseline_of(self.run)
        known = report.past() if self.table.kind == SERIES else baseline.cells if baseline else ()
        key = (self.table.id, self.cell.row, self.cell.column, self.cell.group)
        return next((cell for cell in reversed(known) if cell.key == key), None)


def _label(entries: Sequence[Entry], code: str) -> Text:
    return next(entry.label for entry in entries if entry.code == code)
