"""What a table of populations says about the bodies of the register. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from surveys.population_file import Row

NATION = "00"


class Census(NamedTuple):
    """`values`: the population by 6-digit code of each municipality of the register that has one in the table.
    `differing`: rows of prefectures that are not the sum of these. `unknown`: rows of areas that are not in the
    register. `parts`: how many rows of the nation and of wards of cities were left out."""

    values: dict[str, int]
    differing: list[tuple[Row, int]]
    unknown: list[Row]
    parts: int


def census(rows: Iterable[Row], municipalities: Iterable[str]) -> Census:
    """Sort the rows of a table; `municipalities` are the 6-digit codes of the register."""
    known = {code[:5]: code for code in municipalities}
    values: dict[str, int] = {}
    prefectures, unknown, parts = [], [], 0
    for row in rows:
        if row.code in known:
            values |= {} if row.value is None else {known[row.code]: row.value}
        elif row.code.startswith(NATION) or row.code[2] == "1":
            parts += 1
        elif row.code.endswith("000"):
            prefectures.append(row)
        else:
            unknown.append(row)
    return Census(values, list(_differing(prefectures, values)), unknown, parts)


def _differing(prefectures: Iterable[Row], values: Mapping[str, int]) -> Iterator[tuple[Row, int]]:
    for row in prefectures:
        total = sum(value for code, value in values.items() if code[:2] == row.code[:2])
        if row.value is not None and row.value != total:
            yield row, total
