"""The shapes of what the API answers."""

from datetime import date, datetime
from typing import Generic, TypeVar

from ninja import Field, Schema

Item = TypeVar("Item")


class Label(Schema):
    """A text in Japanese and English."""

    ja: str
    en: str


class LicenceOut(Schema):
    name: str
    title: Label
    path: str


class Index(Schema):
    """Where to begin."""

    rounds: str = Field(description="address of the rounds and their editions")
    openapi: str = Field(description="address of the description of this API")
    licences: list[LicenceOut]


class EditionOut(Schema):
    """One published edition. It never changes, but for what may be public of single bodies."""

    edition: str = Field(description="its name in addresses: 2020-r1")
    published_at: datetime
    run: str
    fingerprint: str = Field(description="SHA-256 over all answers counted")
    responses: int = Field(description="bodies counted")
    synthetic: bool = Field(description="whether its numbers are made up, for trying")
    latest: bool
    citation: str
    tables: str = Field(description="address of its tables")


class Round(Schema):
    year: int
    title: Label
    reference_date: date
    editions: list[EditionOut]


class Page(Schema, Generic[Item]):
    """A part of a list. `next` is the address of the part after it, if there is one."""

    count: int = Field(description="how many there are in all")
    next: str | None
    items: list[Item]


class TableHead(Schema):
    id: str
    number: Label | None
    title: Label
    heading: Label
    chapter: str
    individual: bool = Field(description="whether the answers of single bodies behind it are public")
    url: str


class Coded(Schema):
    code: str
    label: Label


class Group(Schema):
    breakdown: str
    code: str
    label: Label


class TableOut(TableHead):
    """What a table is made of; its numbers are cells."""

    kind: str
    rows: list[Coded]
    columns: list[Coded]
    groups: list[Group]
    notes: list[Label]
    cells: str = Field(description="address of its cells")


class CellOut(Schema):
    """One number with the base it stands on. What does not exist is null, never 0."""

    table: str
    row: str
    column: str
    breakdown: str
    group: str
    bodies: int | None = Field(description="bodies of the group that the table concerns")
    responded: int | None = Field(description="bodies of them that are counted")
    base: int | None = Field(description="bodies of them that were asked")
    count: int | None
    percent: float | None = Field(description="count × 100 ÷ base, to one place")
    value: int | None
    unit: Label | None
    note: Label | None


class BodyOut(Schema):
    """A body as it was on the reference date of the round."""

    code: str
    name: str
    kind: str
    prefecture: str = Field(description="2-digit code")
    state: str = Field(description="answered or no_response")
    answers: str = Field(description="address of its public answers")


class Datum(Schema):
    """One value of an answer; `label` says what a code means, and is null for a number."""

    row: str
    column: str
    value: str | int
    label: Label | None


class QuestionAnswer(Schema):
    """What a body answered to a question. Without data, `state` says which kind of empty it is."""

    question: str
    part: str = Field(description="the part of a table that is asked in parts; else the question itself")
    title: Label
    state: str
    data: list[Datum]


class BodyAnswer(Schema):
    """What the body answered to the question that was asked for."""

    body: str
    part: str
    state: str
    data: list[Datum]


class Problem(Schema):
    """Why there is no answer, and what to do."""

    message: Label
    parameters: list[str] = Field(description="what is wrong in the address, one line for each parameter")
