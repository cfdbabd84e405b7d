"""The report as PDF, read again with other libraries: its numbers, its structure, its words, its bytes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from aggregation import drawing, figures, front_matter, report
from aggregation.export.facts import Against, Facts
from aggregation.export.national import National
from aggregation.export.paper import words
from aggregation.export.paper.document import ReportPaper, Shown
from aggregation.export.paper.prose import Written
from aggregation.export.paper.report import ReportSource, report_paper, to_pdf
from aggregation.export.paper.shown import grounded, shown
from aggregation.figure_page import Figure
from aggregation.front_matter import Block
from aggregation.narrative import sentences
from aggregation.pages import TablePage
from aggregation.tables import NATIONAL, SERIES, Cell, Entry, GroupLabel, Table
from aggregation.tabulate import build_all
from surveys.questionnaire import Text
from tests.aggregation.makers import everyone, questionnaire

FACTS = Facts(
    2020,
    date(2020, 4, 1),
    "run-0042",
    "r1",
    16,
    datetime(2021, 8, 31, 9, tzinfo=UTC),
    date(2021, 8, 31),
    "synthetic",
)
# One chart of each kind: bars of persons, pie, bars of one side, stacked bars, lines, and one side too high for a page.
DRAWN = ("table-1", "fig-02", "fig-24-1", "fig-32", "fig-52", "table-2-1")
ASKED = Written(front_matter.introduction(), 2, 14, date(2021, 5, 6), date(2021, 5, 28))


@cache
def tables() -> Mapping[str, Table]:
    """All tables of a small country that has answered the shipped questionnaire."""
    made = build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020)
    return {table.id: table for table in made}


def figure(table: Table, language: str = "ja", draw: bool = False, later: bool = False) -> Figure:
    plan = figures.plan(table, report.spec_by_id().get(table.id))
    svgs = {}
    if draw and plan:
        svgs = {side: drawing.draw(figures.spec(table, plan, side, language)) for side in plan.sides}
    page = TablePage(table, report.published(2020), plan, later)
    bases = {"prefecture": Text("2団体", "2 bodies"), "municipality": Text("14団体", "14 bodies")}
    return Figure(table, page, plan, svgs, sentences(table, questionnaire("2020")), bases)


@cache
def full() -> ReportSource:
    """The whole report; of its charts one of each kind, as drawing takes longer than anything else."""
    found = questionnaire("2020")
    against = Against(report.published(2020), 2020, report.past())
    own = [figure(table, draw=id in DRAWN) for id, table in tables().items()]
    written = replace(ASKED, terms=found.terms, chronology=front_matter.chronology())
    return ReportSource(FACTS, found.chapters, own, against, written=written)


def small(language: str = "ja", **changes: Any) -> ReportSource:
    """A report of two figures without published numbers."""
    own = [figure(tables()[id], language) for id in ("fig-01", "fig-14")]
    return replace(ReportSource(FACTS, questionnaire("2020").chapters, own, Against(), language=language), **changes)


@pytest.fixture(scope="module")
def data() -> bytes:
    return to_pdf(full())


@pytest.fixture(scope="module")
def reader(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def squeezed(text: str) -> str:
    """A text without the spaces and breaks that depend on the layout."""
    return "".join(text.split())


def pages(reader: PdfReader) -> list[str]:
    return [squeezed(page.extract_text()) for page in reader.pages]


@pytest.fixture(scope="module")
def printed(reader: PdfReader) -> list[str]:
    """The text of each page of the whole report; reading it takes seconds."""
    return pages(reader)


def text(source: ReportSource) -> str:
    return "".join(pages(PdfReader(BytesIO(to_pdf(source)))))


# Numbers


def name(table: Table) -> str:
    return squeezed((table.number.ja if table.number else "") + table.title.ja)


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


def parts(paper: ReportPaper) -> Iterator[Shown]:
    return (part.shown for chapter in paper.chapters for part in chapter.parts)


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


def test_the_same_source_gives_the_same_bytes() -> None:
    first = to_pdf(small())
    assert first == to_pdf(small())
    assert first != to_pdf(small(facts=replace(FACTS, run="run-0043")))


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


def test_the_introduction_ends_with_what_this_survey_was() -> None:
    (chapter,) = report_paper(small(written=ASKED)).before
    assert [passage.title for passage in chapter.passages] == [
        *(block.heading.ja.replace(" ", "　", 1) for block in front_matter.introduction()),
        "３　本調査の概要",
    ]
    assert chapter.passages[-1].paragraphs == (
        "この調査は、地方公共団体の行政情報化がどこまで進んでいるかを、都道府県2団体と市区町村14団体のすべてにたずね、"
        "令和2年4月1日（水）現在の状況としてまとめたものである。すべての団体から回答を得た。",
        "受付の期間は、令和3年5月6日（木）から令和3年5月28日（金）までである。",
    )
    fewer = replace(ASKED, municipalities=1_741, opened=None)
    (outline,) = report_paper(small(written=fewer)).before[0].passages[-1].paragraphs
    assert outline.endswith("回答は16団体から得た（未回答1,727団体）。")


def test_a_paragraph_that_one_language_lacks_is_left_out() -> None:
    block = Block("x", Text("１ 題", "1 Title"), Text("一\n二", "one"))
    (chapter,) = report_paper(small("en", written=replace(ASKED, introduction=(block,)))).before
    assert chapter.passages[0].paragraphs == ("one",)


def test_what_is_not_written_is_left_out() -> None:
    paper = report_paper(small())
    assert paper.before == () and [chapter.title for chapter in paper.after] == ["数え方"]
    assert [chapter.title for chapter in paper.chapters] == [
        "第１節　電子自治体の推進体制等",
        "第２節　行政サービスの向上・高度化",
    ]


def test_the_report_in_english() -> None:
    found = text(small("en", written=ASKED))
    for part in (
        *("InformationManagementinLocalGovernment", "ProgressofDigitalLocalGovernment", "FY2020", "Syntheticdata"),
        *("Contents", "Tablesandfigures", "Chapter1:Organisationfordigitallocalgovernment", "Figure1"),
        *("Prefectures(of2)", "BodiesShare", "1April2020", "Howthenumbersaremade"),
    ):
        assert part in found, part
    year = report_paper(small("en", written=replace(ASKED, chronology=front_matter.chronology()))).after[0]
    assert year.passages[0].lines[1][0] == "2001" and year.passages[0].lines[1][1].startswith("Mar: ")


# A figure


def test_headings_open_once_and_a_table_stands_one_level_below_them() -> None:
    paper = report_paper(full())
    chapter = paper.chapters[2]
    opened = [[(each.level, each.text) for each in part.headings] for part in chapter.parts[:3]]
    assert opened == [
        [
            (2, "１　複数の地方公共団体による業務システムの共同化（共同利用）"),
            (3, "(1)　各種オンラインシステムの共同利用"),
        ],
        [],
        [(3, "(2)　自治体クラウド導入によるコスト削減効果")],
    ]
    assert [part.shown.level for part in chapter.parts[:3]] == [4, 3, 4]
    assert chapter.parts[1].shown.number == "", "a face item has no number"


def test_a_chart_higher_than_a_page_leaves_the_first_one_for_all() -> None:
    found = {part.number: part for part in parts(report_paper(full()))}
    assert [(chart.label, chart.base) for chart in found["第２－１表"].charts] == [("総数", "オンライン利用率")]
    assert [(chart.label, chart.base) for chart in found["第２図"].charts] == [
        ("都道府県", "2団体"),
        ("市区町村", "14団体"),
    ]
    assert [chart.label for chart in found["第52図"].charts] == [""]
    assert found["第１図"].charts == ()


def test_patterns_lie_on_their_colour() -> None:
    svg = '<svg><rect width="9" fill="url(#f12-p2)" stroke="#fff"/><rect fill="#0017c1"/></svg>'
    assert grounded(svg) == (
        '<svg><rect width="9" fill="#0877d7" stroke="#fff"/><rect width="9" fill="url(#f12-p2)" stroke="#fff"/>'
        '<rect fill="#0017c1"/></svg>'
    )


def test_what_may_not_be_public_is_named_and_who_is_missing_counted() -> None:
    table = tables()["fig-01"]
    fewer = [cell._replace(responded=cell.base and cell.base - 1) for cell in table.cells if cell.group != "prefecture"]
    groups = [group for group in table.groups if group.code != "prefecture"]
    shorter = replace(table, cells=tuple(fewer), groups=tuple(groups))
    withheld = [GroupLabel(NATIONAL, "prefecture", Text("都道府県", "Prefectures")).label]
    assert shown(figure(shorter), 3, Against(), withheld, "ja").below == (
        "都道府県：対象が10団体に満たない数値は、公表の決まりにより、載せていません。",
        "未回答：市区町村1団体、総数1団体。",
    )


def test_a_table_without_any_number_is_printed_too() -> None:
    empty = replace(tables()["fig-01"], cells=(), groups=())
    found = shown(figure(empty), 3, Against(), (), "ja")
    assert (found.charts, [grid.lines for grid in found.grids]) == ((), [])
    assert National(empty, None).base("total") is None
    assert "第１図" in text(small(figures=[figure(empty)]))
