"""Small questionnaires and random bodies for the tests of tables."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from aggregation.tables import PROCEDURE_COLUMNS, BodyRow, Named, Table, TableSpec
from aggregation.tabulate import build_all
from surveys.definition import parse
from surveys.questionnaire import Questionnaire, Text, read_folder
from tests.random_answers import complete_answers

QUESTIONNAIRES = Path(__file__).parents[1] / "data" / "questionnaires"
SHIPPED = Path(__file__).parents[2] / "surveys" / "questionnaires" / "2020"
ONE_FEATURE = ("single", "multiple", "matrix", "ticks", "integers", "procedures", "gates")
KINDS = ("prefecture", "designated_city", "core_city", "special_city", "city", "special_ward", "town", "village")
POPULATIONS = (None, 0, 1, 4_999, 5_000, 9_999, 10_000, 30_000, 50_000, 100_000, 299_999, 300_000)
PROCEDURES = TableSpec(
    "procedures",
    rows=(Named("g1", Text("くらし", "Living")), Named("all", Text("全手続", "All"))),
    columns=tuple(Named(code, Text(code, code)) for code in PROCEDURE_COLUMNS),
)


@cache
def questionnaire(name: str) -> Questionnaire:
    """A questionnaire of tests/data, or the shipped one ("2020")."""
    return parse(read_folder(SHIPPED if name == "2020" else QUESTIONNAIRES / name, 2020))


def specs(found: Questionnaire) -> list[TableSpec]:
    """Specs that plain ones cannot stand in for."""
    return [PROCEDURES] if "procedures" in found.parts else []


def table(id: str, found: Questionnaire, rows: Sequence[BodyRow], *own: TableSpec) -> Table:
    """One table of a questionnaire, from plain specs and those given."""
    (made,) = (made for made in build_all(found, own, rows, (), 2020) if made.id == id)
    return made


def body(
    code: str,
    kind: str = "city",
    answers: Mapping[str, Any] | None = None,
    population: int | None = None,
    name: str = "",
    synthetic: bool = False,
) -> BodyRow:
    return BodyRow(code, name or f"団体{code}", kind, code[:2], population, answers, synthetic)


@st.composite
def bodies(draw: st.DrawFn, name: str, most: int = 12) -> list[BodyRow]:
    """Bodies of any kind; some have not answered, some have no registered population."""
    found = []
    for number in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(KINDS))
        answers = None
        if draw(st.integers(0, 4)):
            answers = complete_answers(questionnaire(name), kind, Random(draw(st.integers(0, 10_000))))
        code = f"{draw(st.integers(1, 3)):02}{number:04}"
        found.append(body(code, kind, answers, draw(st.sampled_from(POPULATIONS))))
    return found


@cache
def everyone() -> Sequence[BodyRow]:
    """A small country that has answered the shipped questionnaire: two prefectures, each with a body of each kind."""
    rng, found = Random(58), []
    for number in range(16):
        kind = KINDS[number % 8]
        answers = complete_answers(questionnaire("2020"), kind, rng)
        found.append(body(f"{1 + number // 8:02}{number:04}", kind, answers, 4_000 * (number + 1), synthetic=True))
    return found
