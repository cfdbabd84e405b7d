"""Holds the ledger of what people were told against what the database has. Pure; each check names what it finds."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from surveys import rules
from surveys.answers import canonical
from surveys.questionnaire import Questionnaire
from tests.faults.figures import Problem
from tests.faults.ledger import Ledger, Save
from tests.faults.world import KIND, Snapshot

STATES = {
    "response.submitted": "submitted",
    "response.withdrawn": "draft",
    "response.accepted": "accepted",
    "response.returned": "returned",
}
Events = list[dict[str, Any]]


def check(snapshot: Snapshot, ledger: Ledger, questionnaire: Questionnaire) -> list[Problem]:
    saved: dict[str, Events] = defaultdict(list)
    for event in snapshot["events"]:
        if event["kind"] == "answers.saved":
            saved[event["subject"]].append(event)
    return [
        *chain(snapshot),
        *sections(snapshot, saved),
        *saves(ledger, saved),
        *submissions(snapshot, ledger, questionnaire),
        *states(snapshot, ledger),
    ]


def chain(snapshot: Snapshot) -> Iterator[Problem]:
    for event in snapshot["events"]:
        if not event["is_whole"]:
            yield Problem("broken_chain", f"event {event['pk']} {event['kind']} {event['subject']}: wrong hash or link")


def sections(snapshot: Snapshot, saved: dict[str, Events]) -> Iterator[Problem]:
    """Replaying the history of a section from nothing gives its answers, its version and the versions of its marks."""
    stored = {section["subject"]: section for section in snapshot["sections"]}
    for subject in stored.keys() | saved.keys():
        answers: dict[str, Any] = {}
        versions: dict[str, int] = {}
        for version, event in enumerate(saved[subject], 1):
            _apply(answers, event)
            versions |= dict.fromkeys(event["after"], version)
        section = stored.get(subject, {"version": 0, "answers": {}, "marks": {}})
        marks = {id: mark["version"] for id, mark in section["marks"].items()}
        if (section["answers"], section["version"], marks) != (answers, len(saved[subject]), versions):
            yield Problem("half_saved", f"{subject}: the stored answers are not those of its history")


def _apply(answers: dict[str, Any], event: dict[str, Any]) -> None:
    answers |= event["after"]
    for id in [id for id, answer in answers.items() if not answer]:
        del answers[id]


def saves(ledger: Ledger, saved: dict[str, Events]) -> Iterator[Problem]:
    """Each save whole or not at all; each acknowledged one is there, and nothing older has come over it; nothing is
    stored that nobody sent."""
    by_value = {(save.subject, id, canonical(save.changes[id])): save for save in ledger.saves for id in save.marked}
    marked = {id for save in ledger.saves for id in save.marked}
    places: dict[int, list[int]] = defaultdict(list)  # number of the save: places of its events in those of its section
    newest: dict[tuple[str, str], Save] = {}  # the acknowledged save of a question that was sent last, up to an event
    for subject, events in saved.items():
        for place, event in enumerate(events):
            found = {id: by_value.get((subject, id, canonical(answer))) for id, answer in event["after"].items()}
            senders = {save.number: save for save in found.values() if save}
            for save in senders.values():
                places[save.number].append(place)
                yield from _is_whole(save, event)
            for id, sender in found.items():
                if sender:
                    yield from _is_newest(newest, (subject, id), sender)
                elif id in marked:
                    yield Problem("lost", f"{subject}: event {event['pk']} stores in {id} what nobody sent")
    for save in ledger.acknowledged:
        if save.marked and not places[save.number]:
            yield Problem(
                "lost", f"{save.subject}: save {save.number} of {save.person} was acknowledged and is not there"
            )


def _is_whole(save: Save, event: dict[str, Any]) -> Iterator[Problem]:
    missing = [id for id in save.marked if event["after"].get(id) != save.changes[id]]
    if missing:
        yield Problem("half_saved", f"{save.subject}: save {save.number} is stored without {', '.join(missing)}")


def _is_newest(newest: dict[tuple[str, str], Save], place: tuple[str, str], save: Save) -> Iterator[Problem]:
    before = newest.get(place)
    if before and save.sent[-1] < before.sent[0]:
        text = (
            f"{place}: save {before.number}, acknowledged, was overwritten by {save.number}, which was sent before it"
        )
        yield Problem("lost", text)
    if save.acknowledged and (before is None or save.sent[0] > before.sent[0]):
        newest[place] = save


def submissions(snapshot: Snapshot, ledger: Ledger, questionnaire: Questionnaire) -> Iterator[Problem]:
    """Submissions and their events belong together one to one; each holds the answers of its moment; each receipt
    that was shown is one of them, with the same fingerprint."""
    stored = {each["receipt"]: each for each in snapshot["submissions"]}
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    told: Counter[str] = Counter()
    for event in snapshot["events"]:
        subject = " ".join(event["subject"].split()[:2])
        if event["kind"] == "answers.saved":
            _apply(answers[subject], event)
        elif event["kind"] == "response.submitted":
            receipt = event["after"]["receipt"]
            told[receipt] += 1
            document = canonical(rules.applicable(questionnaire, KIND, answers[subject]))
            if receipt not in stored:
                yield Problem("receipts_without_submission", f"{subject}: {receipt} has an event and no submission")
            elif stored[receipt]["document"] != document or _digest(document) != stored[receipt]["fingerprint"]:
                yield Problem("half_saved", f"{subject}: {receipt} does not hold the answers of its moment")
    for receipt in stored:
        if told[receipt] != 1:
            yield Problem("states_without_event", f"{receipt}: {told[receipt]} events for a submission")
    for receipt, fingerprint in ledger.receipts.items():
        if receipt not in stored or stored[receipt]["fingerprint"] != fingerprint or receipt in ledger.mismatched:
            yield Problem("receipts_without_submission", f"{receipt} was shown and is not there as it was shown")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def states(snapshot: Snapshot, ledger: Ledger) -> Iterator[Problem]:
    """Each state follows from the one before, the last is that of the response, and what people were told is there."""
    now: dict[str, str] = {}
    receipts: dict[str, str] = {}
    happened: Counter[tuple[str, str, str]] = Counter()
    for event in snapshot["events"]:
        kind, subject = event["kind"], event["subject"]
        happened[kind, subject, ""] += 1
        if kind in STATES:
            if event["before"]["state"] != now.get(subject, "draft"):
                yield Problem("states_without_event", f"{subject}: event {event['pk']} does not follow")
            now[subject] = STATES[kind]
            if receipt := event["after"].get("receipt"):
                happened[kind, subject, receipt] += 1
            if kind == "response.submitted":
                receipts[subject] = event["after"]["receipt"]
    for response in snapshot["responses"]:
        subject = response["subject"]
        if (response["state"], response["receipt"]) != (now.get(subject, "draft"), receipts.get(subject)):
            yield Problem("states_without_event", f"{subject}: {response['state']} is not what its history says")
    for step, count in Counter(ledger.steps).items():
        if happened[step.kind, step.subject, step.receipt] < (count if step.counted else 1):
            yield Problem(
                "states_without_event", f"{step.subject}: {step.kind} {step.receipt} was told and is not there"
            )
