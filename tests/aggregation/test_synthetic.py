"""Synthetic answers: complete by the rules, and the report's numbers and ranks come out of them for any seed."""

import itertools
import random
from collections.abc import Iterator
from functools import cache

import pytest

from aggregation import baseline, compare, populations, report, tables, tabulate
from aggregation.synthetic import Plan, SyntheticBody, generate, load_hints
from aggregation.synthetic.amounts import _online
from aggregation.synthetic.people import apportion, synthetic_population
from aggregation.tables import NATIONAL, BodyRow, Table
from surveys import csv_file
from surveys.management.commands.load_bodies import SHIPPED
from surveys.register_file import REQUIRED
from surveys.rules import all_problems
from tests.factories import questionnaire

SEEDS = (1, 2, 2020)

# Heading of the report, table, side, row, rank: what its text says in words (最も多い, 次いで).
RANKS = [
    ("第２節３(5)", "fig-16", "prefecture", "e_bidding_works", 1),
    ("第２節３(5)", "fig-16", "municipality", "library", 1),
    ("第２節５(1)ウ", "fig-24-1", "prefecture", "agri", 1),
    ("第２節５(1)ウ", "fig-24-2", "municipality", "road", 1),
    ("第３節１(1)", "fig-27", "prefecture", "e_bidding_works", 1),
    ("第３節１(1)", "fig-27", "municipality", "e_bidding_works", 1),
    ("第４節３(3)", "fig-48", "municipality", "backup", 1),
    ("第４節３(3)", "fig-48", "municipality", "access", 2),
]


@cache
def bodies(seed: int) -> tuple[SyntheticBody, ...]:
    rng = random.Random(seed)
    lines = [line.values for line in csv_file.read(SHIPPED.read_bytes(), REQUIRED)]
    registered = [
        (
            line["code"],
            line["kind"],
            line["prefecture_code"],
            None if line["kind"] == "prefecture" else synthetic_population(line["kind"], rng),
        )
        for line in lines
    ]
    counted = populations.counted(registered)
    return tuple(SyntheticBody(code, kind, prefecture, counted[code] or 0) for code, kind, prefecture, _ in registered)


def published() -> baseline.Baseline:
    found = report.published(2020)
    assert found is not None
    return found


@cache
def answers(seed: int) -> dict[str, dict]:
    plan = Plan(questionnaire("2020"), published(), load_hints(report.DATA / "demo-2020.toml"))
    return generate(questionnaire("2020"), bodies(seed), plan, seed)


@cache
def computed(seed: int) -> dict[str, Table]:
    rows = [
        BodyRow(b.code, b.code, b.kind, b.prefecture, b.population, answers(seed)[b.code], True) for b in bodies(seed)
    ]
    made = tabulate.build_all(questionnaire("2020"), report.specs(), rows, report.past(), 2020)
    return {table.id: table for table in made}


def counts(seed: int, table: str, side: str) -> dict[str, int]:
    """The national counts of a table's measures, "none" apart."""
    cells = (cell for cell in computed(seed)[table].cells if (cell.breakdown, cell.group) == (NATIONAL, side))
    return {cell.row: cell.count for cell in cells if cell.count is not None and cell.row != "none"}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_is_complete_by_the_rules(seed: int) -> None:
    incomplete = [
        body.code for body in bodies(seed) if all_problems(questionnaire("2020"), body.kind, answers(seed)[body.code])
    ]
    assert incomplete == [] and len(answers(seed)) == 1788


@pytest.mark.parametrize("seed", SEEDS)
def test_every_published_number_comes_out(seed: int) -> None:
    found = compare.reproduction(list(computed(seed).values()), published())
    assert [str(line) for line in found.numbers if not line.agrees] == []
    assert len(found.numbers) >= 220
    assert found.disagreeing == ("第12図",)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_rank_in_the_text_comes_out(seed: int) -> None:
    for heading, table, side, row, rank in RANKS:
        own = counts(seed, table, side)
        ahead = [code for code, count in own.items() if code != row and count >= own[row]]
        assert len(ahead) == rank - 1, (heading, ahead)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_text_says_of_all_prefectures_comes_out(seed: int) -> None:
    def everywhere(table: str) -> set[str]:
        return {code for code, count in counts(seed, table, "prefecture").items() if count == 47}

    assert everywhere("fig-46") == {"entry_control", "paper", "power_quake"}
    assert "backup" in everywhere("fig-48") and len(everywhere("fig-48")) >= 2
    for side in ("prefecture", "municipality"):
        own = counts(seed, "fig-48", side)
        assert all(own["encrypt"] < count for code, count in own.items() if code != "encrypt")
    written = {code: count for code, count in counts(seed, "fig-41", "prefecture").items() if count}
    assert written == {"public_assistance": 2, "documents": 1}


def test_seeds_differ_and_a_seed_repeats() -> None:
    assert all(answers(a) != answers(b) for a, b in itertools.combinations(SEEDS, 2))
    plan = Plan(questionnaire("2020"), published(), load_hints(report.DATA / "demo-2020.toml"))
    assert generate(questionnaire("2020"), bodies(1), plan, 1) == answers(1)


def test_larger_bodies_have_more_in_place() -> None:
    def share(kind: str) -> float:
        own = [answers(2020)[body.code] for body in bodies(2020) if body.kind == kind]
        return sum(answer["fig-51"]["value"] == "made" for answer in own) / len(own)

    assert share("designated_city") > share("city") > share("village")


def test_apportion_gives_whole_numbers_that_add_up() -> None:
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(0, [5, 1]) == [0, 0]


def test_a_rate_that_no_whole_number_gives_is_refused() -> None:
    assert _online(79, 1.3) == 1
    with pytest.raises(ValueError, match="no whole number"):
        _online(3, 50.0)


def every_note(table: Table) -> Iterator[str]:
    return (cell.note.ja for cell in table.cells if cell.note)


def test_the_procedures_without_cases_say_why() -> None:
    notes = set(every_note(computed(2020)["table-2-1"]))
    assert any("オンライン実施団体なし" in note for note in notes) and any("実績なし" in note for note in notes)


def test_hints_name_only_tables_that_exist() -> None:
    hints = load_hints(report.DATA / "demo-2020.toml")
    named = {table for table, _ in (*hints.below, *hints.above, *hints.others, *hints.reach)}
    assert named <= {spec.id for spec in tables.with_defaults(report.specs(), questionnaire("2020"))}
