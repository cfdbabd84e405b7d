"""The reading of table definitions, what of them fits a questionnaire, and the JSON form of a table."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.groups import BAND_LABELS, band
from aggregation.tables import (
    Cell,
    Entry,
    GroupLabel,
    Table,
    TableSpec,
    from_document,
    from_text,
    load_specs,
    missing_questions,
    to_document,
    with_defaults,
)
from aggregation.tabulate import build_all
from surveys.questionnaire import DefinitionError, Text
from tests.aggregation.makers import ONE_FEATURE, bodies, body, questionnaire, specs


def written(folder: Path, text: str) -> Path:
    path = folder / "tables.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_shipped_definitions_fit_the_shipped_questionnaire() -> None:
    shipped, found = load_specs(), questionnaire("2020")
    assert missing_questions(shipped, found) == {}
    assert with_defaults(shipped, found) == list(shipped)
    assert len(shipped) == 58 + 2


def test_the_shipped_definitions_name_rows_and_columns_that_are_there() -> None:
    found = questionnaire("2020")
    for spec in load_specs():
        parts = found.parts[spec.questions[0]]
        codes = {row.code for part in parts for row in part.rows} | {part.group for part in parts}
        columns = {column.code for part in parts for column in part.columns}
        assert set(spec.row_order) <= codes
        assert spec.printed_top is None or set(spec.printed_top.columns) <= columns
        if spec.kind == "procedures":
            assert {row.code for row in spec.rows} == {part.group for part in parts} | {"all"}


def test_a_series_names_a_row_of_its_source() -> None:
    found = {spec.id: spec for spec in load_specs()}
    for spec in found.values():
        if spec.series:
            source = found[spec.series.source]
            options = {option.code for option in questionnaire("2020").parts[source.questions[0]][0].options}
            assert spec.series.row in options | {row.code for row in source.rows}


def test_every_fault_of_a_definition_is_named(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """
        colour = "red"
        [[table]]
        id = "a"
        kind = "pie"
        questions = []
        printed_top = { rows = 3, columns = ["x"] }
        [[table]]
        id = "a"
        kind = "choice"
        questions = ["q"]
        series = { source = "z", row = "x", period = "week", lag = 0, groups = ["total"] }
        [[table]]
        id = "b"
        kind = "series-share"
        questions = ["q"]
        [[table]]
        id = "c"
        kind = "procedures"
        questions = ["q"]
        [[table]]
        id = "d"
        kind = "choice"
        wrong = 1
        note = [{ ja = "注" }]
        """,
    )
    with pytest.raises(DefinitionError) as error:
        load_specs(path)
    assert error.value.faults == [
        "tables.toml: unknown key 'colour'",
        "tables.toml: table d: unknown key 'wrong'",
        "tables.toml: table d: key 'questions' is missing",
        "tables.toml: table d: note 1: the en text is missing",
        "tables.toml: table a: kind 'pie' is not one of "
        "choice, matrix, sums, procedures, series-procedures, series-share",
        "tables.toml: table a: exactly one question is needed",
        "tables.toml: table a: printed_top is for a matrix",
        "tables.toml: table a: this id is there twice",
        "tables.toml: table a: a series, and nothing else, needs [table.series]",
        "tables.toml: table a: series: the table 'z' does not stand before this one",
        "tables.toml: table a: series: period 'week' is not one of fiscal-year, survey-year",
        "tables.toml: table a: a series needs its own title, number and rows",
        "tables.toml: table b: a series, and nothing else, needs [table.series]",
        "tables.toml: table c: the columns are estimate, online_count, rate, exists, online",
    ]


@pytest.mark.parametrize("text", ["[[table", "table = 3", ""])
def test_a_file_that_holds_no_tables_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DefinitionError, match=r"tables\.toml"):
        load_specs(written(tmp_path, text))


def test_a_question_that_is_gone_or_of_another_kind_is_reported() -> None:
    gone = TableSpec("a", "choice", ("weather",))
    other = TableSpec("b", "matrix", ("colour",))
    fits = TableSpec("c", "choice", ("colour",))
    assert missing_questions([gone, other, fits], questionnaire("single")) == {"a": ("weather",), "b": ("colour",)}


def test_procedures_have_no_plain_table() -> None:
    assert with_defaults([], questionnaire("procedures")) == []


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
