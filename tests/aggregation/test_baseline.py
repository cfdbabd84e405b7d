"""The shipped files of published numbers, their reader, and the rounding rule."""

import re
import unicodedata
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from aggregation import baseline
from aggregation.baseline import BadFile, Baseline, Published, load, load_series, percent

ROOT = Path(__file__).parents[2]
BASELINE = ROOT / "aggregation" / "data" / "baseline-2020.csv"
SERIES = ROOT / "aggregation" / "data" / "series.csv"
REPORT = ROOT / "tests" / "data" / "report-2020-numbers.txt"
PROCEDURES = 58
# Tables of which the report prints percentages and whose question only some bodies are asked.
GATED = {"fig-23", "fig-24-1", "fig-24-2"}

HEADER = ",".join(baseline.FIELDS)
GOOD = "fig-01,appointed,,prefecture,35,,74.5,,,第１節（本文）,"


@pytest.fixture(scope="module")
def published() -> Baseline:
    return load(BASELINE)


def written(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "numbers.csv"
    path.write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return path


def cell(published: Baseline, *key: str) -> Published:
    found = published.get(*key)
    assert found is not None, key
    return found


# The shipped baseline


def test_baseline_is_the_size_documented(published: Baseline) -> None:
    kinds = Counter(number.kind for number in published.numbers())

    assert kinds == {"count": 79, "base": 30, "value": 71, "percent": 59}  # N = 239
    assert len(list(published.percentages())) == 64  # M + 1: 63 agree, 第12図 does not


def test_every_printed_percentage_but_the_known_contradiction_follows_from_its_count(published: Baseline) -> None:
    wrong = []
    for at in published.percentages():
        base = published.base(at.table, at.group, at.table in GATED)
        assert at.count is not None and base is not None, at.key
        again = percent(at.count, base)
        if again != at.percent:
            wrong.append((at.table, at.row, at.group, at.percent, again))

    assert wrong == [("fig-12", "promote_plan", "municipality", Decimal("19.6"), Decimal("19.8"))]


def test_the_contradiction_and_the_footnote_are_noted(published: Baseline) -> None:
    assert "345÷1,741＝19.8％" in cell(published, "fig-12", "promote_plan", "", "municipality").note
    for column in ("estimate", "rate"):
        note = cell(published, "table-2-1", "employment_survey", column, "total").note
        assert "平成29年度" in note and "917,253件" in note and "21.8％" in note


def test_estimates_of_the_procedures_sum_to_the_printed_total(published: Baseline) -> None:
    estimates = {at.row: at.value for at in published.cells if at.key[0::2] == ("table-2-1", "estimate")}
    total = estimates.pop("all")

    assert len(estimates) == PROCEDURES
    assert sum(value for value in estimates.values() if value is not None) == total == 472_617_630


@pytest.mark.parametrize("row", ["own_total", "ext_total", "ext_resident", "grand_total"])
def test_staff_of_both_tiers_add_up(published: Baseline, row: str) -> None:
    prefecture, municipality, total = (
        cell(published, "table-1", row, "count", group).value or 0 for group in baseline.GROUPS
    )

    assert prefecture + municipality == total


@pytest.mark.parametrize("group", baseline.GROUPS)
def test_own_and_external_staff_add_up(published: Baseline, group: str) -> None:
    own, external, total = (
        cell(published, "table-1", row, "count", group).value or 0 for row in ("own_total", "ext_total", "grand_total")
    )

    assert own + external == total


def test_all_bodies_stand_as_their_number(published: Baseline) -> None:
    stated = [at for at in published.cells if at.note == "全団体"]

    assert len(stated) == 13
    for at in stated:
        assert at.count == published.base("bodies", at.group, False)
        assert at.percent is None  # the report does not print it


def test_bases_stand_on_lines_of_their_own(published: Baseline) -> None:
    for at in published.cells:
        assert (at.base is not None) == (at.row == "")


# Completeness against the report: numbers listed from the report, not from the CSV


def table_of(heading: str) -> str:
    """Id of the table a heading of the report belongs to: 第24－1図 → fig-24-1, 第２－１表 → table-2-1."""
    for start, table in (("3 本調査の概要", "bodies"), ("第2節 1 ホームページ", "face-website")):
        if heading.startswith(start):
            return table
    found = re.match(r"第(\d+)(-\d)?(図|表)", heading)
    assert found, heading
    number, part, kind = found.groups(default="")
    return f"fig-{number:0>2}{part}" if kind == "図" else f"table-{number}{part}"


def number_of(printed: str, table: str, all_bodies: str) -> tuple[str, Decimal]:
    """Kind and number of what is printed: 35団体 and (35) count, 35団体中 base, 74.5% percent, 35人 and 35件 value."""
    if printed == "全団体":
        printed = all_bodies
    found = re.fullmatch(r"\(?([\d,.]+)(?:\)|(団体中|団体|人|件|%))", printed)
    assert found, printed
    kinds = {"団体中": "base", "%": "percent", "人": "value", "件": "value"}
    kind = "base" if table == "bodies" else kinds.get(found[2], "count")
    return kind, Decimal(found[1].replace(",", ""))


def numbers_of_the_report() -> dict[tuple[str, str], list[tuple[str, Decimal]]]:
    """(table, group) → its numbers in the order of the list."""
    groups = {"都道府県": "prefecture", "市区町村": "municipality", "総数": "total"}
    all_bodies: dict[str, str] = {}
    numbers = defaultdict(list)
    for line in unicodedata.normalize("NFKC", REPORT.read_text(encoding="utf-8")).splitlines():
        if line.startswith("#"):
            continue
        heading, printed = line.split(" | ")
        heading, tier = heading.rsplit(" ", 1)
        table = table_of(heading)
        if table == "bodies":
            all_bodies[tier] = printed
        numbers[table, groups[tier]].append(number_of(printed, table, all_bodies.get(tier, "")))
    return numbers


def numbers_of(published: Baseline) -> dict[tuple[str, str], list[tuple[str, Decimal]]]:
    """The same of the CSV, percentages beside counts included."""
    numbers = defaultdict(list)
    for at in published.cells:
        for kind in ("count", "base", "value", "percent"):
            number = getattr(at, kind)
            if number is not None:
                numbers[at.table, at.group].append((kind, Decimal(number)))
    return numbers


def test_baseline_holds_every_number_the_report_prints_and_no_other(published: Baseline) -> None:
    printed, held = numbers_of_the_report(), numbers_of(published)

    assert {key: Counter(numbers) for key, numbers in held.items()} == {
        key: Counter(numbers) for key, numbers in printed.items()
    }


def test_procedures_stand_in_the_order_of_the_report(published: Baseline) -> None:
    key = ("table-2-1", "total")

    assert numbers_of(published)[key] == numbers_of_the_report()[key]


# Base, lookup


@pytest.mark.parametrize(
    ("table", "group", "gated", "base"),
    [
        ("fig-23", "prefecture", True, 13),  # printed
        ("fig-01", "municipality", False, 1741),  # all bodies
        ("fig-10", "prefecture", False, 47),  # all bodies, though no number of the table is printed
        ("fig-41", "prefecture", True, None),  # gated, and no base printed for this tier
        ("fig-01", "total", False, None),  # the report prints no 1,788
        ("table-1", "prefecture", False, None),  # persons, not bodies
        ("bodies", "prefecture", False, 47),
    ],
)
def test_base(published: Baseline, table: str, group: str, gated: bool, base: int | None) -> None:
    assert published.base(table, group, gated) == base


def test_get_of_what_is_not_printed(published: Baseline) -> None:
    assert published.get("fig-01", "not_appointed", "", "prefecture") is None


# The series


def test_series_hold_past_years_only() -> None:
    past = load_series(SERIES)

    years = defaultdict(set)
    for at in past:
        years[at.table, at.row].add(at.column)
    assert years == {
        ("table-2-2", "rate"): {"2008", "2010", "2016", "2018"},
        ("fig-52", "made"): {"2008", "2009", "2010", "2013", "2021"},
    }
    assert all(at.note for at in past)


def test_all_prefectures_and_all_municipalities_stand_as_bases_where_they_were_surveyed() -> None:
    bases = {(at.column, at.group): at.base for at in load_series(SERIES) if at.table == "fig-52"}

    assert bases == {
        ("2008", "prefecture"): 47,
        ("2008", "municipality"): 1810,
        ("2009", "prefecture"): 47,
        ("2009", "municipality"): None,
        ("2010", "prefecture"): 47,
        ("2010", "municipality"): 1750,
        ("2013", "prefecture"): 47,
        ("2013", "municipality"): None,
        ("2021", "prefecture"): 47,
        ("2021", "municipality"): 1741,
    }


def test_series_percentages_follow_from_count_and_base_where_both_are_known() -> None:
    both = [at for at in load_series(SERIES) if at.count is not None and at.base is not None]

    assert len(both) == 3
    for at in both:
        assert at.count is not None and at.base is not None
        assert percent(at.count, at.base) == at.percent


# The reader


def test_reader_keeps_what_is_empty_apart_from_zero(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, "", "fig-19,shop,,prefecture,0,,0,,,第２節（図）,")

    first, second = load(path).cells

    assert (first.count, first.base, first.percent, first.value) == (35, None, Decimal("74.5"), None)
    assert (second.count, second.percent) == (0, Decimal(0))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("fig-01,appointed,,prefecture,３５,,,,,第１節,", "count '３５' is not a whole number"),
        ("fig-01,,,prefecture,,-1,,,,第１節,", "base '-1' is not a whole number"),
        ('table-1,own_total,count,total,,,,"1,293",人,第１節,', "value '1,293' is not a whole number"),
        ("fig-01,appointed,,prefecture,35,,74.47,,,第１節,", "percent '74.47' is not a number from 0 to 100"),
        ("fig-01,appointed,,prefecture,35,,100.1,,,第１節,", "percent '100.1' is not a number from 0 to 100"),
        ("fig-01,appointed,,prefecture,35,,,35,,第１節,", "both count and value"),
        ("fig-01,appointed,,prefecture,,,,,,第１節,", "no number"),
        ("fig-01,,,prefecture,35,,,,,第１節,", "count without a row"),
        ("fig-01,appointed,,city,35,,,,,第１節,", "group 'city' is none of prefecture, municipality, total"),
        (",appointed,,prefecture,35,,,,,第１節,", "table is empty"),
        ("fig-01,appointed,,prefecture,35,,,,,,", "source is empty"),
        ("fig-01,appointed,,prefecture,35", "not 11 values"),
        (GOOD + ",", "not 11 values"),
        (GOOD.replace("35", "36"), "duplicate key fig-01,appointed,,prefecture"),
        ('"fig-01"x,appointed,,prefecture,35,,,,,第１節,', "',' expected after '\"'"),
    ],
)
def test_reader_refuses_a_bad_line(tmp_path: Path, line: str, fault: str) -> None:
    path = written(tmp_path, GOOD, line)

    with pytest.raises(BadFile) as refusal:
        load(path)

    assert str(refusal.value).startswith(f"{path}:3: {fault}")


def test_reader_lists_every_fault(tmp_path: Path) -> None:
    path = written(tmp_path, "fig-01,appointed,,city,x,,,1,,第１節,", GOOD, GOOD)

    with pytest.raises(BadFile) as refusal:
        load_series(path)

    assert [line.removeprefix(f"{path}:").split(" ")[0] for line in str(refusal.value).splitlines()] == [
        "2:",
        "2:",
        "2:",
        "4:",
    ]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (HEADER.removesuffix(",note"), "missing column note"),
        (HEADER + ",year", "unknown column year"),
        (HEADER + ",row", "column row twice"),
        ("", "missing column table"),
    ],
)
def test_reader_refuses_bad_columns(tmp_path: Path, header: str, fault: str) -> None:
    path = written(tmp_path, GOOD, header=header)

    with pytest.raises(BadFile) as refusal:
        load(path)

    assert f"{path}:1: {fault}" in str(refusal.value).splitlines()


def test_reader_refuses_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_bytes(f"{HEADER}\n{GOOD}\n".encode("cp932"))

    with pytest.raises(BadFile, match="numbers.csv:2: not UTF-8"):
        load(path)


# Rounding


@pytest.mark.parametrize(
    ("count", "base", "expected"),
    [
        (1, 8, "12.5"),
        (1, 16, "6.3"),  # 6.25: half up, not to even
        (1, 2000, "0.1"),  # 0.05
        (999, 2000, "50.0"),  # 49.95
        (345, 1741, "19.8"),
        (0, 47, "0.0"),
        (47, 47, "100.0"),
    ],
)
def test_percent_is_exact_and_half_up(count: int, base: int, expected: str) -> None:
    assert str(percent(count, base)) == expected


def test_percent_of_nobody_is_no_value() -> None:
    assert percent(0, 0) is None
