"""The tables of a run as a workbook for machines. Pure.

It follows 統計表における機械判読可能なデータの表記方法の統一ルール (総務省, 18 December 2020), whose 15 items
tests/machine_readable.py checks: one table a sheet under one line of heads, nothing merged, drawn or computed, no
label left out, numbers bare and their units in the next column, codes of areas, Western years beside the era's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

from aggregation.baseline import Published
from aggregation.export.book import Book, Column, Put, Sheet, fiscal_year
from aggregation.export.cover import USING
from aggregation.export.facts import Against, Facts, citation, kind_of_data
from aggregation.export.long_form import Value
from aggregation.export.machine_words import BREAKDOWNS, COLUMNS, MISSING, NATION, ORIGIN, THIS_FILE
from aggregation.export.plain_text import plain
from aggregation.groups import KIND_LABELS, NATIONAL_LABELS
from aggregation.tables import Cell, Table
from surveys.questionnaire import PREFECTURE, Chapter, Text

Row = Sequence[Value]
BODIES, PERCENT = "団体", "%"
NONE = "なし"  # of a text that does not exist
KINDS = {PREFECTURE: NATIONAL_LABELS[PREFECTURE], **KIND_LABELS}


class Listed(NamedTuple):
    """A body of the register on the reference date: its 6-digit code, its 2-digit prefecture."""

    code: str
    name: str
    kind: str
    prefecture: str


def machine_book(
    facts: Facts, chapters: Sequence[Chapter], tables: Sequence[Table], against: Against, bodies: Sequence[Listed]
) -> Book:
    """The workbook of some tables; one without a cell has no sheet."""
    shown = [table for table in tables if table.cells]
    own = kind_of_data(facts)
    sheets = [
        _sheet("この資料", ("項目", "内容"), _about(facts, against), own),
        _sheet("一覧", _LIST, _listed(shown, {chapter.number: chapter.title for chapter in chapters}), own),
        *(_table(table, facts) for table in shown),
        _sheet("公表値", _PUBLISHED, _published(shown, against), own),
        _sheet("団体コード", _BODIES, _bodies(bodies), own),
        _sheet("項目定義", ("列の名称", "意味"), COLUMNS.items(), own),
    ]
    return Book(f"{facts.title}　統計表（機械で読む用）", facts.created, tuple(sheet for sheet in sheets if sheet.body))


_LIST = ("シート名", "表ID", "表番号", "表題", "節の番号", "節の名称", "項目の名称", "行数", "行数の単位")
_BODIES = (
    *("団体コード", "標準地域コード", "都道府県コード", "都道府県の名称", "団体の名称"),
    *("団体の種類コード", "団体の種類", "データの種類"),
)
_PUBLISHED = (
    *("表ID", "公表年度（西暦）", "公表年度（和暦）", "行コード", "行の名称", "列コード", "列の名称"),
    *("群コード", "群の名称", "標準地域コード", "地域の名称", "指標の名称", "値", "値の単位", "出典", "データの種類"),
)


def _sheet(name: str, heads: Sequence[str], rows: Iterable[Row], own: str) -> Sheet:
    """A sheet that says in each line what the workbook is made of."""
    return _plain_sheet(name, (*heads, THIS_FILE), [[*row, own] for row in rows])


def _plain_sheet(name: str, heads: Sequence[str], rows: Sequence[Row]) -> Sheet:
    lines = ([Put(head, "head") for head in heads],)
    return Sheet(name, tuple(Column(14) for _ in heads), lines, (1, 0), (0, 0), rows)


def _about(facts: Facts, against: Against) -> Iterator[Row]:
    yield "資料の名称", plain(facts.title)
    yield "調査の基準日", facts.reference_date.isoformat()
    yield "公表した日", facts.published.isoformat() if facts.published else "公表前"
    yield "版", facts.edition or "公表前"
    yield "計算番号", facts.run
    yield "利用のきまり", USING
    yield "出典の例", plain(citation(facts))
    yield "記号", f"{MISSING} は、数値が存在しないことを表します。0 は、数値の0です。"
    if against.report:
        yield "公表値", f"{against.report}の報告書に印刷された数値。「公表値」のシートにあります。"


def _listed(tables: Sequence[Table], chapters: Mapping[str, Text]) -> Iterator[Row]:
    for table in tables:
        number = plain(table.number.ja) if table.number else NONE
        texts = (plain(table.title.ja), table.chapter, plain(chapters[table.chapter].ja), plain(table.heading.ja))
        yield table.id, table.id, number, *texts, len(table.cells), "行"


class _Measure(NamedTuple):
    head: str
    place: int  # in a cell
    unit: str


BASE = _Measure("対象団体数", Cell._fields.index("base"), BODIES)
MEASURES = (
    _Measure("名簿の団体数", Cell._fields.index("bodies"), BODIES),
    _Measure("回答団体数", Cell._fields.index("responded"), BODIES),
    BASE,
    _Measure("団体数", Cell._fields.index("count"), BODIES),
    _Measure("割合", Cell._fields.index("percent"), PERCENT),
    _Measure("値", Cell._fields.index("value"), ""),
)


def _table(table: Table, facts: Facts) -> Sheet:
    measures = [each for each in MEASURES if any(cell[each.place] is not None for cell in table.cells)]
    if not any(cell.count is not None or cell.percent is not None for cell in table.cells):
        measures.remove(BASE)
    column = ("列コード", "列の名称") if table.columns else ()
    heads = (
        *("表ID", "調査年度（西暦）", "調査年度（和暦）", "行コード", "行の名称", *column),
        *("区分コード", "区分の名称", "群コード", "群の名称", "標準地域コード", "地域の名称"),
        *(word for each in measures for word in (each.head, f"{each.head}の単位")),
        *(ORIGIN, "注"),
    )
    return _plain_sheet(table.id, heads, list(_rows(table, facts, measures)))


def _rows(table: Table, facts: Facts, measures: Sequence[_Measure]) -> Iterator[Row]:
    rows, columns = _labels(table)
    groups = {group[:2]: _group(group.breakdown, group.code, plain(group.label.ja)) for group in table.groups}
    first, last = (table.id, facts.year, fiscal_year(facts.year)), kind_of_data(facts)
    for cell in table.cells:
        of_column = (cell.column, columns[cell.column]) if columns else ()
        note = plain(cell.note.ja) if cell.note else ""
        head = (*first, cell.row, rows[cell.row], *of_column, *groups[cell.breakdown, cell.group])
        yield (*head, *_numbers(cell, measures), last, note)


def _numbers(cell: Cell, measures: Sequence[_Measure]) -> Iterator[Value]:
    """As in the long form, a base stands beside a share only."""
    unit = plain(cell.unit.ja) if cell.unit else NONE
    share = cell.count is not None or cell.percent is not None
    for measure in measures:
        number = cell[measure.place] if share or measure is not BASE else None
        yield MISSING if number is None else cast(Value, number)
        yield measure.unit or unit


def _group(breakdown: str, code: str, label: str) -> tuple[str, ...]:
    """Codes and names of breakdown, group and area; only a prefecture is an area smaller than the nation."""
    area = (f"{code}000", label) if breakdown == PREFECTURE else NATION
    return breakdown, BREAKDOWNS[breakdown], code, label, *area


def _labels(table: Table) -> tuple[dict[str, str], dict[str, str]]:
    rows, columns = ({code: plain(label.ja) for code, label, _ in entries} for entries in (table.rows, table.columns))
    return rows, columns


def _published(tables: Sequence[Table], against: Against) -> Iterator[Row]:
    """What the report of the year printed of these tables, a number a line."""
    if against.baseline and against.year:
        labels = {table.id: _labels(table) for table in tables}
        for cell in against.baseline.cells:
            rows, columns = labels.get(cell.table, ({}, {}))
            if cell.row in rows and (not cell.column or cell.column in columns):
                own = (cell.row, rows[cell.row], cell.column or NONE, columns.get(cell.column, NONE))
                yield from _printed(cell, (cell.table, against.year, fiscal_year(against.year), *own))


def _printed(cell: Published, head: Row) -> Iterator[Row]:
    group = (cell.group, plain(NATIONAL_LABELS[cell.group].ja), *NATION)
    numbers = (
        *(("団体数", cell.count, BODIES), ("対象団体数", cell.base, BODIES)),
        *(("割合", cell.percent, PERCENT), ("値", cell.value, cell.unit)),
    )
    for name, number, unit in numbers:
        if number is not None:
            yield *head, *group, name, number, unit, plain(cell.source), "公表値"


def _bodies(bodies: Sequence[Listed]) -> Iterator[Row]:
    """The 5-digit code of an area is that of the body without its check digit."""
    names = {body.prefecture: plain(body.name) for body in bodies if body.kind == PREFECTURE}
    for body in bodies:
        prefecture = (body.prefecture, names.get(body.prefecture, NONE))
        kind = (body.kind, plain(KINDS[body.kind].ja))
        yield body.code, body.code[:5], *prefecture, plain(body.name), *kind, "名簿"
