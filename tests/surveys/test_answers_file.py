"""Answers by file: the same rules as the form, all or nothing, every fault named by line."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from surveys import answers, answers_file
from surveys.answers_file import BodyAnswers
from surveys.bulk import take
from surveys.codes import check_digit
from surveys.csv_file import FileFaults
from surveys.models import Event, Response, Submission, Survey
from tests.factories import (
    COMPLETE,
    answer,
    make_body,
    make_member,
    make_prefecture,
    make_round,
    open_round,
    questionnaire,
)

HEADER = "body,question,row,column,value,origin\n"
KINDS = {"202037": "city", "200000": "prefecture"}


def read(text: str) -> list[BodyAnswers]:
    return answers_file.read((HEADER + text).encode(), questionnaire(), KINDS)


def faults(text: str) -> list[str]:
    with pytest.raises(FileFaults) as refusal:
        read(text)
    return refusal.value.faults


GOOD = [
    "202037,cio,,,yes,reported",
    "202037,post,,,other,reported",
    "202037,post,other,other_text,'=副市長,reported",
    "202037,staff,own,count,３,reported",
    "202037,staff,outside,count,2,reported",
    '202037,staff,resident,count,"1",reported',
    "202037,staff,all,count,5,reported",
    "202037,measures,,,mail,reported",
    "202037,use,lending,exists,yes,reported",
    "202037,use,lending,online,done,reported",
    '202037,use,lending,total,"1,200",reported',
    "202037,use,lending,online_count,unknown,reported",
]

# Each: the line that is added or put in the place of a good one, and what is said about it.
FAULTS = {
    "unknown body": ("134210,cio,,,yes,", "body '134210' is not among the bodies of this round"),
    "wrong check digit": ("202038,cio,,,yes,", "wrong check digit; 20203 has the check digit 7"),
    "unknown question": ("202037,ceo,,,yes,", "question 'ceo' is not in the questionnaire of 2020"),
    "question of the other tier": ("200000,measures,,,mail,", "is not asked of this kind of body (prefecture)"),
    "row of the other tier": ("202037,use,tax,exists,yes,", "This body is not asked for “Car tax”"),
    "unknown row": ("202037,staff,cook,count,1,", "has no row “cook”"),
    "unknown column": ("202037,use,lending,fee,1,", "has no column “fee”"),
    "unknown option": ("202037,measures,,,fax,", "There is no option “fax”"),
    "unknown choice of a cell": ("202037,use,lending,exists,maybe,", "There is no option “maybe”"),
    "row given where there is none": ("202037,measures,mail,,mail,", "Row and column stay empty"),
    "other column than count": ("202037,staff,own,persons,1,", "The column of this question is count"),
    "letters": ("202037,staff,own,count,three,", "Enter digits only"),
    "negative": ("202037,staff,own,count,-1,", "Enter digits only"),
    "decimal": ("202037,staff,own,count,1.5,", "Enter digits only"),
    "empty number": ("202037,staff,own,count,,", "Enter digits only"),
    "too large": ("202037,staff,own,count,1000,", "Enter a number up to 999"),
    "far too large": ("202037,staff,own,count,99999999999999999999,", "Enter a number up to 999"),
    "unknown where a number is needed": ("202037,staff,own,count,unknown,", "Enter digits only"),
    "two answers to a single choice": ("202037,cio,,,no,", "Two answers where only one can be chosen"),
    "the same option twice": ("202037,measures,,,mail,", "The same option is there twice"),
    "the same cell twice": ("202037,staff,own,count,4,", "There are two values for the same place"),
    "the same procedure cell twice": ("202037,use,lending,total,4,", "There are two values for the same place"),
    "text where there is none": ("202037,cio,yes,other_text,文,", "There is no free text here"),
    "text too long": (f"202037,post,other,other_text,{'あ' * 501},", "at most 500 characters"),
    "wrong total": ("202037,staff,all,count,6,", "The total is not the sum of its parts (5)"),
    "counts where it is not online": ("200000,use,lending,total,4,", "only where the procedure exists and is online"),
    "unknown origin": ("202037,cio,,,yes,guessed", "origin 'guessed' is neither"),
    "mixed origins": ("202037,cio,,,yes,synthetic", "reported and synthetic answers of one body are mixed"),
    "behind a closed gate": ("200000,post,,,head,", "is not asked of this body, given its other answers"),
    "exclusive not alone": ("202037,measures,,,none,", "“None” cannot be chosen together with another option"),
    "more resident than outside": ("202037,staff,resident,count,3,", "Resident staff is at most the outside staff"),
    "more online than all": ("202037,use,lending,online_count,1201,", "Online uses are at most the total"),
    "unknown state of a matrix": ("202037,cio,,,,", "There is no option “”"),
}
REPLACED = {"wrong total", "more resident than outside", "more online than all", "letters", "negative", "decimal"}
REPLACED |= {"empty number", "too large", "far too large", "unknown where a number is needed"}


def with_fault(line: str, *, replace: bool) -> tuple[str, int]:
    """The good file with one line added, or put in the place of the good line of the same cell; and its number."""
    place = line.split(",")[:4]
    lines = list(GOOD)
    if replace:
        number = next(n for n, good in enumerate(lines) if good.split(",")[:4] == place)
        lines[number] = line
    else:
        number = len(lines)
        lines.append(line)
    return "\n".join(lines), number + 2


def test_a_good_file() -> None:
    (found,) = read("\n".join(GOOD))
    assert found.answers["post"] == {"value": "other", "other_text": {"other": "=副市長"}}
    assert found.answers["staff"] == {"cells": {"own": 3, "outside": 2, "resident": 1}}
    assert found.answers["use-school"]["cells"]["lending"]["total"] == 1200


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_by_its_line(name: str) -> None:
    line, message = FAULTS[name]
    text, number = with_fault(line, replace=name in REPLACED)
    assert [fault for fault in faults(text) if fault.startswith(f"line {number}: ") and message in fault], faults(text)


@pytest.mark.django_db
def test_a_file_with_all_faults_names_each_by_line_and_changes_nothing(tmp_path: Path) -> None:
    """Each fault in the good answers of a body of its own, so that none hides another."""
    lines: list[str] = []
    expected = {}
    for number, (name, (fault, message)) in enumerate(FAULTS.items()):
        code = f"{10100 + number}{check_digit(str(10100 + number))}"
        own = code.startswith("202037") or fault[:6] not in KINDS
        make_body(code, prefecture="群馬県", kind=KINDS.get(fault[:6], "city"))
        text, line = with_fault(fault, replace=name in REPLACED)
        body_lines = text.split("\n") if fault[:6] != "200000" else [fault]
        line = line - 1 if fault[:6] != "200000" else 1
        body_lines = [each if own and each == fault else code + each[6:] for each in body_lines]
        expected[name] = (len(lines) + line + 1, message)
        lines += body_lines
    open_round()
    path = tmp_path / "answers.csv"
    path.write_text(HEADER + "\n".join(lines), encoding="utf-8")
    events = Event.objects.count()
    with pytest.raises(CommandError) as refusal:
        call_command("import_answers", 2020, path)
    said = str(refusal.value).split("\n")
    unnamed = [name for name, (n, text) in expected.items() if not any(f" line {n}: " in s and text in s for s in said)]
    assert unnamed == [] and len(FAULTS) >= 30
    assert not Response.objects.exclude(sections=None).exists() and Event.objects.count() == events


@pytest.fixture
def survey() -> Survey:
    make_body()
    make_prefecture()
    return open_round()


def written(tmp_path: Path, name: str = "answers.csv", **options: Any) -> bytes:
    call_command("export_answers", 2020, tmp_path / name, **options)
    return (tmp_path / name).read_bytes()


@pytest.mark.django_db
def test_import_submits_what_is_complete_and_again_changes_nothing(
    survey: Survey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(HEADER + "\n".join(GOOD) + "\n200000,cio,,,no,\n", encoding="utf-8-sig")
    call_command("import_answers", 2020, path, submit=True)
    out = capsys.readouterr().out
    assert "2 bodies changed, 0 the same, 1 submitted" in out and "body 200000: stored, not complete yet" in out
    events = Event.objects.count()
    call_command("import_answers", 2020, path, submit=True)
    assert "0 bodies changed, 2 the same, 0 submitted" in capsys.readouterr().out
    assert (Submission.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.django_db
def test_export_import_export_is_the_identity(survey: Survey, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(HEADER + "\n".join(GOOD) + "\n200000,cio,,,no,\n", encoding="cp932")
    call_command("import_answers", 2020, tmp_path / "in.csv")
    first = written(tmp_path)
    assert "'=副市長".encode() in first
    call_command("import_answers", 2020, tmp_path / "answers.csv")
    assert written(tmp_path) == first


@pytest.mark.django_db
def test_import_replaces_all_answers_of_a_body_named_and_leaves_others_alone(survey: Survey) -> None:
    ueda, nagano = (Response.objects.get(body__code=code) for code in ("202037", "200000"))
    answer(survey, ueda.body, COMPLETE)
    answer(survey, nagano.body, {"cio": {"value": "no"}})
    answer(survey, ueda.body, {"cio": {"value": "no"}})
    assert (ueda.answers(), nagano.answers()) == ({"cio": {"value": "no"}}, {"cio": {"value": "no"}})


@pytest.mark.django_db
def test_import_is_refused_on_a_submitted_response_with_other_answers(survey: Survey) -> None:
    response = answer(survey, Response.objects.get(body__code="202037").body, COMPLETE, submit=True)
    with pytest.raises(FileFaults, match="body 202037 is submitted with other answers; send it back first"):
        answer(survey, response.body, {**COMPLETE, "measures": {"values": ["counter"]}})


@pytest.mark.django_db
def test_synthetic_and_reported_do_not_meet_in_a_round(survey: Survey) -> None:
    answer(survey, Response.objects.get(body__code="202037").body, COMPLETE)
    with pytest.raises(FileFaults, match="body 202037 has reported answers"):
        take(survey, [BodyAnswers("200000", True, {"cio": {"value": "no"}})])


@pytest.mark.django_db
def test_synthetic_answers_stay_marked_until_reported_ones_replace_them(survey: Survey, tmp_path: Path) -> None:
    take(survey, [BodyAnswers("200000", True, {"cio": {"value": "no"}})])
    assert Response.objects.get(body__code="200000").synthetic
    assert b"200000,cio,,,no,synthetic" in written(tmp_path)
    imported = Event.objects.get(kind="answers.imported")
    assert isinstance(imported.after, str) and len(imported.after) == 64
    take(survey, [BodyAnswers("200000", False, {"cio": {"value": "yes"}})])
    assert not Response.objects.get(body__code="200000").synthetic


@pytest.mark.django_db
def test_import_opens_a_draft_and_is_refused_on_a_closed_round_and_an_unknown_year(tmp_path: Path) -> None:
    body = make_body()
    survey = make_round()
    answer(survey, body, COMPLETE)
    assert survey.is_open
    survey.close()
    with pytest.raises(FileFaults, match="closed"):
        answer(survey, body, COMPLETE)
    with pytest.raises(CommandError, match="load_survey 1999"):
        call_command("import_answers", 1999, tmp_path / "x.csv")


@pytest.mark.django_db
def test_import_of_an_answer_by_a_person_carries_the_name(survey: Survey) -> None:
    body = Response.objects.get(body__code="202037").body
    user = make_member(body)
    take(survey, [BodyAnswers("202037", False, COMPLETE)], by=user)
    assert Response.objects.get(body=body).section("people").marks["cio"]["name"] == user.name


@pytest.mark.django_db
def test_kinds_of_empty_are_exported_apart(survey: Survey, tmp_path: Path) -> None:
    partly = {**COMPLETE, "staff": {"cells": {"own": 1}}, "cio": {"value": "no"}, "post": {}, "measures": {}}
    answer(survey, Response.objects.get(body__code="202037").body, partly)
    written(tmp_path, states=tmp_path / "states.csv")
    lines = (tmp_path / "states.csv").read_text().splitlines()
    assert lines == [
        "body,question,state",
        *(f"200000,{id},{answers.NO_RESPONSE}" for id in ("cio", "post", "staff", "measures", "use-school")),
        f"202037,cio,{answers.ANSWERED}",
        f"202037,post,{answers.NOT_ASKED}",
        f"202037,staff,{answers.PARTLY}",
        f"202037,measures,{answers.BLANK}",
        f"202037,use-school,{answers.ANSWERED}",
    ]
    assert answers.states(questionnaire(), "prefecture", {"cio": {"value": "no"}})["measures"] == answers.NOT_APPLICABLE


def test_text_cells_keep_exactly_one_apostrophe() -> None:
    for text in ("=1+1", "+1", "-1", "@a", "'quoted", "plain", "ア"):
        rows = [
            (
                "202037",
                "city",
                False,
                {"cio": {"value": "yes"}, "post": {"value": "other", "other_text": {"other": text}}},
            )
        ]
        data = answers_file.write(questionnaire(), rows)
        (found,) = answers_file.read(data, questionnaire(), KINDS)
        assert found.answers["post"]["other_text"]["other"] == text
    assert answers.clean_text("が\u0000\r\nb ") == "が\nb"
