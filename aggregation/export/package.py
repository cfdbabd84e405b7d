"""The data package of an edition: what each file and column is, as Frictionless Data Package and Table Schema. Pure.

https://specs.frictionlessdata.io/tabular-data-package/ (version 1, which most programs read)
"""

import io
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from aggregation.export import individual_form as form
from aggregation.export.facts import Facts, citation, kind_of_data
from aggregation.export.individual_form import IndividualFile
from aggregation.export.long_form import COLUMNS
from aggregation.individual import HEAD, STATE, TICKED, UNAVAILABLE, Field, column_name
from surveys.answers_file import SYNTHETIC
from surveys.questionnaire import Text

DATAPACKAGE, TABLES = "datapackage.json", "tables.csv"
FILES = (*form.PARTS, DATAPACKAGE)  # with addresses of their own, beside that of the tables
ARCHIVE = "data.zip"
LICENCES = Path(__file__).parents[1] / "data" / "licence.toml"
TITLES = {
    TABLES: Text("統計表（全ての表、全ての区分）", "All tables with all breakdowns"),
    "answers-codes.csv": Text("個別データ（コード）", "Answers of single bodies, as codes"),
    "answers-labels.csv": Text("個別データ（言葉）", "Answers of single bodies, in words (Japanese)"),
    "answers-states.csv": Text("個別データの回答の状態", "Which kind of empty, or answered, each answer is"),
    "bodies.csv": Text("団体の一覧", "Bodies of the round"),
    "fields.csv": Text("個別データの列の一覧", "What each column of the answers is"),
    "codes.csv": Text("コードの一覧", "Code lists"),
}
INTEGERS = {
    *("year", "bodies", "responded", "count", "base", "value"),
    *("baseline_count", "baseline_base", "baseline_value"),
}
NUMBERS = {"percent", "baseline_percent", "change"}
KEYS: dict[str, tuple[str, ...]] = {
    TABLES: ("table", "row", "column", "breakdown", "group"),
    "answers-codes.csv": ("body",),
    "answers-labels.csv": (form.HEAD_LABELS[2],),
    "answers-states.csv": ("body",),
    "bodies.csv": ("body",),
    "fields.csv": ("field",),
    "codes.csv": ("codes", "code"),
}
TO_BODIES = {name: KEYS[name] for name in KEYS if name.startswith("answers-")}


@dataclass(frozen=True)
class Licence:
    """One licence of published data: a short name, its title, and the address of its text."""

    name: str
    title: Text
    path: str


@cache
def licences() -> tuple[Licence, ...]:
    """Those the ministry has decided on, the first one first."""
    found = tomllib.loads(LICENCES.read_text("utf-8"))["licence"]
    return tuple(Licence(each["name"], Text(**each["title"]), each["path"]) for each in found)


def datapackage(facts: Facts, fingerprint: str, individual: IndividualFile, prefix: str = "") -> dict[str, Any]:
    """The descriptor. `prefix` stands before the names of the files that hold numbers or answers."""
    return {
        "profile": "tabular-data-package",
        "name": f"{prefix}local-digital-survey-{facts.year}-{facts.edition or facts.run}",
        "title": facts.title,
        "description": _description(facts),
        "version": f"{facts.year}-{facts.edition or facts.run}",
        "created": facts.created.isoformat(),
        "licenses": [{"name": each.name, "title": each.title.ja, "path": each.path} for each in licences()],
        "sources": [{"title": citation(facts)}],
        "citation": citation(facts),
        "year": facts.year,
        "edition": facts.edition,
        "run": facts.run,
        "fingerprint": fingerprint,
        "synthetic": facts.origin == SYNTHETIC,
        "resources": [_resource(name, individual, prefix) for name in TITLES],
    }


def file_name(name: str, prefix: str) -> str:
    """How a file is called where the prefix marks what holds numbers or answers."""
    return f"{prefix}{name}" if name == TABLES or name.startswith("answers-") else name


def to_bytes(descriptor: Mapping[str, Any]) -> bytes:
    return json.dumps(descriptor, ensure_ascii=False, indent=1).encode()


def archive(files: Iterable[tuple[str, bytes]], facts: Facts) -> bytes:
    """A ZIP that is the same, byte by byte, for the same files of a run."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as found:
        for name, data in files:
            entry = ZipInfo(name, facts.created.timetuple()[:6])
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, 0o644 << 16, 3
            found.writestr(entry, data)
    return out.getvalue()


def _description(facts: Facts) -> str:
    return (
        f"{facts.words}。データの種類：{kind_of_data(facts)}。存在しない値は空欄です。"
        f"団体が把握していない件数は {UNAVAILABLE} です。回答がないときの理由は answers-states.csv にあります。"
        "「その他」の自由記入と、団体ごとに公表していない問の回答は入っていません。"
    )


def _resource(name: str, individual: IndividualFile, prefix: str) -> dict[str, Any]:
    return {
        "name": name.removesuffix(".csv"),
        "path": file_name(name, prefix),
        "profile": "tabular-data-resource",
        "title": TITLES[name].ja,
        "description": TITLES[name].en,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": _schema(name, individual, prefix),
    }


def _schema(name: str, individual: IndividualFile, prefix: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": list(_fields(name, individual)), "primaryKey": list(KEYS[name])}
    if name.startswith("answers-"):
        schema["missingValues"] = ["", UNAVAILABLE]
        reference = {"resource": "bodies", "fields": "body"}
        schema["foreignKeys"] = [{"fields": TO_BODIES[name][0], "reference": reference}]
    return schema


def _fields(name: str, individual: IndividualFile) -> Iterator[dict[str, Any]]:
    if name == "answers-codes.csv":
        yield from map(_plain, HEAD)
        yield from map(_coded, individual.fields)
    elif name == "answers-labels.csv":
        yield {"name": form.HEAD_LABELS[0], "type": "integer"}
        yield from ({"name": heading, "type": "string"} for heading in form.HEAD_LABELS[1:])
        for field, heading in zip(individual.fields, individual.headings, strict=True):
            yield {"name": heading, "type": "integer" if field.is_number else "string", "title": field.name}
    elif name == "answers-states.csv":
        yield from map(_plain, form.STATES_HEAD)
        states = [code for code, _label in individual.code_lists[STATE]]
        yield from (
            {"name": column_name(each.id), "type": "string", "title": each.title.ja, "constraints": {"enum": states}}
            for each in individual.questions
        )
    else:
        yield from map(_plain, _COLUMNS[name])


def _plain(column: str) -> dict[str, Any]:
    """A column of the long form, or one before the answers, by its name."""
    return {"name": column, "type": "integer" if column in INTEGERS else "number" if column in NUMBERS else "string"}


def _coded(field: Field) -> dict[str, Any]:
    title = {"title": field.heading.ja}
    if field.is_number:
        return {"name": field.name, "type": "integer", **title, "constraints": {"minimum": 0}}
    codes: list[Any] = [code for code, _label in field.choices]
    if field.codes == TICKED:
        return {"name": field.name, "type": "integer", **title, "constraints": {"enum": [0, 1]}}
    return {"name": field.name, "type": "string", **title, "constraints": {"enum": codes}}


_COLUMNS: dict[str, Sequence[str]] = {
    TABLES: COLUMNS,
    "bodies.csv": form.BODY_COLUMNS,
    "fields.csv": form.FIELD_COLUMNS,
    "codes.csv": form.CODE_COLUMNS,
}
