"""The report's sentences, written from its tables by templates that are data (`data/narrative.toml`). Pure.

A template names an operator of `FACTS`, which says what of the table is told, and a sentence with the place {facts}.
What does not exist, or may not be public, is not told: its side is left out, and without any side the whole sentence.
A table without templates of its own is told by those of its kind, so that a new question has its text at once.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from aggregation.fact_words import LANGUAGES, TOLD, YEARS
from aggregation.tables import TOTAL, Table
from aggregation.telling import FACTS, SIDES, Fact, Telling, Template
from surveys.definition import Reader
from surveys.questionnaire import DefinitionError, Option, Questionnaire, Row, Sentence, Text

SHIPPED = Path(__file__).parent / "data" / "narrative.toml"
WORDS = ("facts", "row", "column", "fy", "last_fy", "base")


@dataclass(frozen=True)
class Told:
    """The sentences of a table, or of a kind of table; `base` is what stands over a figure that some are asked for."""

    id: str
    base: Sentence | None = None
    sentences: tuple[Template, ...] = field(default=(), metadata={"key": "sentence"})


@dataclass(frozen=True)
class Book:
    """All templates: by table, and by kind of table for the others."""

    tables: Mapping[str, Told]
    kinds: Mapping[str, Told]


def load(path: Path = SHIPPED) -> Book:
    """The templates of a TOML file.

    Raises DefinitionError with every fault: not TOML, unknown or missing key, unknown operator or word, repeated id.
    """
    reader = Reader()
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError([f"{path.name}: not readable as TOML in UTF-8: {error}"]) from error
    for key in data.keys() - {"table", "kind"}:
        reader.fault(path.name, f"unknown key {key!r}")
    found = {name: _by_id(reader, data.get(name), f"{path.name}: {name}") for name in ("table", "kind")}
    if reader.faults:
        raise DefinitionError(reader.faults)
    return Book(found["table"], found["kind"])


def _by_id(reader: Reader, data: object, where: str) -> dict[str, Told]:
    found: dict[str, Told] = {}
    for told in filter(None, reader.sequence(Told, data, where)):
        if told.id in found:
            reader.fault(f"{where} {told.id}", "this id is there twice")
        for number, template in enumerate(told.sentences, 1):
            for what in _faults(template):
                reader.fault(f"{where} {told.id}: sentence {number}", what)
        found[told.id] = told
    return found


def _faults(template: Template) -> Iterator[str]:
    if template.operator not in FACTS:
        yield f"operator {template.operator!r} is not one of {', '.join(sorted(FACTS))}"
    for code in [code for code in template.sides if code not in (*SIDES, TOTAL)]:
        yield f"side {code!r} is not one of {', '.join((*SIDES, TOTAL))}"
    for language in (template.text.ja, template.text.en):
        if "{facts}" not in language:
            yield f"{{facts}} is missing in {language!r}"
        try:
            language.format(**dict.fromkeys(WORDS, ""))
        except (KeyError, IndexError, ValueError):
            yield f"only {', '.join(WORDS)} may stand in braces in {language!r}"


@cache
def shipped() -> Book:
    return load()


def sentences(table: Table, questionnaire: Questionnaire, book: Book | None = None) -> tuple[Text, ...]:
    """What the report says of a table, in Japanese and English."""
    found = book or shipped()
    told = found.tables.get(table.id) or found.kinds.get(table.kind) or Told(table.kind)
    telling = Telling(table, _apart(table, questionnaire))
    made = (_sentence(telling, template, questionnaire.year) for template in told.sentences)
    return tuple(text for text in made if text)


def _apart(table: Table, questionnaire: Questionnaire) -> frozenset[str]:
    found: list[Option | Row] = []
    for part in questionnaire.parts.get(table.id, ()):
        found += [*part.options, *part.rows]
    return frozenset(each.code for each in found if each.exclusive)


def _sentence(telling: Telling, template: Template, year: int) -> Text | None:
    if not {*template.rows} <= telling.labels.keys():
        return None  # a question that has lost this option since
    facts = telling.facts(template)
    if not facts:
        return None
    made = []
    for language in LANGUAGES:
        words = {"fy": YEARS[language](year), "last_fy": YEARS[language](year - 1)}
        words["row"] = "、".join(telling.labels[row].label.in_language(language) for row in template.rows)
        words["column"] = _column(telling, facts[0], language)
        words["facts"] = TOLD[language](template.operator, facts)
        made.append(template.text.in_language(language).format(base="", **words))
    return Text(*made)


def _column(telling: Telling, fact: Fact, language: str) -> str:
    labels = {column.code: column.label for column in telling.table.columns}
    return labels[fact.cell.column].in_language(language) if fact.cell.column else ""
