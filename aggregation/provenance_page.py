"""What the page of one number says: what was asked, how it was counted, and of which bodies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregation import dataset, report
from aggregation.baseline import Published
from aggregation.compare import Compared, compare
from aggregation.estimate import ONLINE_COUNT, RATE
from aggregation.models import Run
from aggregation.provenance import Place, Stood, by_standing, group_of, question_of, stand
from aggregation.tables import NATIONAL, SERIES, BodyRow, Cell, Entry, Table
from surveys.questionnaire import Question, Text


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
    def question(self) -> Question | None:
        """The question that the row belongs to."""
        return question_of(self.run.survey.questionnaire, self.table.id, self.cell.row)

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

    @cached_property
    def may_list(self) -> bool:
        """Whether the bodies may be named: their answers to this question are public one by one."""
        return report.disclosed(self.run).individual(self.table.id)

    @cached_property
    def standings(self) -> Mapping[str, Sequence[Stood]] | None:
        """The bodies of the group by how they stand to the cell, where they may be named; None for numbers that no
        single question counts."""
        if self.question is None or not self.may_list or self.is_past:
            return None
        registered = dataset.register(self.run.survey)
        place = Place(self.run.survey.questionnaire, self.question, self.cell.row, self.cell.column)
        everybody = [BodyRow(*body[:5], None, self.run.synthetic) for body in registered]
        codes = {body.code for body in group_of(place, self.cell.breakdown, self.cell.group, everybody)}
        rows = dataset.rows_of(self.run, [body for body in registered if body.code in codes])
        return by_standing(stand(place, rows))

    @property
    def is_past(self) -> bool:
        """Whether this is a number of an earlier year, taken over from where it was published."""
        return self.table.kind == SERIES

    @cached_property
    def published(self) -> Compared | None:
        """The number printed in the report that this one is held against."""
        if self.cell.breakdown != NATIONAL:
            return None
        found = compare(self.table, report.baseline_of(self.run))
        return found.get((self.cell.row, self.cell.column, self.cell.group))

    @property
    def source(self) -> Published | None:
        """Where the printed number, or that of an earlier year, stands."""
        baseline = report.baseline_of(self.run)
        known = [*(baseline.cells if baseline else ()), *report.past()]
        key = (self.table.id, self.cell.row, self.cell.column, self.cell.group)
        return next((cell for cell in known if cell.key == key), None)

    @property
    def is_estimate(self) -> bool:
        return self.cell.column in (ONLINE_COUNT, RATE) or (self.cell.base is None and not self.is_past)

    @property
    def exact(self) -> str:
        """The percentage before it is rounded, to six places."""
        assert self.cell.count is not None and self.cell.base
        return f"{self.cell.count * 100 / self.cell.base:.6f}"


def _label(entries: Sequence[Entry], code: str) -> Text:
    return next(entry.label for entry in entries if entry.code == code)
