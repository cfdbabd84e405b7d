"""From a document to a Questionnaire, naming every fault by file, place and what is wrong. Pure."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, get_args, get_origin

from surveys import questionnaire as q
from surveys.rules import CHECKS, GATES
from surveys.soft_definition import faults as soft_faults

KINDS = ("single-choice", "multiple-choice", "matrix", "tick-matrix", "matrix-integer", "procedures")
SOURCES = ("report-2020", "report-other-year", "web-page", "domain-knowledge", "ministry")
RESPONDENTS = (q.BOTH, q.PREFECTURE, q.MUNICIPALITY)
CODE = re.compile(r"[a-z0-9][a-z0-9_-]*")
PROCEDURE_COLUMNS = ("exists", "online", "total", "online_count")


class Reader:
    """Builds dataclasses from parsed TOML and collects faults instead of stopping at the first."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")

    def build(self, cls: Any, data: Any, where: str) -> Any:
        """An instance of a dataclass of `surveys.questionnaire`, or None when `data` does not fit it."""
        if not isinstance(data, dict):
            return self.fault(where, f"a table of {cls.__name__} is expected")
        names = {entry.metadata.get("key", entry.name): entry for entry in dataclasses.fields(cls)}
        for key in data.keys() - names.keys():
            self.fault(where, f"unknown key {key!r}")
        values: dict[str, Any] = {}
        before = len(self.faults)
        for key, entry in names.items():
            if key in data:
                values[entry.name] = self.value(entry.type, data[key], f"{where}: {key}")
            elif entry.default is dataclasses.MISSING:
                self.fault(where, f"key {key!r} is missing")
        return cls(**values) if len(self.faults) == before else None

    def value(self, kind: Any, data: Any, where: str) -> Any:
        """`data` read as the annotated type of a field."""
        if isinstance(kind, UnionType):
            kind = get_args(kind)[0]
        if get_origin(kind) is tuple:
            return self.sequence(get_args(kind)[0], data, where)
        if kind is q.Text or kind is q.Sentence:
            return self.text(kind, data, where)
        if dataclasses.is_dataclass(kind):
            return self.build(kind, data, where)
        if type(data) is not kind or data == "":
            return self.fault(where, f"{kind.__name__} is expected, not {data!r}")
        return data

    def sequence(self, kind: Any, data: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(data, list):
            self.fault(where, "a list is expected")
            return ()
        names = (item.get("code", item.get("id", "")) if isinstance(item, dict) else "" for item in data)
        places = (f"{where} {name or position}" for position, name in enumerate(names, 1))
        return tuple(self.value(kind, item, place) for item, place in zip(data, places, strict=True))

    def text(self, kind: type[q.Text], data: Any, where: str) -> q.Text:
        given = data if isinstance(data, dict) else {}
        for language in ("ja", "en"):
            if not isinstance(given.get(language), str) or not given[language].strip():
                self.fault(where, f"the {language} text is missing")
            elif kind is q.Text and "{" in given[language]:
                self.fault(where, f"unknown year word in {given[language]!r}")
        for key in given.keys() - {"ja", "en"}:
            self.fault(where, f"unknown key {key!r}")
        return kind(str(given.get("ja", "")), str(given.get("en", "")))


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _codes(question: q.Question) -> Iterator[str]:
    for name, entries in (("option", question.options), ("row", question.rows), ("column", question.columns)):
        codes = [entry.code for entry in entries]
        yield from (f"{name} {code!r} is there twice" for code in _repeated(codes))
        yield from (f"{name} code {code!r}: only a-z, 0-9, _ and -" for code in codes if not CODE.fullmatch(code))
        for entry in entries:
            if entry.source not in SOURCES:
                yield f"{name} {entry.code!r}: source {entry.source!r} is not one of {', '.join(SOURCES)}"
    if question.example and question.example.source not in SOURCES:
        yield f"example: source {question.example.source!r} is not one of {', '.join(SOURCES)}"


def _shape(question: q.Question) -> Iterator[str]:
    """What a question of its kind needs and may not have."""
    if question.kind not in KINDS:
        yield f"kind {question.kind!r} is not one of {', '.join(KINDS)}"
    if question.respondents not in RESPONDENTS:
        yield f"respondents {question.respondents!r} is not one of {', '.join(RESPONDENTS)}"
    choice = question.kind in ("single-choice", "multiple-choice")
    if choice and (not question.options or question.rows or question.columns):
        yield "options are needed, and neither rows nor columns"
    if not choice and (question.options or not question.rows or not question.columns):
        yield "rows and columns are needed, and no options"
    if question.kind in ("matrix-integer", "procedures") and question.maximum is None:
        yield "maximum is missing"
    if question.kind == "matrix-integer" and [column.code for column in question.columns] != ["count"]:
        yield "the only column is `count`"
    if question.kind == "tick-matrix" and len(question.columns) != 1:
        yield "a tick matrix has one column"
    if question.kind == "procedures" and [column.code for column in question.columns] != list(PROCEDURE_COLUMNS):
        yield f"the columns are {', '.join(PROCEDURE_COLUMNS)}"
    if not question.asked_of(q.PREFECTURE) and not question.asked_of("city"):
        yield "no body is asked"


def _exclusive(question: q.Question) -> Iterator[str]:
    entries: tuple[q.Option | q.Row, ...] = (*question.options, *question.rows)
    if question.kind not in ("multiple-choice", "tick-matrix"):
        if any(entry.exclusive for entry in entries):
            yield "only a multiple choice or a tick matrix has an exclusive option"
    elif question.gate is None and not any(entry.exclusive for entry in entries):
        yield "asked of every body, so an exclusive option (none of these) is needed"


def _references(question: q.Question) -> Iterator[str]:
    """Names inside the question: computed rows, checks, favourable codes."""
    rows = question.row_by_code
    for row in question.rows:
        if row.respondents not in RESPONDENTS:
            yield f"row {row.code!r}: respondents {row.respondents!r} is not one of {', '.join(RESPONDENTS)}"
        if row.computed and question.kind != "matrix-integer":
            yield f"row {row.code!r}: computed rows are for matrix-integer"
        yield from (f"row {row.code!r}: unknown row {code!r} in computed" for code in row.computed if code not in rows)
    if _computed_cycle(question):
        yield "computed rows refer to each other in a circle"
    operands = rows if question.kind == "matrix-integer" else question.column_by_code
    for check in question.checks:
        if check.operator not in CHECKS:
            yield f"check operator {check.operator!r} is not one of {', '.join(sorted(CHECKS))}"
        yield from (f"check: unknown {code!r}" for code in (check.left, check.right) if code not in operands)
    known = question.option_by_code or question.column_by_code
    yield from (f"favourable: unknown {code!r}" for code in question.favourable if code not in known)


def _computed_cycle(question: q.Question) -> bool:
    open_rows = {row.code: set(row.computed) for row in question.rows if row.computed}
    while ready := [code for code, parts in open_rows.items() if not parts & open_rows.keys()]:
        for code in ready:
            del open_rows[code]
    return bool(open_rows)


def _gate(question: q.Question, section: q.Section, everywhere: dict[str, str]) -> Iterator[str]:
    """A gate looks only at earlier questions of its own section, so that it can neither dangle nor go in a circle."""
    if (gate := question.gate) is None:
        return
    if gate.operator not in GATES:
        yield f"gate operator {gate.operator!r} is not one of {', '.join(sorted(GATES))}"
        return
    order = [entry.id for entry in section.questions]
    for id in gate.questions:
        if id not in everywhere:
            yield f"gate: there is no question {id!r}"
        elif everywhere[id] != section.id:
            yield f"gate: {id!r} is in another section ({everywhere[id]}); a gate looks only at its own section"
        elif order.index(id) >= order.index(question.id):
            yield f"gate: {id!r} does not come before this question, so the gates would go in a circle"
        else:
            yield from _gate_values(gate, section.question_by_id[id])


def _gate_values(gate: q.Gate, target: q.Question) -> Iterator[str]:
    kinds = GATES[gate.operator].kinds
    if target.kind not in kinds:
        yield f"gate: {gate.operator} looks at {' or '.join(kinds)}; {target.id!r} is {target.kind}"
        return
    known = target.option_by_code or target.column_by_code
    yield from (f"gate: {target.id!r} has no {value!r}" for value in gate.values if value not in known)


_RULES: tuple[Callable[[q.Question], Iterator[str]], ...] = (_codes, _shape, _exclusive, _references)


def _validate(found: q.Questionnaire, files: dict[str, str], reader: Reader) -> None:
    """Second pass: rules between and inside questions, once every file could be read."""
    all_ids = [question.id for section in found.sections for question in section.questions]
    everywhere = {question.id: section.id for section in found.sections for question in section.questions}
    chapters = {chapter.number for chapter in found.chapters}
    for id in _repeated([section.id for section in found.sections]):
        reader.fault(files[id], f"section id {id!r} is there twice")
    for section in found.sections:
        if section.chapter not in chapters:
            reader.fault(files[section.id], f"there is no chapter {section.chapter!r}")
        for question in section.questions:
            where = f"{files[section.id]}: {question.id}"
            if all_ids.count(question.id) > 1:
                reader.fault(where, "this question id is there twice")
            for rule in _RULES:
                for what in rule(question):
                    reader.fault(where, what)
            for what in _gate(question, section, everywhere):
                reader.fault(where, what)
            for term in set(question.terms) - found.term_by_id.keys():
                reader.fault(where, f"there is no term {term!r} in the glossary")
    _validate_parts(found, reader)
    _validate_soft_checks(found, files, reader)
    for id in _repeated([*found.parts, *(derived.id for derived in found.derived)]):
        reader.fault(f"questionnaire.toml: derived {id}", "this id is there twice")


def _validate_parts(found: q.Questionnaire, reader: Reader) -> None:
    """A row belongs to one part only, since files name it by the table's id."""
    for public_id, questions in found.parts.items():
        if len(questions) == 1:
            continue
        for code in _repeated([row.code for question in questions for row in question.rows]):
            reader.fault(public_id, f"row {code!r} stands in two parts")
        if any(not question.part_of for question in questions):
            reader.fault(public_id, "is both a question and a table asked in parts")


def _validate_soft_checks(found: q.Questionnaire, files: dict[str, str], reader: Reader) -> None:
    """What a section file holds is about that section; what is between sections stands in questionnaire.toml."""
    for id in _repeated([check.id for check in found.all_soft_checks]):
        reader.fault(f"soft {id}", "this id is there twice")
    for section in found.sections:
        for check in section.soft_checks:
            for what in soft_faults(check, found, section):
                reader.fault(f"{files[section.id]}: soft {check.id}", what)
    for check in found.soft_checks:
        for what in soft_faults(check, found, None):
            reader.fault(f"questionnaire.toml: soft {check.id}", what)


def parse(document: q.Document) -> q.Questionnaire:
    """The Questionnaire of a document.

    Raises DefinitionError with every fault found: unknown or missing key, missing translation, duplicate id,
    dangling or cross-section gate, unknown operator, a multiple choice asked of all without an exclusive option.
    """
    reader = Reader()
    head = document.get("questionnaire.toml", {})
    names = sorted(document.keys() - {"questionnaire.toml", "glossary.toml"})
    chapters = reader.sequence(q.Chapter, head.get("chapter", []), "questionnaire.toml: chapter")
    derived = reader.sequence(q.Derived, head.get("derived", []), "questionnaire.toml: derived")
    terms = reader.sequence(q.Term, document.get("glossary.toml", {}).get("term", []), "glossary.toml: term")
    soft_checks = reader.sequence(q.SoftCheck, head.get("soft", []), "questionnaire.toml: soft")
    title = reader.text(q.Text, head.get("title"), "questionnaire.toml: title")
    for key in head.keys() - {"year", "title", "chapter", "derived", "soft"}:
        reader.fault("questionnaire.toml", f"unknown key {key!r}")
    sections = [reader.build(q.Section, document[name], name) for name in names]
    if not sections:
        reader.fault("questionnaire.toml", "there is no section file beside it")
    if reader.faults:
        raise q.DefinitionError(reader.faults)
    found = q.Questionnaire(head["year"], title, chapters, terms, tuple(sections), derived, soft_checks)
    _validate(found, {section.id: name for section, name in zip(sections, names, strict=True)}, reader)
    if reader.faults:
        raise q.DefinitionError(reader.faults)
    return found
