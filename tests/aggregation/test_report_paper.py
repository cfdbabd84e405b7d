"""The whole report as PDF, read again with other libraries: its numbers, its structure, its words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from aggregation import report
from aggregation.export.facts import Against
from aggregation.export.paper import words
from aggregation.export.paper.report import ReportSource, report_paper, to_pdf
from aggregation.export.paper.shown import shown
from aggregation.narrative import sentences
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, Table
from tests.aggregation.makers import questionnaire
from tests.aggregation.paper import FACTS, figure, full, name, pages, parts, small, squeezed, tables, text


@pytest.fixture(scope="module")
def data() -> bytes:
    return to_pdf(full())


@pytest.fixture(scope="module")
def reader(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


@pytest.fixture(scope="module")
def printed(reader: PdfReader) -> list[str]:
    """The text of each page of the whole report; reading it takes seconds."""
    return pages(reader)


# Numbers


def said(cell: Cell, says_base: bool) -> str:
    """A cell as it stands in print: count, or value; base where it differs; share."""
    main = cell.count if cell.count is not None else cell.value
    numbers = [main, base(cell) if says_base else None]
    return "".join("" if number is None else f"{number:,}" for number in numbers) + (
        "" if cell.percent is None else f"{cell.percent}%"
    )


def base(cell: Cell) -> int | None:
    """A sum of persons or cases has none."""
    return None if cell.count is None and cell.percent is None else cell.base


def expected(table: Table) -> Iterator[str]:
    """Every row as it has to stand in print, reckoned from the cells alone."""
    cells = {(cell.row, cell.column, cell.group): cell for cell in table.cells if cell.breakdown == NATIONAL}
    sides = [group.code for group in table.groups if group.breakdown == NATIONAL]
    columns = [column.code for column in table.columns] or [""]
    rows: Sequence[Entry] = table.rows
    if table.kind == SERIES:
        cells = {(column, row, side): cell for (row, column, side), cell in cells.items()}
        rows, columns = table.columns, [row.code for row in table.rows]
    bases: dict[tuple[str, str], set[int | None]] = {}
    for (_, column, side), cell in cells.items():
        bases.setdefault((column, side), set()).add(base(cell))
    counted = {(column, side) for (_, column, side), cell in cells.items() if cell.count is not None}
    blocks = [[(columns[0], side) for side in sides]]
    if len(columns) > 1:
        blocks = [[(column, side) for column in columns] for side in sides]
    for block in blocks:
        for kind in (True, False):
            places = [place for place in block if (place in counted) == kind]
            for row in rows:
                own = [cells[row.code, *place] for place in places if (row.code, *place) in cells]
                values = [said(cell, len(bases[cell_place(cell, table)]) > 1) for cell in own]
                if any(values):
                    yield squeezed(row.label.ja) + "".join(values)


def cell_place(cell: Cell, table: Table) -> tuple[str, str]:
    return (cell.row if table.kind == SERIES else cell.column), cell.group


def test_every_number_of_every_table_stands_in_its_place() -> None:
    plain = [figure(table) for table in tables().values()]
    found = text(ReportSource(FACTS, questionnaire("2020").chapters, plain, Against()))
    starts = [found.rindex(name(table)) for table in tables().values()]
    assert starts == sorted(starts), "the tables stand in the order of the report"
    for table, start, end in zip(tables().values(), starts, [*starts[1:], len(found)], strict=True):
        missing = [row for row in expected(table) if row not in found[start:end]]
        assert not missing, table.id


def test_published_numbers_stand_beside_their_own_with_their_source(printed: list[str]) -> None:
    (page,) = [found for found in printed if "第１図CIOの任命の有無CIO" in found]
    cells = {(cell.row, cell.group): cell for cell in tables()["fig-01"].cells if cell.breakdown == NATIONAL}
    own = {side: said(cells["appointed", side], False) for side in ("prefecture", "municipality", "total")}
    row = f"任命している{own['prefecture']}35（74.5%）{own['municipality']}1,474（84.7%）{own['total']}"
    assert row in page
    assert "団体数割合公表値団体数割合公表値団体数割合" in page, "beside the report of the same year, no change"
    assert "公表値の出どころ：令和2年度の報告書第１節２CIO（情報化統括責任者）の任命（本文）" in page


def test_beside_an_earlier_report_the_change_is_shown() -> None:
    against = Against(report.published(2020), 2020)
    (grid,) = shown(figure(tables()["fig-01"], later=True), 3, against, (), "ja").grids
    assert grid.groups[0].heads == ("団体数", "割合", "公表値", "差")
    cell = next(cell for cell in tables()["fig-01"].cells if cell[:4] == ("appointed", "", NATIONAL, "prefecture"))
    assert cell.percent is not None
    change = f"{cell.percent - Decimal('74.5'):+}"
    assert grid.lines[0].values[3] == change.replace("-", "−")


# Structure


def elements(data: bytes) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """All structure elements with their kind, in no certain order."""
    with pikepdf.open(BytesIO(data)) as pdf:
        waiting: list[Any] = [pdf.Root.StructTreeRoot.K]
        while waiting:
            element = waiting.pop()
            if isinstance(element, pikepdf.Array):
                waiting += list(element)
            elif isinstance(element, pikepdf.Dictionary):
                if "/S" in element:
                    yield str(element.S), element
                waiting += [element.K] if "/K" in element else []


def bookmarks(
    reader: PdfReader, entries: Sequence[Any] | None = None, level: int = 1
) -> Iterator[tuple[int, str, int]]:
    """Level, title and page of each bookmark."""
    for entry in reader.outline if entries is None else entries:
        if isinstance(entry, list):
            yield from bookmarks(reader, entry, level + 1)
        else:
            number = reader.get_destination_page_number(entry)
            assert number is not None and entry.title
            yield level, squeezed(entry.title), number + 1


def test_the_file_says_what_it_is(data: bytes) -> None:
    with pikepdf.open(BytesIO(data)) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "ja" and root.MarkInfo.Marked and root.ViewerPreferences.DisplayDocTitle
        assert b"<pdfuaid:part>1</pdfuaid:part>" in root.Metadata.read_bytes()
        assert str(pdf.docinfo.Title) == "地方自治情報管理概要（電子自治体の推進状況）令和２年度"
        assert str(pdf.docinfo.Author) == "総務省" and str(pdf.docinfo.CreationDate).startswith("D:20210831090000")
        sizes = {tuple(round(float(side)) for side in page.MediaBox) for page in pdf.pages}
        assert sizes == {(0, 0, 595, 842)}, "A4"
        fonts = {
            str(item.BaseFont): item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"
        }
        assert {each.split("+")[1].removesuffix("-Identity-H") for each in fonts} == {
            "BIZUDPGothic-Regular",
            "BIZUDPGothic-Bold",
        }
        descriptors = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors and all("/FontFile2" in item for item in descriptors), "every font is embedded"


def test_those_who_listen_meet_headings_tables_and_described_charts(data: bytes) -> None:
    kinds: dict[str, list[Any]] = {}
    for kind, element in elements(data):
        details = str(element.Alt) if "/Alt" in element else None
        kinds.setdefault(kind, []).append(details)
    assert len(kinds["/Title"]) == 1 and {"/H1", "/H2", "/H3", "/H4", "/H5", "/P", "/TOC", "/TOCI"} <= kinds.keys()
    assert len(kinds["/Table"]) == len(kinds["/THead"]) and len(kinds["/TH"]) > 2 * len(kinds["/Table"])
    charts = [chart for part in parts(report_paper(full())) for chart in part.charts]
    assert sorted(kinds["/Figure"]) == sorted(chart.alt for chart in charts)
    assert "第２図　CIOの役職（都道府県）。対象団体数" in "".join(kinds["/Figure"])


def test_the_heads_of_a_table_are_repeated_on_its_next_page(printed: list[str]) -> None:
    head = "年間総手続件数（推計）オンライン利用件数オンライン利用率（％）区分件公表値件割合公表値"
    found = [page for page in printed if head in page]
    assert len(found) == 2 and "図書館の図書貸出予約等" in found[0] and "被災者生活再建支援金の支給申請" in found[1]


def test_bookmarks_and_contents_lead_to_every_chapter_heading_and_table(reader: PdfReader, printed: list[str]) -> None:
    found = list(bookmarks(reader))
    assert [title for level, title, _ in found if level == 1] == [
        "目次",
        "はじめに",
        *("第１節電子自治体の推進体制等", "第２節行政サービスの向上・高度化"),
        *("第３節業務・システムの効率化", "第４節情報セキュリティ対策の実施状況"),
        *("凡例（用語の説明）", "参考：電子自治体に関する近年の主要な取組み", "数え方"),
    ]
    page_of = {title: page for _, title, page in found}
    listed = "".join(printed[1 : page_of["はじめに"] - 1])
    numbered = [table for table in tables().values() if table.number]
    assert len(numbered) == 58
    for title in [
        *map(name, numbered),
        "５統合型地理情報システム（GIS）の整備",
        "イ統合型GISの取組について妨げとなっている原因",
    ]:
        assert re.search(re.escape(title) + rf"\.+{page_of[title]}(?!\d)", listed), title
    levels = [level for level, _, _ in found]
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False)), "no level is left out"


def test_every_page_says_which_report_chapter_and_page_it_is(reader: PdfReader, printed: list[str]) -> None:
    chapters = {page: title for level, title, page in bookmarks(reader) if level == 1}
    first, *others = printed
    assert "令和２年度" in first and f"／{len(printed)}" not in first
    running = ""
    for number, page in enumerate(others, 2):
        running = chapters.get(number, running)
        assert "地方自治情報管理概要令和２年度" + running in page
        assert f"r1run-0042{number}／{len(printed)}" in page


# What is said


def test_synthetic_numbers_say_so_on_every_page(printed: list[str]) -> None:
    assert all("合成データ" in page for page in printed)
    assert squeezed(words.MADE_UP.ja) in printed[0]
    reported = text(small(facts=replace(FACTS, origin="reported")))
    assert "合成データ" not in reported and "データの種類団体の回答" in reported


def test_the_cover_says_of_which_run_it_is(printed: list[str]) -> None:
    cover = printed[0]
    for part in ("令和2年4月1日（水）", "版r1", "公表令和3年8月31日（火）", "計算番号run-0042", "数えた団体16団体"):
        assert part in cover
    assert "版公表前公表公表前" in text(small(facts=replace(FACTS, edition="", published=None)))


def test_sentences_notes_glossary_and_rules_stand_in_the_report(printed: list[str]) -> None:
    found = "".join(printed)
    for table in tables().values():
        for sentence in sentences(table, questionnaire("2020")):
            assert squeezed(sentence.ja) in found, table.id
        for note in table.notes:
            assert squeezed(note.ja) in found, table.id
    for entry in [*questionnaire("2020").terms]:
        assert squeezed(entry.term.ja + entry.definition.ja) in found
    for title, rule in words.RULES:
        assert squeezed(title.ja + rule.ja) in found
    assert "平成13年3月「地方公共団体における情報セキュリティポリシー" in found
