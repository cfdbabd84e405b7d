"""Populations of bodies. Pure."""

from collections.abc import Iterable, Mapping

from surveys.questionnaire import PREFECTURE


def of_prefectures(municipalities: Iterable[tuple[str, int | None]]) -> dict[str, int | None]:
    """The population of each prefecture: the sum of its municipalities', None if one of them is not registered.

    `municipalities` are (2-digit code of the prefecture, population); a population that a prefecture itself may
    have in the register does not count (contract, "Statistical rules").
    """
    sums: dict[str, int | None] = {}
    for prefecture, population in municipalities:
        before = sums.get(prefecture, 0)
        sums[prefecture] = None if before is None or population is None else before + population
    return sums


def counted(bodies: Iterable[tuple[str, str, str, int | None]]) -> Mapping[str, int | None]:
    """The population that counts for each body, by code. `bodies` are (code, kind, prefecture, registered)."""
    bodies = tuple(bodies)
    sums = of_prefectures((prefecture, own) for _, kind, prefecture, own in bodies if kind != PREFECTURE)
    return {code: sums.get(prefecture) if kind == PREFECTURE else own for code, kind, prefecture, own in bodies}
