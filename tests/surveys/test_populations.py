"""Populations as of a day: which one counts, the tables they come in, and the command."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.answers_file import SYNTHETIC
from surveys.csv_file import FileFaults
from surveys.dated import Known, as_of
from surveys.models import Body, Event, Population
from surveys.population_file import Row, read
from tests.factories import DATA, make_body, make_prefecture

TABLE = DATA / "e-stat-population.csv"
HEADER = "標準地域コード,名称,総人口"
OLD, DAY, NEW = date(2019, 1, 1), date(2020, 10, 1), date(2021, 1, 1)


def test_the_latest_up_to_the_day_counts_else_the_earliest_known() -> None:
    known = [Known(day, value, "国勢調査") for day, value in ((NEW, 3), (OLD, 1), (DAY, 2))]
    days = (date(2018, 1, 1), OLD, date(2020, 4, 1), DAY, date(2030, 1, 1))
    assert [as_of(known, day).value for day in days] == [1, 1, 1, 2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_table_of_e_stat_is_read_in_any_encoding(encoding: str) -> None:
    rows = read(TABLE.read_text(encoding="utf-8").encode(encoding))
    assert rows[:2] == [Row(8, "00000", "全国", 126_146_099), Row(9, "20000", "長野県", 2_048_011)]
    assert [(row.code, row.value) for row in rows[4:]] == [("20325", None), ("14101", 297_437), ("01695", None)]


@pytest.mark.parametrize(
    ("text", "column", "rows"),
    [
        (f"{HEADER}\n20203,上田市,154055\n", "", [Row(2, "20203", "上田市", 154_055)]),
        ("団体コード,人口\n202037,１５４\n", "", [Row(2, "20203", "１５４", 154)]),
        ('"area_code","area","unit","value"\n"20203","上田市","人","7"\n', "", [Row(2, "20203", "上田市", 7)]),
        ("市区町村コード,人口（男）,人口（女）\n20203,1,2\n", "人口(女)", [Row(2, "20203", "1", 2)]),
        ("人口,団体コード\n5,20203\n", "", [Row(2, "20203", "", 5)]),
        (f"{HEADER}\n20203,上田市,X\n,,（人）\n注,,\n-,計,-\n", "", [Row(2, "20203", "上田市", None)]),
    ],
)
def test_other_forms_of_tables(text: str, column: str, rows: list[Row]) -> None:
    assert read(text.encode(), column) == rows


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("a,b\n1,2\n", ["line 1: no header row with a column of area codes (such as 地域 コード) was found"]),
        (f"{HEADER}\n", ["line 1: there is no row with a code under the header"]),
        (
            "地域コード,団体コード,人口\n",
            ["line 1: several columns of area codes: 地域コード, 団体コード; keep one"],
        ),
        (
            "団体コード,人口1,人口2\n",
            ["line 1: which column holds the populations? Name it with --column; there are 団体コード, 人口1, 人口2"],
        ),
        (
            f"{HEADER}\n1100,札幌市,1\n202038,上田市,1\n20203,上田市,多い\n20203,上田市,9999999999\n20201,長野市\na,y,5\n",
            [
                "line 2: code '1100' has 4 digits instead of 5 or 6 (does its leading 0 miss?)",
                "line 3: code 202038: wrong check digit",
                "line 4: population '多い' of 20203 is not a number of persons",
                "line 5: population '9999999999' of 20203 is not a number of persons",
                "line 6: 2 values, but the header has 3 columns",
                "line 7: code 'a' is not a number",
            ],
        ),
        (
            f"{HEADER}\n20203,総数,2\n20203,男,1\n",
            ["line 3: code 20203 stands already in line 2; keep one row for each area (one year, both sexes)"],
        ),
        (f'{HEADER}\n"' + "x" * 200_000, ["line 2: not readable as CSV: field larger than field limit (131072)"]),
    ],
)
def test_every_fault_of_a_table_is_named_with_its_line(text: str, faults: list[str]) -> None:
    with pytest.raises(FileFaults) as refusal:
        read(text.encode())
    assert refusal.value.faults == faults


@pytest.fixture
def nagano(db: None) -> list[Body]:
    """A prefecture with four bodies, one of them in no table."""
    make_prefecture()
    names = {"202011": "長野市", "202037": "上田市", "203254": "東部町", "202088": "小諸市"}
    return [make_body(code, name) for code, name in names.items()]


def load(path: Path = TABLE, day: str = "2020-10-01", source: str = "令和2年国勢調査", column: str = "") -> None:
    call_command("load_population", str(path), "--source", source, "--date", day, "--column", column)


def test_a_table_is_loaded_once_and_what_is_odd_is_said(nagano: list[Body], capsys: pytest.CaptureFixture[str]) -> None:
    load()
    assert capsys.readouterr().out.splitlines() == [
        "e-stat-population.csv: line 9: 長野県 has 2,048,011, but its municipalities add up to 526,815 (not stored)",
        "e-stat-population.csv: line 14: 01695 北海道 色丹村 is not in the register; left out",
        "e-stat-population.csv: 202088 長野県小諸市 is not in the file",
        "e-stat-population.csv: line 12: 203254 長野県東部町 has no value",
        "2 municipalities have a population as of 2020-10-01, 2 of them new; 2 have none in the file; "
        "2 rows of other areas left out",
    ]
    ueda = Body.objects.get(code="202037")
    assert ueda.known == Known(DAY, 154_055, "令和2年国勢調査")
    assert Body.objects.get(code="200000").known is None, "that of a prefecture is the sum"
    load()
    assert "0 of them new" in capsys.readouterr().out
    event = Event.objects.get(kind="register.populations")
    assert event.after == {"bodies": 2, "date": "2020-10-01", "source": "令和2年国勢調査"}


def test_a_prefecture_that_is_the_sum_is_not_mentioned(
    nagano: list[Body], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEADER}\n20000,長野県,3\n20201,長野市,1\n20203,上田市,2\n13000,東京都,-\n")
    load(path)
    assert "add up" not in capsys.readouterr().out


@pytest.mark.django_db
def test_a_bad_table_or_source_changes_nothing(nagano: list[Body], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{HEADER}\n20203,上田市,5\n20201,長野市,few\n")
    with pytest.raises(CommandError, match="table.csv: line 3: .*\n1 fault; nothing was changed"):
        load(path)
    for source in (" ", "x" * 101):
        with pytest.raises(CommandError, match="--source: name the source in 1 to 100 characters"):
            load(source=source)
    with pytest.raises(CommandError, match="invalid fromisoformat value"):
        load(day="1.10.2020")
    assert not Body.objects.exclude(population=None).exists() and not Population.objects.exists()


def test_earlier_and_later_populations_stand_beside_each_other_in_any_order(nagano: list[Body]) -> None:
    def known(day: date) -> int:
        return Population.objects.on(day, Body.objects.filter(code="202037"))[nagano[1].pk].value

    for day, value in ((DAY, 2), (NEW, 3), (OLD, 1), (OLD, 1), (OLD, 9), (NEW, 4)):
        Population.objects.register({"202037": value}, day, "住民基本台帳", by=None)
    assert [known(day) for day in (OLD, DAY, NEW)] == [9, 2, 4]
    assert list(Population.objects.values_list("date", "value")) == [(DAY, 2), (OLD, 9)]
    assert Event.objects.filter(kind="register.populations").count() == 5, "the same again is no event"
    assert Population.objects.on(OLD, Body.objects.filter(code="202011")) == {}


def test_a_made_up_population_gives_way_to_any_other(nagano: list[Body]) -> None:
    for code, day in (("202037", OLD), ("202011", NEW)):
        Population.objects.register({code: 5}, DAY, SYNTHETIC, by=None)
        Population.objects.register({code: 6}, day, "住民基本台帳", by=None)
        assert Body.objects.get(code=code).known == Known(day, 6, "住民基本台帳")
    assert not Population.objects.exists()
