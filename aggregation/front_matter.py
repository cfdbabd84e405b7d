"""What stands before and after the tables of the report: introduction and chronology, read from data. Pure."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from aggregation.fact_words import LANGUAGES
from surveys.definition import Reader
from surveys.questionnaire import DefinitionError, Text

DATA = Path(__file__).parent / "data"
COLUMNS = ("bureau", "government")
HEISEI_BEFORE = 1988  # 平成元年 is 1989; 令和元年 is 2019, from May


@dataclass(frozen=True)
class Block:
    """A part of the introduction that the ministry may change; a paragraph a line of its text."""

    id: str
    heading: Text
    text: Text

    @property
    def paragraphs(self) -> list[Text]:
        """The paragraphs of both languages side by side; where one language has fewer, its place is empty."""
        both = zip_longest(
            *(self.text.in_language(language).strip().split("\n") for language in LANGUAGES), fillvalue=""
        )
        return [Text(*each) for each in both]


@dataclass(frozen=True)
class Entry:
    """An entry of the chronology; `month` is 0 where it is not known, `evidence` says what else is not certain."""

    year: int
    column: str
    text: Text
    month: int = 0
    evidence: str = ""


@dataclass(frozen=True)
class _Introduction:
    blocks: tuple[Block, ...] = field(default=(), metadata={"key": "block"})


@dataclass(frozen=True)
class _Chronology:
    entries: tuple[Entry, ...] = field(default=(), metadata={"key": "entry"})


@dataclass(frozen=True)
class Year:
    """A year of the chronology: its entries on either side, those of the ministry's bureau and of the government."""

    number: int
    bureau: tuple[Entry, ...]
    government: tuple[Entry, ...]

    @property
    def name(self) -> Text:
        """平成13年, 2001. The year 2019 has two names."""
        return Text(_era(self.number), str(self.number))


def _era(year: int) -> str:
    if year == 2019:
        return "平成31年・令和元年"
    return f"令和{year - 2018}年" if year > 2019 else f"平成{year - HEISEI_BEFORE}年"


@cache
def introduction() -> tuple[Block, ...]:
    """The blocks that are shipped."""
    found: _Introduction = _read(_Introduction, DATA / "introduction.toml")
    return found.blocks


@cache
def chronology() -> tuple[Year, ...]:
    """The years that are shipped, in order, the entries of each month in their order."""
    found: _Chronology = _read(_Chronology, DATA / "chronology.toml")
    return tuple(_years(found.entries))


def _years(entries: Sequence[Entry]) -> Iterator[Year]:
    for year, own in groupby(sorted(entries, key=lambda entry: entry.year), key=lambda entry: entry.year):
        kept = list(own)
        bureau, government = (tuple(entry for entry in kept if entry.column == column) for column in COLUMNS)
        yield Year(year, bureau, government)


def _read(kind: Any, path: Path) -> Any:
    """Raises DefinitionError with every fault."""
    reader = Reader()
    found = reader.build(kind, tomllib.loads(path.read_text("utf-8")), path.name)
    for entry in getattr(found, "entries", ()):
        if entry is not None and (entry.column not in COLUMNS or not 0 <= entry.month <= 12):
            reader.fault(f"{path.name}: {entry.text.ja}", f"column is one of {', '.join(COLUMNS)}, month 1 to 12")
    if reader.faults:
        raise DefinitionError(reader.faults)
    return found
