"""What stands in the report on paper, chapter by chapter and figure by figure; the same report is the same file."""

from dataclasses import replace

from aggregation import front_matter
from aggregation.export.facts import Against
from aggregation.export.national import National
from aggregation.export.paper.report import report_paper, to_pdf
from aggregation.export.paper.shown import grounded, shown
from aggregation.front_matter import Block
from aggregation.tables import NATIONAL, GroupLabel
from surveys.questionnaire import Text
from tests.aggregation.paper import ASKED, FACTS, figure, full, parts, small, tables, text


def test_the_same_source_gives_the_same_bytes() -> None:
    first = to_pdf(small())
    assert first == to_pdf(small())
    assert first != to_pdf(small(facts=replace(FACTS, run="run-0043")))


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
