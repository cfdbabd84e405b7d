"""What the harness does to the database itself, in a process of its own: `make` before, `read` after.

A body has two officers, one of whom is limited to a section that is given to them, and an approver; there is a reviewer
of the ministry. All sign in with PASSWORD.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, TypedDict

from tests.faults.servers import ROOT, environment

PASSWORD = "a-long-enough-password"  # that of tests.factories
QUESTIONNAIRE, YEAR, KIND, DELEGATED = "pages", 2020, "city", "procedures"


class Place(TypedDict):
    """A response: its body, and its key for the addresses of the admin."""

    code: str
    pk: int


class Snapshot(TypedDict):
    """The tables that are checked, as plain data, in the order of their keys."""

    events: list[dict[str, Any]]
    sections: list[dict[str, Any]]
    responses: list[dict[str, Any]]
    submissions: list[dict[str, Any]]


def make(folder: Path, url: str, bodies: int) -> list[Place]:
    found: list[Place] = _in_a_process(folder, url, "make", str(bodies))
    return found


def read(folder: Path, url: str) -> Snapshot:
    found: Snapshot = _in_a_process(folder, url, "read")
    return found


def _in_a_process(folder: Path, url: str, *arguments: str) -> Any:
    command = [sys.executable, "-m", "tests.faults.world", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder, url), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _make(bodies: int) -> list[Place]:
    from django.core.management import call_command

    from surveys.models import Response
    from tests.factories import make_body, make_delegate, make_member, make_ministry, open_round

    call_command("migrate", verbosity=0)
    codes = [f"{202000 + number}" for number in range(bodies)]
    made = [make_body(code, f"第{code}市") for code in codes]
    survey = open_round(YEAR, QUESTIONNAIRE)
    make_ministry("reviewer", "reviewer")
    found: list[Place] = []
    for body in made:
        response = Response.objects.get(survey=survey, body=body)
        officer = make_member(body, "editor", f"officer-{body.code}", email=f"o{body.code}@city.example")
        make_member(body, "approver", f"approver-{body.code}", email=f"a{body.code}@city.example")
        make_delegate(response, DELEGATED, by=officer, sign_in_id=f"delegate-{body.code}")
        found.append({"code": body.code, "pk": response.pk})
    return found


def _read() -> Snapshot:
    from django.db import connection, transaction

    from surveys.models import Response, SectionAnswers, Submission

    with transaction.atomic():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        responses = Response.objects.select_related("survey", "body", "submission").order_by("pk")
        subjects = {response.pk: response.subject for response in responses}
        return {
            "events": _events(),
            "sections": [
                {
                    "subject": f"{subjects[each.response_id]} {each.section}",
                    **_fields(each, "version", "answers", "marks"),
                }
                for each in SectionAnswers.objects.order_by("pk")
            ],
            "responses": [
                {"subject": each.subject, "state": each.state, "receipt": each.submission and each.submission.receipt}
                for each in responses
            ],
            "submissions": [
                {"subject": subjects[each.response_id], **_fields(each, "number", "receipt", "document", "fingerprint")}
                for each in Submission.objects.order_by("pk")
            ],
        }


def _events() -> list[dict[str, Any]]:
    """The history; of each entry whether its hash is right and whether it follows the one before."""
    from surveys.models import Event

    found, last = [], ""
    for event in Event.objects.order_by("pk"):
        is_whole = event.hash == event.expected_hash() and event.previous == last
        found.append({**_fields(event, "pk", "kind", "subject", "before", "after"), "is_whole": is_whole})
        last = event.hash
    return found


def _fields(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def main(what: str, *arguments: str) -> None:
    import django

    django.setup()
    print(json.dumps(_make(int(arguments[0])) if what == "make" else _read()))


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main(*sys.argv[1:])
