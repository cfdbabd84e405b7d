"""The contents of the report: items under its headings, and where each stands."""

from pathlib import Path

import pytest

from aggregation import items, key_figures, report
from aggregation.items import Chapter
from aggregation.tables import load_specs
from aggregation.tabulate import build_all
from surveys.questionnaire import DefinitionError, Text
from tests.aggregation.makers import everyone, questionnaire


@pytest.fixture(scope="module")
def chapters() -> list[Chapter]:
    made = build_all(questionnaire("2020"), load_specs(), everyone(), report.past(), 2020)
    return items.contents(questionnaire("2020"), [table.head() for table in made])


def test_the_tables_of_a_heading_make_an_item(chapters: list[Chapter]) -> None:
    assert [chapter.number for chapter in chapters] == ["1", "2", "3", "4"]
    cio = chapters[0].items[1]
    assert (cio.id, cio.title) == (
        "1-2",
        Text("２　CIO（情報化統括責任者）の任命", "2 Appointment of a CIO (chief information officer)"),
    )
    assert [head.id for head in cio.tables] == ["fig-01", "fig-02"]
    assert sum(len(chapter.tables) for chapter in chapters) == 60
    ids = [item.id for chapter in chapters for item in chapter.items]
    assert len(ids) == len(set(ids)) > 25


def test_a_heading_says_under_which_others_it_stands(chapters: list[Chapter]) -> None:
    (gis,) = [item for item in chapters[1].items if item.tables[0].id == "fig-23"]
    assert [part.ja for part in gis.parts] == [
        "５　統合型地理情報システム（GIS）の整備",
        "(1)　統合型地理情報システム（GIS）の整備",
        "イ　統合型GISの取組について妨げとなっている原因",
    ]
    assert len({part.en for part in gis.parts}) == 3
    for chapter in chapters:
        for item in chapter.items:
            assert len(item.parts) == 1 + item.heading.ja.count(" (") + sum(
                f" {sign} " in item.heading.ja for sign in "アイウ"
            )


def test_a_heading_that_two_languages_divide_otherwise_stays_whole() -> None:
    heading = Text("１ 体制 (1) 人", "1 Organisation and people")
    assert items.Item("1-1", heading, ()).parts == [Text("１　体制 (1) 人", "1 Organisation and people")]


def test_an_item_stands_between_those_before_and_after_it(chapters: list[Chapter]) -> None:
    first, last = chapters[0].items[0], chapters[3].items[-1]
    place = items.place(chapters, "2-1")
    assert place and place.chapter.number == "2"
    assert place.before == chapters[0].items[-1] and place.after == chapters[1].items[1]
    beginning, end = items.place(chapters, first.id), items.place(chapters, last.id)
    assert beginning and beginning.before is None and end and end.after is None
    assert items.place(chapters, "9-9") is None
    found = items.place_of(chapters, "fig-02")
    assert found and found.item.id == "1-2" and items.place_of(chapters, "fig-99") is None


def test_key_figures_are_cells_of_the_nation() -> None:
    made = build_all(questionnaire("2020"), load_specs(), everyone(), report.past(), 2020)
    shown = list(key_figures.shown(key_figures.load(), made, 2020))
    assert [(each.figure.table, each.side.ja, each.year) for each in shown] == [
        ("fig-01", "市区町村", 2020),
        ("fig-15", "市区町村", 2020),
        ("table-2-1", "全国", 2019),
        ("fig-51", "市区町村", 2020),
    ]
    (cio,) = [cell for cell in made[1].cells if cell[:4] == ("appointed", "", "national", "municipality")]
    assert made[1].id == "fig-01" and shown[0].cell == cio and shown[0].number.ja == "第１図"
    assert list(key_figures.shown(key_figures.load(), made[1:2], 2020)) == shown[:1]


def test_a_fault_of_the_key_figures_is_named(tmp_path: Path) -> None:
    path = tmp_path / "key-figures.toml"
    path.write_text('[[figure]]\ntable = "fig-01"\n', "utf-8")
    with pytest.raises(DefinitionError, match="'row' is missing"):
        key_figures.load(path)
