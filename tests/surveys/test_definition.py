"""Definitions: the shipped one loads, and a bad one is refused with file, place and fault."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from surveys.definition import parse
from surveys.questionnaire import DefinitionError, checksum, read_folder
from tests.factories import QUESTIONNAIRES, document, make_body, open_round

PEOPLE, SERVICES = "01-people.toml", "02-services.toml"
Change = Callable[[dict[str, Any]], Any]


def faults(change: Change) -> list[str]:
    """The faults of the small questionnaire after a change."""
    changed = copy.deepcopy(document())
    change(changed)
    with pytest.raises(DefinitionError) as refusal:
        parse(changed)
    return refusal.value.faults


def question(doc: dict[str, Any], number: int, file: str = PEOPLE) -> dict[str, Any]:
    return doc[file]["question"][number]


def put(number: int, file: str = PEOPLE, **values: Any) -> Change:
    """A change that sets keys of one question."""
    return lambda doc: question(doc, number, file).update(values)


GATE = {"operator": "is_one_of", "questions": ["cio"], "values": ["yes"]}

ROWS = [{"code": "a", "label": {"ja": "あ", "en": "a"}, "source": "ministry"}]

BAD: list[tuple[str, Change, str]] = [
    ("unknown key", put(0, colour="red"), f"{PEOPLE}: question cio: unknown key 'colour'"),
    ("missing key", lambda doc: question(doc, 0).pop("text"), f"{PEOPLE}: question cio: key 'text' is missing"),
    ("missing translation", put(0, text={"ja": "？"}), f"{PEOPLE}: question cio: text: the en text is missing"),
    ("third language", put(0, text={"ja": "？", "en": "?", "fr": "?"}), "unknown key 'fr'"),
    ("unknown year word", put(0, text={"ja": "{year}", "en": "?"}), "unknown year word in '{year}'"),
    ("wrong type", put(2, maximum="many"), "maximum: int is expected, not 'many'"),
    ("not a list", put(0, terms="cio"), "terms: a list is expected"),
    ("not a table", put(0, option=["yes"]), "a table of Option is expected"),
    ("text that is no text", put(0, text={"ja": 1, "en": "?"}), "text: the ja text is missing"),
    ("no bool", lambda doc: question(doc, 0)["option"][0].update(exclusive="yes"), "bool is expected, not 'yes'"),
    (
        "two columns of ticks",
        put(0, kind="tick-matrix", option=[], row=ROWS, column=[*ROWS, {**ROWS[0], "code": "b"}]),
        "has one column",
    ),
    ("unknown kind", put(0, kind="essay"), "kind 'essay' is not one of"),
    ("unknown respondents", put(0, respondents="wards"), "respondents 'wards' is not one of"),
    ("unknown term", put(0, terms=["ceo"]), f"{PEOPLE}: cio: there is no term 'ceo' in the glossary"),
    ("favourable", put(0, favourable=["maybe"]), "favourable: unknown 'maybe'"),
    ("no options", put(0, option=[]), "options are needed"),
    (
        "options in a matrix",
        put(2, option=[{"code": "a", "label": {"ja": "あ", "en": "a"}, "source": "ministry"}]),
        "rows and columns are needed",
    ),
    ("no maximum", lambda doc: question(doc, 2).pop("maximum"), "maximum is missing"),
    ("other columns", lambda doc: question(doc, 2)["column"][0].update(code="n"), "the only column is `count`"),
    ("procedure columns", lambda doc: question(doc, 1, SERVICES)["column"].pop(), "the columns are exists, online"),
    (
        "same option twice",
        lambda doc: question(doc, 0)["option"].append(question(doc, 0)["option"][0]),
        "option 'yes' is there twice",
    ),
    ("bad code", lambda doc: question(doc, 0)["option"][0].update(code="Yes!"), "option code 'Yes!': only a-z"),
    (
        "unknown source",
        lambda doc: question(doc, 0)["option"][0].update(source="memory"),
        "source 'memory' is not one of",
    ),
    (
        "unknown source of an example",
        put(2, example={"text": {"ja": "例", "en": "e"}, "source": "memory"}),
        "example: source 'memory' is not one of",
    ),
    (
        "no exclusive",
        lambda doc: question(doc, 0, SERVICES)["option"].pop(),
        "an exclusive option (none of these) is needed",
    ),
    (
        "exclusive elsewhere",
        lambda doc: question(doc, 0)["option"][0].update(exclusive=True),
        "only a multiple choice or a tick matrix",
    ),
    ("unknown computed", lambda doc: question(doc, 2)["row"][2].update(computed=["x"]), "unknown row 'x' in computed"),
    (
        "computed elsewhere",
        lambda doc: question(doc, 1, SERVICES)["row"][0].update(computed=["tax"]),
        "computed rows are for matrix-integer",
    ),
    ("computed in a circle", lambda doc: question(doc, 2)["row"][2].update(computed=["all"]), "in a circle"),
    ("row respondents", lambda doc: question(doc, 2)["row"][0].update(respondents="x"), "row 'own': respondents 'x'"),
    ("check operator", lambda doc: question(doc, 2)["check"][0].update(operator="near"), "check operator 'near'"),
    ("check operand", lambda doc: question(doc, 2)["check"][0].update(left="x"), "check: unknown 'x'"),
    (
        "nobody asked",
        lambda doc: [row.update(respondents="wards") for row in question(doc, 1, SERVICES)["row"]],
        "no body is asked",
    ),
    ("gate operator", put(1, gate={**GATE, "operator": "maybe"}), "gate operator 'maybe' is not one of"),
    ("dangling gate", put(1, gate={**GATE, "questions": ["ceo"]}), "gate: there is no question 'ceo'"),
    (
        "gate in another section",
        put(1, gate={**GATE, "questions": ["measures"]}),
        "'measures' is in another section (services)",
    ),
    (
        "circle of gates",
        put(0, gate={**GATE, "questions": ["post"], "values": ["head"]}),
        "so the gates would go in a circle",
    ),
    (
        "gate at itself",
        put(1, gate={**GATE, "questions": ["post"], "values": ["head"]}),
        "so the gates would go in a circle",
    ),
    (
        "gate of another kind",
        put(2, gate={**GATE, "operator": "any_row_is"}),
        "any_row_is looks at matrix; 'cio' is single-choice",
    ),
    ("unknown gate value", put(1, gate={**GATE, "values": ["maybe"]}), "gate: 'cio' has no 'maybe'"),
    ("same id twice", put(1, id="cio"), "cio: this question id is there twice"),
    ("same section twice", lambda doc: doc[SERVICES].update(id="people"), "section id 'people' is there twice"),
    ("unknown chapter", lambda doc: doc[SERVICES].update(chapter="9"), f"{SERVICES}: there is no chapter '9'"),
    (
        "unknown key at the head",
        lambda doc: doc["questionnaire.toml"].update(colour="red"),
        "questionnaire.toml: unknown key 'colour'",
    ),
    ("no section", lambda doc: [doc.pop(PEOPLE), doc.pop(SERVICES)], "there is no section file"),
    ("part with the id of the whole", put(0, SERVICES, id="use"), "is both a question and a table asked in parts"),
]


@pytest.mark.parametrize(("change", "fault"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_a_bad_definition_is_refused(change: Change, fault: str) -> None:
    assert any(fault in found for found in faults(change)), faults(change)


def test_a_row_stands_in_one_part_only() -> None:
    def twice(doc: dict[str, Any]) -> None:
        doc[SERVICES]["question"].append({**question(doc, 1, SERVICES), "id": "use-again"})

    assert "use: row 'lending' stands in two parts" in faults(twice)


def test_all_faults_are_told_at_once() -> None:
    def several(doc: dict[str, Any]) -> None:
        question(doc, 0)["terms"] = ["ceo"]
        question(doc, 1)["gate"] = {**GATE, "values": ["maybe"]}

    assert len(faults(several)) == 2


@pytest.mark.parametrize(
    "folder", [path for path in QUESTIONNAIRES.iterdir() if path.is_dir()], ids=lambda path: path.name
)
def test_every_tiny_questionnaire_loads(folder: Path) -> None:
    assert parse(read_folder(folder, 2020)).sections


def test_a_folder_that_is_no_questionnaire(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"no questionnaire\.toml"):
        read_folder(tmp_path, 2020)
    (tmp_path / "questionnaire.toml").write_text("title = ")
    (tmp_path / "01.toml").write_bytes(b"\xff")
    with pytest.raises(DefinitionError, match=r"01\.toml: not readable(.|\n)*questionnaire\.toml: not readable"):
        read_folder(tmp_path, 2020)
    (tmp_path / "questionnaire.toml").write_text('title = { ja = 1, en = "A survey" }')
    (tmp_path / "01.toml").unlink()
    with pytest.raises(DefinitionError, match="title: the ja text is missing"):
        parse(read_folder(tmp_path, 2020))
    with pytest.raises(DefinitionError, match="the first year that can be surveyed is 2019"):
        read_folder(tmp_path, 2018)


def test_the_checksum_follows_the_content_not_the_order() -> None:
    turned = dict(reversed(document().items()))
    assert checksum(turned) == checksum(document()) != checksum(document(year=2021))


@pytest.mark.django_db
def test_load_survey(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = QUESTIONNAIRES / "small"
    call_command("load_survey", 2020, folder)
    call_command("load_survey", 2020, folder)
    assert capsys.readouterr().out == (
        "round 2020 added: 2 sections, 5 questions, draft\nround 2020 same: 2 sections, 5 questions, draft\n"
    )
    with pytest.raises(CommandError, match=r"no questionnaire\.toml(.|\n)*nothing was changed"):
        call_command("load_survey", 2020, tmp_path)


@pytest.mark.django_db
def test_load_survey_leaves_an_open_round_alone(tmp_path: Path) -> None:
    make_body()
    open_round()
    for path in (QUESTIONNAIRES / "small").iterdir():
        text = path.read_text().replace("任命していますか", "置いていますか")
        (tmp_path / path.name).write_text(text)
    with pytest.raises(CommandError, match="frozen"):
        call_command("load_survey", 2020, tmp_path)
