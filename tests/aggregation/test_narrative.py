"""The text writes itself: every statement of the 2020 report comes out of the reproduction, in both languages."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from aggregation import narrative, report
from aggregation.base_words import base_words
from aggregation.disclosure import Disclosed
from aggregation.narrative import Book, sentences
from aggregation.tables import BodyRow, Table
from aggregation.tabulate import build_all
from surveys.questionnaire import DefinitionError, Sentence, Text
from tests.aggregation.makers import body, everyone, questionnaire, specs, table
from tests.aggregation.test_synthetic import computed
from tests.random_answers import complete_answers

STATEMENTS = Path(__file__).parents[1] / "data" / "report-2020-statements.csv"
NUMBERS = STATEMENTS.with_name("report-2020-numbers.txt")
# Charts that print their numbers, a remark above a figure, the introduction: none of them a statement of the text.
ONLY_DRAWN = {"第19図", "第20図", "第41図", "第２－１表", "３ 本調査の概要"}
IN_ENGLISH = {"都道府県": "prefectures", "市区町村": "municipalities", "全国": "the whole country"}
CONTRADICTION = ("fig-12", "市区町村", "19.6")  # 345 of 1,741 are 19.8 %, whatever the report prints


class Statement(NamedTuple):
    """What the report says of one side."""

    heading: str
    table: str
    about: str
    group: str
    number: str
    percent: str
    rank: str


def statements() -> list[Statement]:
    lines = (line for line in STATEMENTS.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [Statement(**line) for line in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def told() -> dict[str, tuple[Text, ...]]:
    """The sentences of every table of the reproduction."""
    return {id: sentences(made, questionnaire("2020")) for id, made in computed(2020).items()}


def parts(text: str) -> Iterator[tuple[str, str]]:
    """A Japanese sentence cut where it goes on to another side: (side, what is said of it)."""
    found = re.split(r"(都道府県|市区町村|全国)(?:（[\d,]+団体）)?では", text)
    yield from zip(found[1::2], found[2::2], strict=True)
    if both := re.search(r"都道府県、市区町村ともに全団体（([\d,]+)団体、([\d,]+)団体）", text):
        yield from (("都道府県", f"全団体（{both[1]}団体）"), ("市区町村", f"全団体（{both[2]}団体）"))


def says(text: str, said: Statement, percent: str) -> bool:
    """Whether a Japanese sentence says it of this side."""
    for side, words in parts(text):
        if side == said.group:
            if said.number == "all":
                return "全団体" in words or f"「{said.about}」" in words
            unit = "人" if said.table == "table-1" else "団体"
            number = f"{int(said.number):,}{unit}" if said.number else ""
            share = f"（{percent}％）" if percent and number else f"{percent}％" if percent else ""
            return number + share in words
    return False


def says_in_english(text: str, said: Statement, percent: str, base: int) -> bool:
    side = IN_ENGLISH[said.group]
    if said.number == "all":
        return f"all {base:,} {side}" in text
    number = f"{int(said.number):,}" if said.number else ""
    share = f"{percent}%"
    ways = (f"{number} {side} ({share})", f"for {side} ({number}, {share})", f"{number} persons in {side}")
    return any(way in text for way in ways) or (not number and f"{share} in {side}" in text)


def about(said: Statement, found: Table) -> tuple[str, str]:
    """The labels, in both languages, of what is counted."""
    (row,) = (row for row in found.rows if row.label.ja == said.about)
    return row.label.ja, row.label.en


def test_each_statement_of_the_report_is_told_with_the_same_numbers(told: dict[str, tuple[Text, ...]]) -> None:
    contradictions, bases = [], {"都道府県": 47, "市区町村": 1741, "全国": 1788}
    for said in statements():
        found = computed(2020)[said.table]
        percent = said.percent
        if (said.table, said.group, said.percent) == CONTRADICTION:
            contradictions.append(said)
            percent = "19.8"
        hits = [text for text in told[said.table] if says(text.ja, said, percent)]
        assert hits, said
        assert any(says_in_english(text.en, said, percent, bases[said.group]) for text in hits), said
        if said.rank:
            label, english = about(said, found)
            first = [text for text in hits if f"「{label}」" in text.ja and f"“{english}”" in text.en]
            assert any(("最も多い" if said.rank == "1" else "次いで多い") in text.ja for text in first), said
    assert [said[1:4] for said in contradictions] == [
        ("fig-12", "申請・届出等オンライン利用促進に関する計画を策定", "市区町村")
    ]


def test_all_statements_are_there() -> None:
    """The text's numbers, counted in a second list of all numbers of the report, which was made apart from this one."""
    lines = (line for line in NUMBERS.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    places = [re.fullmatch(r"(.+) (都道府県|市区町村|総数) \| ([\d,.]+|全)(団体|％)", line) for line in lines]
    printed = Counter(place.groups()[1:3] for place in places if place and place[1] not in ONLY_DRAWN)
    told = Counter((said.group, f"{int(said.number):,}") for said in statements() if said.number.isdigit())
    told -= Counter((said.group, f"{int(said.number):,}") for said in statements() if said.table == "table-1")
    told += Counter((said.group, said.percent) for said in statements() if said.percent and said.group != "全国")
    told += Counter((said.group, "全") for said in statements() if said.number == "all")
    assert told == printed


def test_every_table_has_sentences_in_both_languages(told: dict[str, tuple[Text, ...]]) -> None:
    for id, texts in told.items():
        assert texts, id
        assert all(text.ja.endswith("。") and text.en.endswith(".") and "{" not in text.ja + text.en for text in texts)


def test_numbers_told_are_those_of_the_table(told: dict[str, tuple[Text, ...]]) -> None:
    """No sentence holds a count or percentage that its table has not."""
    for id, texts in told.items():
        cells = computed(2020)[id].cells
        numbers = {f"{number:,}" for cell in cells for number in (cell.count, cell.value) if number is not None}
        shares = {str(cell.percent) for cell in cells}
        for text in texts:
            assert set(re.findall(r"([\d,]+)(?:団体|人|件)", text.ja)) <= numbers, (id, text.ja)
            assert set(re.findall(r"([\d.]+)％", text.ja)) <= shares, (id, text.ja)
            assert set(re.findall(r"([\d.]+)%\)", text.en)) <= shares | {"30"}, (id, text.en)


def test_a_side_that_has_no_number_is_not_told() -> None:
    asked = [body("010006", "city", {"colour": {"value": "red"}}), body("020001", "prefecture")]
    found = sentences(table("colour", questionnaire("single"), asked), questionnaire("single"))
    assert [text.ja for text in found] == ["最も多い回答は、市区町村では「redの名」の全団体（1団体）である。"]
    assert found[0].en == "The answer given most often is “red” for municipalities (all 1)."
    nothing = sentences(table("colour", questionnaire("single"), [body("010006")]), questionnaire("single"))
    assert nothing == ()


def test_what_may_not_be_public_is_not_told() -> None:
    made = {made.id: made for made in build_all(questionnaire("2020"), report.specs(), everyone(), report.past(), 2020)}
    hidden = Disclosed(frozenset()).table(made["fig-43"])
    assert "都道府県では" in sentences(made["fig-43"], questionnaire("2020"))[0].ja
    assert "都道府県" not in sentences(hidden, questionnaire("2020"))[0].ja, "two of them are too few"


def test_ties_are_all_named_up_to_a_few() -> None:
    codes = [option.code for option in questionnaire("2020").question_by_id["fig-08"].options if not option.exclusive]
    rows = [body("010006", answers={"face-website": {"value": "open"}, "fig-08": {"values": codes}})]
    text = sentences(table("fig-08", questionnaire("2020"), rows, *report.specs()), questionnaire("2020"))[0]
    assert text.ja.count("「") == 3 and f"など{len(codes)}項目の全団体（1団体）" in text.ja
    assert f" and {len(codes) - 3} more for municipalities" in text.en


def test_a_new_question_is_told_by_its_kind() -> None:
    for name in ("single", "multiple", "matrix", "procedures", "integers"):
        found = questionnaire(name)
        made = build_all(found, specs(found), everyone_of(name), (), 2020)
        told = [text for each in made for text in sentences(each, found)]
        assert told or name == "integers", "sums of a question without words of its own are left to the table"


def everyone_of(name: str) -> list[BodyRow]:
    return [body(f"01000{n}", "city", complete_answers(questionnaire(name), "city", Random(n)), 100) for n in range(6)]


def test_an_option_that_is_gone_is_not_told() -> None:
    book = Book({"colour": narrative.Told("colour", sentences=(own("green"), own("red")))}, {})
    made = table("colour", questionnaire("single"), [body("010006", answers={"colour": {"value": "red"}})])
    found = sentences(made, questionnaire("single"), book)
    assert [text.ja for text in found] == ["redの名：市区町村では全団体（1団体）"]


def own(row: str) -> narrative.Template:
    return narrative.Template("own", Sentence("{row}：{facts}", "{row}: {facts}"), rows=(row,))


def test_words_over_a_figure() -> None:
    found, made = questionnaire("2020"), computed(2020)
    words = {(id, side): base_words(made[id], side, found) for id in made for side in ("prefecture", "municipality")}
    assert words["fig-02", "prefecture"] == Text("CIOを任命している35団体中", "of 35 bodies with a CIO")
    assert words["fig-01", "municipality"] == Text("1,741団体", "1,741 bodies")
    assert words["fig-36", "municipality"].ja == "導入済又は導入予定がある1,634団体中"
    assert words["table-1", "prefecture"] is None and words["fig-28", "prefecture"] is None


def test_who_is_asked_is_told_by_the_gate_where_nobody_has_written_it() -> None:
    made, found, nothing = computed(2020), questionnaire("2020"), Book({}, {})
    assert base_words(made["fig-02"], "prefecture", found, nothing) == Text(
        "第１図で「任命している」を選んだ35団体中", "of 35 bodies that chose “Appointed” in Figure 1"
    )
    text = base_words(made["fig-41"], "municipality", found, nothing)
    assert text and text.ja == "第40図で「記載していない」以外を選んだ124団体中" and "other than “Not" in text.en


def test_each_fault_of_the_templates_is_named(tmp_path: Path) -> None:
    path = tmp_path / "narrative.toml"
    path.write_text(
        """
        other = 1
        [[table]]
        id = "a"
        [[table.sentence]]
        operator = "most"
        sides = ["city"]
        text = { ja = "{facts}{year}", en = "none" }
        [[table]]
        id = "a"
        """,
        "utf-8",
    )
    with pytest.raises(DefinitionError) as caught:
        narrative.load(path)
    assert caught.value.faults == [
        "narrative.toml: unknown key 'other'",
        "narrative.toml: table a: sentence 1: operator 'most' is not one of everyone, largest, last, own, second",
        "narrative.toml: table a: sentence 1: side 'city' is not one of prefecture, municipality, total",
        "narrative.toml: table a: sentence 1: only facts, row, column, fy, last_fy, base may stand in braces in"
        " '{facts}{year}'",
        "narrative.toml: table a: sentence 1: {facts} is missing in 'none'",
        "narrative.toml: table a: this id is there twice",
        "narrative.toml: kind: a list is expected",
    ]
    path.write_text("[[table", "utf-8")
    with pytest.raises(DefinitionError, match="not readable as TOML"):
        narrative.load(path)


def test_shipped_templates_fit_the_shipped_questionnaire() -> None:
    """Every table, row and column that they name is there."""
    for id, told in narrative.shipped().tables.items():
        made = computed(2020)[id]
        for template in told.sentences:
            assert set(template.rows) <= {row.code for row in made.rows}, id
            assert template.column in {"", *(column.code for column in made.columns)}, id
    assert isinstance(computed(2020)["fig-01"].cells[0].percent, Decimal)
