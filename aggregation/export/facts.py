"""What a workbook says of its numbers: of which run they are, and what they are held against. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aggregation.baseline import Baseline, Published
from aggregation.export.book import fiscal_year
from aggregation.tables import SERIES, Table
from surveys.answers_file import SYNTHETIC
from surveys.era import era_date

REPORT = "地方自治情報管理概要"
TITLE = "電子自治体の推進状況"


@dataclass(frozen=True)
class Facts:
    """The run. `created` is also the date of the file."""

    year: int
    reference_date: date
    run: str
    edition: str  # r1, r2 …; empty before publication
    responses: int
    created: datetime
    published: date | None
    origin: str

    @property
    def title(self) -> str:
        return f"{TITLE}　{fiscal_year(self.year)}"

    @property
    def words(self) -> str:
        edition = f"{self.edition}　" if self.edition else ""
        return f"{fiscal_year(self.year)}　{era_date(self.reference_date)}現在　{edition}{self.run}"


@dataclass(frozen=True)
class Against:
    """The published numbers of a year, if there are any, and the past values of the series."""

    baseline: Baseline | None = None
    year: int | None = None
    past: Sequence[Published] = ()

    @property
    def report(self) -> str:
        """The year of the published numbers, in words."""
        return "" if self.year is None else fiscal_year(self.year)

    def sources(self, table: Table) -> Iterator[str]:
        """Where the numbers beside those of a table, or before them, are printed."""
        printed = places(table, self.baseline.cells if self.baseline else ())
        if printed:
            yield f"公表値の出どころ　{self.report}の報告書　{printed}"
        past = places(table, self.past) if table.kind == SERIES else ""
        if past:
            yield f"過去の値の出どころ　{past}"
        if self.report and not printed and not past:
            yield f"公表値　この表の数値は、{self.report}の報告書に印刷されていません。"


def places(table: Table, cells: Sequence[Published]) -> str:
    """Where the numbers of a table among some cells are printed."""
    return "；".join(dict.fromkeys(cell.source for cell in cells if cell.table == table.id and cell.source))


def name_of(table: Table) -> str:
    """Number and title of a table as the report writes them; face items have no number."""
    return f"{table.number.ja}　{table.title.ja}" if table.number else table.title.ja


def facts_of(facts: Facts, against: Against) -> Iterator[tuple[str, str]]:
    """What files say of themselves, by name."""
    yield "調査の基準日", era_date(facts.reference_date)
    yield "公表", era_date(facts.published) if facts.published else "公表前"
    yield "版", facts.edition or "公表前"
    yield "計算番号", facts.run
    yield "数えた団体", f"{facts.responses:,}団体"
    yield "データの種類", kind_of_data(facts)
    if against.report:
        yield "並べた公表値", f"{against.report}の報告書"


def kind_of_data(facts: Facts) -> str:
    return "合成データ" if facts.origin == SYNTHETIC else "団体の回答"


def citation(facts: Facts) -> str:
    """How to name the source."""
    edition = f"　{facts.edition}" if facts.edition else ""
    made_up = "、合成データ" if facts.origin == SYNTHETIC else ""
    return f"総務省「{REPORT}（{TITLE}）」{fiscal_year(facts.year)}{edition}（{facts.run}{made_up}）"
