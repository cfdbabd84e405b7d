"""What people type into the sections of the questionnaire, and which answers it makes. Pure."""

from collections.abc import Collection
from typing import Any

from surveys import answers as a
from surveys import places
from surveys.questionnaire import Section
from tests.faults.client import Fields
from tests.faults.world import KIND


def typed(question: str, number: int) -> Fields:
    """The fields of a question, filled in. Most bear the number, so that no other save has the same value."""
    text = [f"第{number}"]
    known: dict[str, Fields] = {
        "cio": {"cio": ["yes"]},
        "post": {"post": ["other"], "post|other|other_text": text},
        "days": {"days|month": ["9"], "days|office": ["3"]},
        "staff": {
            "staff|own": [str(number % 10_000)],
            "staff|outside": [str(number // 10_000)],
            "staff|resident": ["0"],
        },
        "training": {"training": ["course", "other"], "training|other|other_text": text},
        "state": {
            "state|register": ["done"],
            "state|tax": ["planned"],
            "state|other": ["done"],
            "state|other|other_text": text,
        },
        "history": {"history": ["cloud"]},
        "cause": {"cause": ["cost"]},
        "shared": {"shared|bidding": ["used"], "shared|other": ["used"], "shared|other|other_text": text},
        "use-school": {
            "use-school|lending|exists": ["yes"],
            "use-school|lending|online": ["done"],
            "use-school|lending|total": [str(number)],
            "use-school|lending|online_count": ["0"],
            "use-school|booking|exists": ["no"],
        },
    }
    return known[question]


MARKED = frozenset({"post", "staff", "training", "state", "shared", "use-school"})


def on_page(section: Section, fields: Fields) -> list[str]:
    return [question.id for question in section.questions if f"seen|{question.id}" in fields]


def is_empty(section: Section, id: str, fields: Fields) -> bool:
    """Whether nothing is typed in the controls of a question."""
    names = places.fields(section.question_by_id[id], KIND)
    return not any(value for name in names for value in fields.get(name, ()))


def type_in(section: Section, ids: Collection[str], number: int, fields: Fields) -> dict[str, Any]:
    """Fill in questions on a page; returns the answers that this makes."""
    found = {}
    for id in ids:
        question = section.question_by_id[id]
        for name in places.fields(question, KIND):
            fields.pop(name, None)
        fields.update(typed(id, number))
        data = [
            a.Datum(row, column, value)
            for name, (row, column) in places.fields(question, KIND).items()
            for value in fields.get(name, ())
        ]
        found[id], faults = a.read(question, KIND, data)
        assert not faults, faults
    return found
