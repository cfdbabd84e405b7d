"""The register of bodies: the shipped file, what is refused, and what the database refuses."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from surveys.codes import check_digit, is_code
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body
from tests.factories import make_body

HEADER = "code,prefecture_code,prefecture,name,name_kana,kind"
UEDA = "202037,20,長野県,上田市,うえだし,city"


def test_every_shipped_code_has_its_check_digit_and_the_counts_are_those_of_2020() -> None:
    with SHIPPED.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert all(is_code(line["code"]) for line in lines)
    kinds = [line["kind"] for line in lines]
    assert (len(lines), kinds.count("prefecture"), kinds.count("designated_city"), kinds.count("village")) == (
        1788,
        47,
        20,
        183,
    )


@pytest.mark.parametrize(("digits", "expected"), [("01000", 6), ("20203", 7), ("13101", 6), ("47382", 1)])
def test_check_digit(digits: str, expected: int) -> None:
    assert check_digit(digits) == expected


@pytest.mark.parametrize("code", ["20203", "2020377", "202038", "20203a", "２０２０３７"])
def test_not_a_code(code: str) -> None:
    assert not is_code(code)


def load(tmp_path: Path, text: str, encoding: str = "utf-8") -> None:
    path = tmp_path / "bodies.csv"
    path.write_bytes(text.encode(encoding))
    call_command("load_bodies", path)


@pytest.mark.django_db
def test_loading_adds_then_changes_then_says_nothing_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(tmp_path, f"{HEADER}\n{UEDA}\n")
    assert "1 bodies added, 0 changed" in capsys.readouterr().out
    load(tmp_path, f"{HEADER},population\n{UEDA.replace('city', 'core_city')},157000\n")
    changed = "changed 202037 長野県上田市: kind: city → core_city, population: None → 157000"
    assert changed in capsys.readouterr().out
    load(tmp_path, f"{HEADER},population\n{UEDA.replace('city', 'core_city')},157000\n")
    assert "0 bodies added, 0 changed" in capsys.readouterr().out
    body = Body.objects.get()
    assert (body.kind, body.population, body.population_source) == ("core_city", 157000, "bodies.csv")


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    load(tmp_path, f"{HEADER}\n{UEDA}\n", encoding)
    assert Body.objects.get().name == "上田市"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            f"{HEADER}\n{UEDA.replace('202037', '202038')}",
            "line 2: code 202038: wrong check digit; 20203 has the check digit 7",
        ),
        (f"{HEADER}\n{UEDA.replace('202037', '2020')}", "line 2: code '2020' is not six digits"),
        (f"{HEADER}\n{UEDA}\n{UEDA}", "line 3: code 202037 is there 2 times"),
        (f"{HEADER}\n{UEDA.replace('city', 'county')}", "line 2: unknown kind 'county'"),
        (f"{HEADER}\n{UEDA.replace('うえだし', ' ')}", "line 2: name_kana is empty"),
        (f"{HEADER}\n{UEDA.replace(',20,', ',13,')}", "line 2: prefecture_code '13' is not the first two digits"),
        (f"{HEADER},population\n{UEDA},many", "line 2: population 'many' is not a number"),
        (HEADER.replace(",kind", "") + "\n", "line 1: column 'kind' is missing"),
        (f"{HEADER},colour\n{UEDA},red", "line 1: unknown column 'colour'"),
        (f"{HEADER},kind\n{UEDA},city", "line 1: column 'kind' is there twice"),
        (f"{HEADER}\n{UEDA},more", "line 2: 7 values, but the header has 6 columns"),
        (f"{HEADER}\n", "line 1: the file has a header but no body"),
    ],
)
def test_a_bad_file_is_refused_whole(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(CommandError) as refusal:
        load(tmp_path, text)
    assert fault in str(refusal.value)
    assert not Body.objects.exists()


@pytest.mark.django_db
def test_a_good_line_beside_a_bad_one_is_not_loaded_either(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 fault; nothing was changed"):
        load(tmp_path, f"{HEADER}\n{UEDA}\n{UEDA.replace('202037', '202038')}\n")
    assert not Body.objects.exists()


@pytest.mark.django_db
def test_unreadable_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bodies.csv"
    path.write_bytes(b"\xff\xfe\x00c\x81")
    with pytest.raises(CommandError, match="neither UTF-8 nor cp932"):
        call_command("load_bodies", path)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("load_bodies", tmp_path / "nowhere.csv")
    path.write_text(f'{HEADER}\n"' + "x" * 200_000)
    with pytest.raises(CommandError, match="not readable as CSV"):
        call_command("load_bodies", path)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"code": "20203"},
        {"kind": "county"},
        {"prefecture_code": "13"},
        {"population": 5},
        {"population_source": "国勢調査"},
        {"valid_from": "2020-04-01", "valid_to": "2020-04-01"},
    ],
)
def test_the_database_refuses_impossible_bodies(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_body(**fields)


@pytest.mark.django_db
def test_the_register_of_a_day() -> None:
    make_body("202037")
    make_body("134210", "小笠原村", "village", prefecture="東京都", valid_from=date(2020, 5, 1))
    make_body("131016", "千代田区", "special_ward", prefecture="東京都", valid_to=date(2020, 4, 1))
    assert [body.code for body in Body.objects.on(date(2020, 4, 1))] == ["202037"]


@pytest.mark.django_db
def test_a_dry_run_says_what_it_would_do_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_body()
    path = tmp_path / "bodies.csv"
    path.write_text(
        "code,prefecture_code,prefecture,name,name_kana,kind\n202037,20,長野県,新上田市,うえだし,city\n"
        "202011,20,長野県,長野市,ながのし,core_city\n"
    )
    call_command("load_bodies", path, dry_run=True)
    said = capsys.readouterr().out
    assert "1 bodies added, 1 changed, 2 in the register" in said and "Nothing was changed (--dry-run)." in said
    assert list(Body.objects.values_list("name", flat=True)) == ["上田市"]
