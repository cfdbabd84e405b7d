"""Soft checks in a definition: a bad one is refused with file, check and fault."""

import copy
from typing import Any

import pytest

from surveys.definition import parse
from surveys.questionnaire import DefinitionError
from tests.factories import document

PEOPLE, HEAD = "01-people.toml", "questionnaire.toml"
TENFOLD = {"id": "x", "operator": "tenfold", "questions": ["staff"], "least": 1}
GONE = {"id": "x", "operator": "gone", "questions": ["chief"], "was": ["yes"]}
IMPLIES = {
    **{"id": "x", "operator": "implies", "questions": ["measures"], "now": ["drill"]},
    **{"other": "chief", "expected": ["yes"]},
}

BAD: list[tuple[str, dict[str, Any], str]] = [
    (PEOPLE, {**TENFOLD, "operator": "odd"}, "operator 'odd' is not one of gone, implies, outside_peers, tenfold"),
    (PEOPLE, {**TENFOLD, "colour": "red"}, "unknown key 'colour'"),
    (PEOPLE, {**TENFOLD, "questions": []}, "questions is empty"),
    (PEOPLE, {**TENFOLD, "least": 0}, "tenfold needs least"),
    (PEOPLE, {**TENFOLD, "times": 3}, "tenfold does not take times"),
    (PEOPLE, {**TENFOLD, "questions": ["chief"]}, "tenfold looks at matrix-integer or procedures; 'chief' is single"),
    (PEOPLE, {**TENFOLD, "rows": ["police"]}, "'staff' has no row 'police'"),
    (PEOPLE, {**TENFOLD, "message": {"ja": "{then}です", "en": "{now}"}}, "message: unknown place {then}"),
    (PEOPLE, {**TENFOLD, "message": {"ja": "{now", "en": "{now}"}}, "message: expected '}' before end of string"),
    (PEOPLE, {**TENFOLD, "message": {"ja": "人数"}}, "the en text is missing"),
    (PEOPLE, {**TENFOLD, "id": "post-gone"}, "soft post-gone: this id is there twice"),
    (PEOPLE, {**GONE, "was": ["maybe"]}, "'chief' has no option or column 'maybe'"),
    (PEOPLE, {**GONE, "questions": ["system"]}, "no question 'system' in this section; between sections use"),
    (PEOPLE, {**IMPLIES, "other": "system"}, "no question 'system' in this section"),
    (PEOPLE, {**IMPLIES, "other": "staff"}, "implies looks at single-choice or multiple-choice or matrix; 'staff'"),
    (PEOPLE, {**IMPLIES, "expected": ["maybe"]}, "'chief' has no option or column 'maybe'"),
    (PEOPLE, {**IMPLIES, "other_row": "tax"}, "'chief' has no row 'tax'"),
    (HEAD, {**GONE, "questions": ["boss"]}, "there is no question 'boss' in the questionnaire"),
    (HEAD, {**IMPLIES, "other": "system", "other_row": "water", "expected": ["done"]}, "'system' has no row 'water'"),
]


@pytest.mark.parametrize(("file", "check", "fault"), BAD, ids=[bad[2] for bad in BAD])
def test_a_bad_soft_check_is_refused(file: str, check: dict[str, Any], fault: str) -> None:
    changed = copy.deepcopy(document("doubts"))
    changed[file].setdefault("soft", []).append(check)
    with pytest.raises(DefinitionError) as refusal:
        parse(changed)
    assert any(fault in found and ("soft " in found) for found in refusal.value.faults), refusal.value.faults
