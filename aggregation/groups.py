"""The groups of bodies that tables are broken down by, and their labels. Pure.

A set of bodies is an int: bit i stands for the i-th body of the run. Its size is `int.bit_count`, an intersection is
`&`; with that, counting a cell in all groups costs next to nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

from aggregation.tables import NATIONAL, TOTAL, BodyRow
from surveys.bands import BAND_LABELS, band
from surveys.questionnaire import MUNICIPALITY, PREFECTURE, Text, tier

KIND, POPULATION_BAND = "kind", "population_band"
KIND_AND_BAND = "kind_and_band"  # the peers of a municipality; no published table is broken down by it
ONE = ord("1")
_FLAGS = bytes.maketrans(b"01", b"\0\1")
SMALLEST = 5  # counted bodies: with fewer, the numbers of a kind and band would say too much of each of them

NATIONAL_LABELS = {
    PREFECTURE: Text("都道府県", "Prefectures"),
    MUNICIPALITY: Text("市区町村", "Municipalities"),
    TOTAL: Text("総数", "Total"),
}
KIND_LABELS = {
    "designated_city": Text("指定都市", "Designated cities"),
    "core_city": Text("中核市", "Core cities"),
    "special_city": Text("施行時特例市", "Special cities at the time of enforcement"),
    "city": Text("一般市", "Other cities"),
    "special_ward": Text("特別区", "Special wards"),
    "town": Text("町", "Towns"),
    "village": Text("村", "Villages"),
}
SAME_KIND_AND_SIZE = Text("同じ種類・規模", "Same kind and size")

# ISO 3166-2:JP, in the order of the 2-digit codes 01 to 47; the Japanese names come from the register.
_ROMANISED = """
Hokkaido Aomori Iwate Miyagi Akita Yamagata Fukushima Ibaraki Tochigi Gunma Saitama Chiba Tokyo Kanagawa Niigata
Toyama Ishikawa Fukui Yamanashi Nagano Gifu Shizuoka Aichi Mie Shiga Kyoto Osaka Hyogo Nara Wakayama Tottori Shimane
Okayama Hiroshima Yamaguchi Tokushima Kagawa Ehime Kochi Fukuoka Saga Nagasaki Kumamoto Oita Miyazaki Kagoshima Okinawa
"""
PREFECTURES_IN_ENGLISH = {f"{number:02}": name for number, name in enumerate(_ROMANISED.split(), 1)}


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a breakdown: the set of its bodies, how many they are, and how many of them are counted."""

    breakdown: str
    code: str
    label: Text
    members: int
    bodies: int
    responded: int


def sets_of(values: Sequence[Hashable]) -> dict[Hashable, int]:
    """For each value the set of the bodies that have it; `values`: one for each body in order.

    As in `aggregation.collect`, a set is filled as digits: setting bits of an int one by one makes a new int each time.
    """
    last, digits = len(values), defaultdict[Hashable, bytearray](lambda: bytearray(b"0" * (len(values) + 1)))
    for index, value in enumerate(values):
        digits[value][last - index] = ONE
    return {value: int(own, 2) for value, own in digits.items()}


def flags(members: int, size: int) -> bytes:
    """A set as a 1 or 0 for each of `size` bodies in order: to look at many of them, much quicker than by shifting."""
    return f"{members:0{size}b}".encode()[::-1].translate(_FLAGS)


def pick(values: Iterable[int], members: int) -> Iterator[int]:
    """The values, one for each body in order, of the bodies in a set."""
    return compress(values, flags(members, 0))


def kind_and_band(kind: str, population: int | None) -> str:
    """The code of the bodies of the same kind and size: city:50k-100k. Empty where there is no such group."""
    return f"{kind}:{band(population)}" if kind in KIND_LABELS and population is not None else ""


def label(group: str) -> Text:
    """The name of a national group, of a kind, or of a kind and band."""
    kind, _, own = group.partition(":")
    found = KIND_LABELS.get(kind) or NATIONAL_LABELS[kind]
    if not own:
        return found
    size = BAND_LABELS[own]
    return Text(f"人口{size.ja}の{found.ja}", f"{found.en} with {size.en[0].lower()}{size.en[1:]}")


def short_label(group: str) -> Text:
    """The name of a group where there is little room and the peers are named elsewhere."""
    return SAME_KIND_AND_SIZE if ":" in group else label(group)


class Grouping:
    """All groups of a run's bodies, in the order of the contract. A group without bodies does not exist."""

    def __init__(self, bodies: Sequence[BodyRow]) -> None:
        self.bodies = bodies
        self.counted = self.where(body.answers is not None for body in bodies)
        self._by_sides: dict[frozenset[str], tuple[Group, ...]] = {}

    @cached_property
    def tiers(self) -> dict[str, int]:
        """The bodies of each side: prefectures and municipalities."""
        return {
            side: self.where(tier(body.kind) == side for body in self.bodies) for side in (PREFECTURE, MUNICIPALITY)
        }

    def members(self, sides: Iterable[str]) -> int:
        """The bodies of some sides together."""
        found = 0
        for side in sides:
            found |= self.tiers[side]
        return found

    def of(self, sides: frozenset[str]) -> tuple[Group, ...]:
        """The groups of a table that is asked of these sides: a side that is not asked has none."""
        if sides not in self._by_sides:
            groups = self.national(sides)
            if MUNICIPALITY in sides:
                groups += [*self._kinds(), *self._prefectures(), *self._bands()]
            self._by_sides[sides] = tuple(group for group in groups if group.bodies)
        return self._by_sides[sides]

    def national(self, sides: frozenset[str]) -> list[Group]:
        """Prefectures and municipalities as asked, and both together where both are asked."""
        asked = [side for side in (PREFECTURE, MUNICIPALITY) if side in sides]
        found = [self._group(NATIONAL, side, NATIONAL_LABELS[side], self.tiers[side]) for side in asked]
        if len(asked) > 1:
            found.append(self.total(sides))
        return [group for group in found if group.bodies]

    def total(self, sides: frozenset[str]) -> Group:
        """All bodies that a table concerns."""
        return self._group(NATIONAL, TOTAL, NATIONAL_LABELS[TOTAL], self.members(sides))

    def _kinds(self) -> list[Group]:
        own = sets_of([body.kind for body in self.bodies])
        return [self._group(KIND, code, label, own.get(code, 0)) for code, label in KIND_LABELS.items()]

    def _prefectures(self) -> list[Group]:
        names = {body.prefecture: body.name for body in self.bodies if tier(body.kind) == PREFECTURE}
        own, found = sets_of([body.prefecture for body in self.bodies]), []
        for code in sorted({body.prefecture for body in self.bodies}):
            name = names.get(code, code)
            label = Text(name, PREFECTURES_IN_ENGLISH.get(code, name))
            found.append(self._group(PREFECTURE, code, label, own[code] & self.tiers[MUNICIPALITY]))
        return found

    def _bands(self) -> list[Group]:
        """Municipalities by population; those without a registered population are in no band."""
        own = sets_of([None if body.population is None else band(body.population) for body in self.bodies])
        within = {code: own.get(code, 0) & self.tiers[MUNICIPALITY] for code in BAND_LABELS}
        return [self._group(POPULATION_BAND, code, label, within[code]) for code, label in BAND_LABELS.items()]

    def where(self, tests: Iterable[bool]) -> int:
        """The bodies for which a test, one for each body in order, holds."""
        return sets_of([*tests]).get(True, 0)

    def _group(self, breakdown: str, code: str, label: Text, members: int) -> Group:
        responded = (members & self.counted).bit_count()
        return Group(breakdown, code, label, members, members.bit_count(), responded)


class OnlyNational(Grouping):
    """Only prefectures, municipalities and both: where some bodies are looked at apart."""

    def of(self, sides: frozenset[str]) -> tuple[Group, ...]:
        return tuple(self.national(sides))


class ByKindAndBand(Grouping):
    """Only the kinds of municipalities divided by population, where enough bodies are counted."""

    def of(self, sides: frozenset[str]) -> tuple[Group, ...]:
        return self.groups if MUNICIPALITY in sides else ()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        codes = [kind_and_band(body.kind, body.population) for body in self.bodies]
        own = sets_of(codes)
        found = (self._group(KIND_AND_BAND, code, label(code), own[code]) for code in sorted(set(codes) - {""}))
        return tuple(group for group in found if group.responded >= SMALLEST)
