"""A figure of the report as pages, files and print show it: its charts with what they stand on, its table, its notes.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aggregation.chart_rules import PIE
from aggregation.figures import Plan, pie
from aggregation.figures.plan import PROCEDURES
from aggregation.pages import Side, TablePage
from aggregation.tables import TOTAL, Table
from surveys.questionnaire import Text

USE_RATES = Text("オンライン利用率", "Online use rate")
ONLINE = Text(
    "オンライン化が済の団体（手続のある団体に対する割合）", "Bodies that have it online, of those that have it"
)


@dataclass(frozen=True)
class Panel:
    """A chart with its heading and what it stands on; both may be empty."""

    label: Text | None
    base: Text | None
    svg: str


@dataclass(frozen=True)
class Figure:
    """A table with its charts (`svgs` by side), the sentences about it, and who was asked in words, by side."""

    table: Table
    page: TablePage
    plan: Plan | None = None
    svgs: Mapping[str, str] | None = None
    sentences: Sequence[Text] = ()
    bases: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def panels(self) -> list[Panel]:
        sides = {side.code: side for side in self.page.sides}
        return [self._panel(sides.get(code), svg) for code, svg in (self.svgs or {}).items()]

    def _panel(self, side: Side | None, svg: str) -> Panel:
        return Panel(side.label, self._base(side), svg) if side else Panel(None, None, svg)

    def _base(self, side: Side) -> Text | None:
        if self.plan and self.plan.kind == PROCEDURES:
            return USE_RATES if side.code == TOTAL else ONLINE
        return self.bases.get(side.code)

    @property
    def leaves_out(self) -> bool:
        """Whether parts too small for a label are read from the table only."""
        plan = self.plan
        if plan is None or plan.kind != PIE:
            return False
        return any(pie.has_unlabelled(self.table, plan, side) for side in plan.sides)

    @property
    def asked(self) -> list[tuple[Text, Text]]:
        """Each side with the bodies asked, where a question before this one decides who is."""
        sides = self.page.sides if self.table.gated else []
        return [(side.label, self.bases[side.code]) for side in sides if side.code in self.bases]
