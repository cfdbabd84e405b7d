"""The checker finds what the harness is there to find: each test breaks one thing in a small, sound history."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from surveys import rules
from surveys.answers import canonical, fingerprint
from tests.factories import questionnaire
from tests.faults import checker
from tests.faults.figures import KINDS, Figures
from tests.faults.ledger import Ledger, Save, Step
from tests.faults.world import KIND, QUESTIONNAIRE, Snapshot

BODY, PEOPLE, RECEIPT = "response 2020-202000", "response 2020-202000 people", "R2-202000-01"
Break = Callable[[Snapshot, Ledger], None]


def post(text: str) -> dict[str, Any]:
    return {"value": "other", "other_text": {"other": text}}


FIRST = {"cio": {"value": "yes"}, "post": post("第1"), "staff": {"cells": {"own": 1, "outside": 0, "resident": 0}}}
SECOND = {"post": post("第2")}
NOW = {**FIRST, **SECOND}


def event(pk: int, kind: str, subject: str, before: Any, after: Any) -> dict[str, Any]:
    return {"pk": pk, "kind": kind, "subject": subject, "before": before, "after": after, "is_whole": True}


def sound() -> tuple[Snapshot, Ledger]:
    """Two saves and a third that nobody acknowledged, a submission, and its acceptance."""
    document = canonical(rules.applicable(questionnaire(QUESTIONNAIRE), KIND, NOW))
    digest = fingerprint(rules.applicable(questionnaire(QUESTIONNAIRE), KIND, NOW))
    snapshot: Snapshot = {
        "events": [
            event(1, "answers.saved", PEOPLE, {}, FIRST),
            event(2, "answers.saved", PEOPLE, {"post": post("第1")}, SECOND),
            event(3, "response.submitted", BODY, {"state": "draft"}, {"state": "submitted", "receipt": RECEIPT}),
            event(4, "response.accepted", BODY, {"state": "submitted"}, {"state": "accepted"}),
        ],
        "sections": [
            {
                "subject": PEOPLE,
                "version": 2,
                "answers": NOW,
                "marks": {"cio": {"version": 1}, "post": {"version": 2}, "staff": {"version": 1}},
            }
        ],
        "responses": [{"subject": BODY, "state": "accepted", "receipt": RECEIPT}],
        "submissions": [
            {"subject": BODY, "number": 1, "receipt": RECEIPT, "document": document, "fingerprint": digest}
        ],
    }
    ledger = Ledger(
        saves=[
            Save(1, "officer", PEOPLE, FIRST, frozenset({"post", "staff"}), [1, 2], True),
            Save(2, "approver", PEOPLE, SECOND, frozenset({"post"}), [3], True),
            Save(3, "approver", PEOPLE, {"post": post("第3")}, frozenset({"post"}), [4], False),
        ],
        receipts={RECEIPT: digest},
        steps=[Step("response.accepted", BODY, counted=True)],
    )
    return copy.deepcopy(snapshot), ledger


def found(snapshot: Snapshot, ledger: Ledger) -> set[str]:
    return {problem.kind for problem in checker.check(snapshot, ledger, questionnaire(QUESTIONNAIRE))}


def test_a_sound_history_is_found_sound() -> None:
    assert found(*sound()) == set()


def test_a_save_that_nobody_acknowledged_may_be_there() -> None:
    snapshot, ledger = sound()
    snapshot["events"].append(event(5, "answers.saved", PEOPLE, SECOND, {"post": post("第3")}))
    snapshot["sections"][0] |= {"version": 3, "answers": {**NOW, "post": post("第3")}}
    snapshot["sections"][0]["marks"]["post"] = {"version": 3}
    assert found(snapshot, ledger) == set()


def acknowledged_before_it_is_stored(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.saves[2].acknowledged = True


def overwritten_by_what_was_sent_before(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.saves[0].sent, ledger.saves[1].sent = [2], [1]


def stored_without_being_sent(snapshot: Snapshot, ledger: Ledger) -> None:
    del ledger.saves[1]


def one_post_in_two_parts(snapshot: Snapshot, ledger: Ledger) -> None:
    del snapshot["events"][0]["after"]["staff"]
    del snapshot["sections"][0]["answers"]["staff"], snapshot["sections"][0]["marks"]["staff"]


def answers_without_their_event(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["sections"][0]["answers"]["post"] = post("第3")


def event_without_its_answers(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["sections"].clear()


def version_that_was_not_counted(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["sections"][0]["version"] = 3


def mark_of_another_save(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["sections"][0]["marks"]["post"]["version"] = 1


def submission_of_other_answers(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["submissions"][0]["document"] = canonical(FIRST)


def receipt_without_submission(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["submissions"].clear()


def receipt_of_another_fingerprint(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.receipts[RECEIPT] = "0" * 64


def receipt_shown_with_two_fingerprints(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.shown(RECEIPT, "0" * 64, submitted=True)


def submission_without_event(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["events"] = [each for each in snapshot["events"] if each["kind"] != "response.submitted"]


def state_without_event(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["responses"][0]["state"] = "returned"


def event_without_state(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["responses"][0] |= {"state": "draft", "receipt": None}


def step_that_was_told_and_not_taken(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.done(Step("response.accepted", BODY, counted=True))


def withdrawal_that_was_told_and_not_taken(snapshot: Snapshot, ledger: Ledger) -> None:
    ledger.done(Step("response.withdrawn", BODY, RECEIPT))


def broken_link(snapshot: Snapshot, ledger: Ledger) -> None:
    snapshot["events"][2]["is_whole"] = False


@pytest.mark.parametrize(
    ("kind", "broken"),
    [
        ("lost", acknowledged_before_it_is_stored),
        ("lost", overwritten_by_what_was_sent_before),
        ("lost", stored_without_being_sent),
        ("half_saved", one_post_in_two_parts),
        ("half_saved", answers_without_their_event),
        ("half_saved", event_without_its_answers),
        ("half_saved", version_that_was_not_counted),
        ("half_saved", mark_of_another_save),
        ("half_saved", submission_of_other_answers),
        ("receipts_without_submission", receipt_without_submission),
        ("receipts_without_submission", receipt_of_another_fingerprint),
        ("receipts_without_submission", receipt_shown_with_two_fingerprints),
        ("states_without_event", submission_without_event),
        ("states_without_event", state_without_event),
        ("states_without_event", event_without_state),
        ("states_without_event", step_that_was_told_and_not_taken),
        ("states_without_event", withdrawal_that_was_told_and_not_taken),
        ("broken_chain", broken_link),
    ],
)
def test_what_is_broken_is_found(kind: str, broken: Break) -> None:
    snapshot, ledger = sound()
    broken(snapshot, ledger)
    assert kind in found(snapshot, ledger)


def test_what_is_found_is_counted_once_and_is_not_good() -> None:
    snapshot, ledger = sound()
    acknowledged_before_it_is_stored(snapshot, ledger)
    figures = Figures("sqlite", 1, 4)
    assert figures.is_good
    for _ in range(2):
        figures.add(checker.check(snapshot, ledger, questionnaire(QUESTIONNAIRE)))
    assert {kind: getattr(figures, kind) for kind in KINDS} == {**dict.fromkeys(KINDS, 0), "lost": 1}
    assert not figures.is_good
