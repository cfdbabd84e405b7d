"""The reading of table definitions, what of them fits a questionnaire, and the JSON form of a table."""

import copy
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.misfits import in_words, misfits
from aggregation.tables import (
    PROCEDURE_COLUMNS,
    Cell,
    Entry,
    GroupLabel,
    Named,
    PrintedTop,
    Series,
    Table,
    TableSpec,
    from_document,
    from_text,
    load_specs,
    to_document,
    with_defaults,
)
from aggregation.tabulate import build_all
from surveys.bands import BAND_LABELS, band
from surveys.definition import parse
from surveys.questionnaire import DefinitionError, Derived, Questionnaire, Text, read_folder
from tests.aggregation.makers import ONE_FEATURE, PROCEDURES, QUESTIONNAIRES, bodies, body, questionnaire, specs

LABEL = Text("名", "Name")


def written(folder: Path, text: str) -> Path:
    path = folder / "tables.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_definitions_fit_the_shipped_questionnaire() -> None:
    shipped, found = load_specs(), questionnaire("2020")
    assert misfits(shipped, found) == []
    assert {spec.id for spec in shipped} <= {spec.id for spec in with_defaults(shipped, found)}
    assert {code for spec in shipped for code in spec.row_order} == {
        row.code for part in found.parts["table-2-1"] for row in part.rows
    }


def test_every_question_has_a_table_in_its_place_and_a_series_follows_its_source() -> None:
    found = questionnaire("2020")
    ids = [spec.id for spec in with_defaults(load_specs(), found)]
    assert len(ids) == 58 + 2
    expected = list(found.parts)
    expected.insert(expected.index("table-2-1") + 1, "table-2-2")
    expected.insert(expected.index("fig-51") + 1, "fig-52")
    assert ids == expected


def test_the_shipped_definitions_name_no_printed_number() -> None:
    """Numbers are those of a year's report; a note stands under the table in every year."""
    texts = [text for spec in load_specs() for note in spec.notes for text in (note.ja, note.en)]
    assert [text for text in texts if re.search(r"第[0-9０-９]|Figure|Table [0-9]", text)] == []


def test_numbers_and_titles_are_those_of_the_round() -> None:
    made = {table.id: table for table in build_all(questionnaire("2020"), load_specs(), [], (), 2020)}
    assert {id: (made[id].number, made[id].title.ja, made[id].kind) for id in ("table-2-1", "table-2-2", "fig-52")} == {
        "table-2-1": (Text("第２－１表", "Table 2-1"), "オンライン利用実績", "procedures"),
        "table-2-2": (Text("第２－２表", "Table 2-2"), "オンライン利用状況の推移", "series"),
        "fig-52": (Text("第52図", "Figure 52"), "ICT-BCPの策定率の推移", "series"),
    }


BAD = """
colour = "red"
[[table]]
id = "a"
printed_top = { rows = 0, columns = ["x"] }
[[table]]
id = "a"
printed_top = { rows = 3, columns = [] }
row_order = ["x"]
series = { source = "z", row = "x", period = "week", lag = 0, groups = ["total", "world"] }
[[table]]
id = "b"
series = { source = "z", row = "x", period = "survey-year", lag = 0, groups = [] }
row = [{ code = "x", label = { ja = "あ", en = "a" } }]
[[table]]
id = "c"
column = [{ code = "rate", label = { ja = "率", en = "Rate" } }]
[[table]]
kind = "choice"
note = [{ ja = "注" }]
[[table]]
id = "d"
break = [{ at = 2013, why = { ja = "別の数", en = "Another number" } }]
"""


def test_every_fault_of_a_definition_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, BAD)
    with pytest.raises(DefinitionError) as error:
        load_specs(path)
    assert error.value.faults == [
        "tables.toml: unknown key 'colour'",
        "tables.toml: table 5: unknown key 'kind'",
        "tables.toml: table 5: key 'id' is missing",
        "tables.toml: table 5: note 1: the en text is missing",
        "tables.toml: table a: printed_top needs at least one row and one column",
        "tables.toml: table a: this id is there twice",
        "tables.toml: table a: series: period 'week' is not one of fiscal-year, survey-year",
        "tables.toml: table a: series: group 'world' is not one of prefecture, municipality, total",
        "tables.toml: table a: a series needs rows and groups",
        "tables.toml: table a: a series has no printed_top, row_order or columns",
        "tables.toml: table a: printed_top needs at least one row and one column",
        "tables.toml: table b: a series needs rows and groups",
        "tables.toml: table c: the columns are estimate, online_count, rate, exists, online",
        "tables.toml: table d: only a series has breaks: those of a question are seen in its definitions",
    ]


@pytest.mark.parametrize("text", ["[[table", "table = 3", ""])
def test_a_file_that_holds_no_tables_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"tables\.toml"):
        load_specs(written(tmp_path, text))


# What does not fit


def series(id: str, source: str, row: str) -> TableSpec:
    return TableSpec(id, series=Series(source, row, "survey-year", 0, ("total",)), rows=(Named(row, LABEL),))


def derived(name: str, *ids: str) -> Questionnaire:
    """A questionnaire of tests/data that says how some series are numbered and called."""
    return replace(questionnaire(name), derived=tuple(Derived(id, LABEL, LABEL) for id in ids))


def ids(specs: Sequence[TableSpec], found: Questionnaire) -> list[str]:
    return [table.id for table in build_all(found, specs, [], (), 2020)]


def test_a_question_that_is_gone_is_reported() -> None:
    found = questionnaire("single")
    assert misfits([TableSpec("weather")], found) == [
        "table weather: the questionnaire has no question with this id, so there is no such table"
    ]
    assert ids([TableSpec("weather")], found) == list(found.parts)


def test_a_spec_for_a_question_of_another_kind_is_reported() -> None:
    wrong = [
        TableSpec("colour", printed_top=PrintedTop(1, ("installed",))),
        TableSpec("only-prefecture", row_order=("yes",)),
        TableSpec("only-municipality", rows=(Named("all", LABEL),)),
    ]
    labels = "row, column and row_order are for procedures, which the question is not"
    assert misfits(wrong, questionnaire("single")) == [
        "table colour: printed_top is for a matrix, which the question is not",
        f"table only-prefecture: {labels}",
        f"table only-municipality: {labels}",
    ]
    assert ids(wrong, questionnaire("single")) == list(questionnaire("single").parts)


def test_a_column_to_rank_by_that_is_gone_is_reported() -> None:
    spec = TableSpec("systems", printed_top=PrintedTop(2, ("installed", "rented")))
    assert misfits([spec], questionnaire("matrix")) == [
        "table systems: printed_top: the question has no column 'rented', so no rows are ranked"
    ]


def test_procedures_without_labels_are_reported_and_print_their_codes() -> None:
    found = questionnaire("procedures")
    lacking = [f"table procedures: the column {code!r} has no label" for code in PROCEDURE_COLUMNS]
    assert misfits([], found) == [
        *(f"table procedures: the row {code!r} has no label" for code in ("g1", "g2", "all")),
        *lacking,
    ]
    assert misfits([PROCEDURES], found) == ["table procedures: the row 'g2' has no label"]
    (made,) = build_all(found, [], [], (), 2020)
    assert [row.label.ja for row in made.rows if row.code in ("g1", "g2", "all")] == ["g1", "g2", "all"]
    assert [column.label.ja for column in made.columns] == list(PROCEDURE_COLUMNS)


def test_questions_that_make_no_table_together_are_reported() -> None:
    found = questionnaire("single")
    first, *others = found.sections[0].questions
    parts = (replace(first, part_of="all"), *(replace(question, part_of="all") for question in others))
    in_parts = replace(found, sections=(replace(found.sections[0], questions=parts),))
    assert misfits([], in_parts) == ["table all: only procedures can be asked in parts, so there is no such table"]
    assert ids([], in_parts) == []


def test_what_a_series_lacks_is_reported() -> None:
    wanted = [
        series("fits", "colour", "red"),
        series("unnamed", "colour", "red"),
        series("homeless", "weather", "rain"),
        series("of-nothing", "colour", "pink"),
    ]
    found = derived("single", "fits", "homeless", "of-nothing", "new")
    assert misfits(wanted, found) == [
        "table unnamed: the questionnaire has no [[derived]] entry for this series, so there is no such table",
        "table homeless: there is no table 'weather', whose values it continues, so there is no such table",
        "table of-nothing: the table 'colour' has no row 'pink', so the year has no value",
        "table new: the questionnaire has a [[derived]] entry, but there is no series with this id",
    ]
    assert ids(wanted, found) == ["colour", "fits", "of-nothing", "only-prefecture", "only-municipality"]


@pytest.mark.parametrize("row", ["all", "g2", "loan"])
def test_a_series_may_continue_any_row_of_procedures(row: str) -> None:
    spec = replace(series("rates", "procedures", row), rows=(Named("rate", LABEL),))
    found = derived("procedures", "rates")
    assert [fault for fault in misfits([spec], found) if fault.startswith("table rates")] == []
    (made,) = (made for made in build_all(found, [spec], [], (), 2020) if made.id == "rates")
    assert [(cell.row, cell.column) for cell in made.cells] == [("rate", "2020")]


# How a round numbers and calls what no question asks for


def refused(*entries: dict[str, object]) -> list[str]:
    document = copy.deepcopy(read_folder(QUESTIONNAIRES / "single", 2020))
    document["questionnaire.toml"]["derived"] = list(entries)
    with pytest.raises(DefinitionError) as error:
        parse(document)
    return error.value.faults


NAMES: dict[str, object] = {
    "number": {"ja": "第１図", "en": "Figure 1"},
    "title": {"ja": "推移", "en": "Over the years"},
}


def test_derived_tables_are_read_with_the_care_of_questions() -> None:
    where = "questionnaire.toml: derived"
    assert refused({"id": "a", **NAMES, "colour": "red"}) == [f"{where} a: unknown key 'colour'"]
    assert refused({"id": "a", "title": {"ja": "推移"}}) == [
        f"{where} a: key 'number' is missing",
        f"{where} a: title: the en text is missing",
    ]
    twice = {"id": "a", **NAMES}
    assert refused(twice, twice, {"id": "colour", **NAMES}) == [
        f"{where} colour: this id is there twice",
        f"{where} a: this id is there twice",
    ]


def test_year_words_in_derived_titles_are_filled_in(tmp_path: Path) -> None:
    folder = shutil.copytree(QUESTIONNAIRES / "single", tmp_path / "single")
    with (folder / "questionnaire.toml").open("a", encoding="utf-8") as file:
        file.write('[[derived]]\nid = "a"\nnumber = { ja = "図", en = "F" }\ntitle = { ja = "{fy}", en = "to {fy}" }\n')
    assert parse(read_folder(folder, 2020)).derived == (Derived("a", Text("図", "F"), Text("令和２年度", "to FY2020")),)


# Documents of tables


@settings(deadline=None)
@given(data=st.data(), name=st.sampled_from(ONE_FEATURE))
def test_a_table_comes_back_from_its_document(data: st.DataObject, name: str) -> None:
    found = questionnaire(name)
    rows = data.draw(bodies(name))
    for table in build_all(found, specs(found), rows, (), 2020):
        assert from_document(json.loads(json.dumps(to_document(table)))) == table
        assert from_text(table.to_text()) == table


def test_equal_answers_give_the_same_text() -> None:
    found = questionnaire("multiple")
    answers = [{"tools": {"values": ["pen", "ink"]}}, {"tools": {"values": ["ink", "pen"]}}]
    first, second = (build_all(found, [], [body("010001", answers=own)], (), 2020) for own in answers)
    assert [table.to_text() for table in first] == [table.to_text() for table in second]


def test_the_document_of_a_table() -> None:
    note = Text("注", "Note")
    table = Table(
        id="t",
        kind="choice",
        number=None,
        title=Text("表", "Table"),
        heading=Text("項", "Heading"),
        chapter="1",
        gated=False,
        rows=(Entry("a", Text("あ", "A")),),
        columns=(),
        groups=(GroupLabel("national", "total", Text("総数", "Total")),),
        cells=(Cell("a", "", "national", "total", 3, 2, 2, 1, Decimal("50.0"), note=note),),
    )
    document = to_document(table)
    assert document["heads"] == [["national", "total", 3, 2]]
    assert document["lines"] == [["a", "", [[0, 2, 1, "50.0", None, None, 0]]]]
    assert document["texts"] == [["注", "Note"]]
    assert from_document(document) == table


@pytest.mark.parametrize(
    ("population", "code"),
    [(0, "lt5k"), (4_999, "lt5k"), (5_000, "5k-10k"), (29_999, "10k-30k"), (49_999, "30k-50k"), (50_000, "50k-100k"),
     (299_999, "100k-300k"), (300_000, "ge300k"), (3_700_000, "ge300k")],
)  # fmt: skip
def test_population_bands(population: int, code: str) -> None:
    assert band(population) == code
    assert code in BAND_LABELS


def test_lost_tables_have_names_in_both_languages() -> None:
    before, after = questionnaire("single"), questionnaire("matrix")
    title, number = before.parts["colour"][0].title, before.parts["colour"][0].number
    assert number is not None
    found = in_words([TableSpec("weather")], before, after)
    assert found[0].ja == "表「weather」：この問が調査票にないので、この表は作られません。"
    assert f"表「{number.ja}　{title.ja}（colour）」：この問が調査票にないので、この表は作られません。" in [
        each.ja for each in found
    ]
    assert all(each.en.startswith("Table “") for each in found)
    assert in_words([], None, after) == []
    named = in_words([series("new-series", "nothing", "red")], None, derived("single", "new-series"))
    assert named[0].ja.startswith("表「名　名（new-series）」")
