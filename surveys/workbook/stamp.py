"""For whom a workbook was made, from which questionnaire and from which answers. Pure.

It stands on a hidden sheet as JSON with its own check value, and does for an upload what the hidden fields do for the
form: it tells what this person changed, and which version of each section they saw. It protects against accidents,
not against intent; whoever may upload may also answer.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from surveys.answers import canonical, fingerprint

FORMAT = 1
SHEET = "stamp"


class Damaged(ValueError):
    """A stamp that is not as it was written."""


class Owner(NamedTuple):
    """Whose answers a workbook holds and may change: those of a body in the round of a year."""

    year: int
    body: str
    name: str
    kind: str
    checksum: str


@dataclass(frozen=True)
class Stamp:
    """`versions`: of each section; `fingerprints`: of the answer to each question as reading the workbook unchanged
    would give it."""

    year: int
    body: str
    name: str
    kind: str
    language: str
    checksum: str
    versions: Mapping[str, int]
    fingerprints: Mapping[str, str]
    format: int = FORMAT


def to_text(stamp: Stamp) -> str:
    content = asdict(stamp)
    return canonical({"check": fingerprint(content), "content": content})


def from_text(text: Any) -> Stamp:
    """The stamp, or one of a later format with what is known of it. Raises Damaged."""
    try:
        found = json.loads(text)
        content = found["content"]
        if found["check"] != fingerprint(content):
            raise Damaged
        return _of_this_format(content) if content["format"] == FORMAT else _of_another(content["format"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged from error


def _of_this_format(content: dict[str, Any]) -> Stamp:
    found = Stamp(**content)
    numbers = (found.year, *found.versions.values())
    if not all(isinstance(number, int) for number in numbers) or not isinstance(found.fingerprints, dict):
        raise Damaged
    return found


def _of_another(number: int) -> Stamp:
    return Stamp(0, "", "", "", "", "", {}, {}, number)
