"""Plain functions that make things through the models' own methods."""

import itertools
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from aggregation import report
from aggregation.models import Run
from surveys.answers_file import BodyAnswers
from surveys.bulk import take
from surveys.definition import parse
from surveys.models import Body, Delegation, Membership, RegisterChange, Response, Survey, Task, User
from surveys.models.people import DELEGATE
from surveys.models.proposals import Proposal
from surveys.models.sections import Given
from surveys.questionnaire import Document, Questionnaire, read_folder

DATA = Path(__file__).parent / "data"
QUESTIONNAIRES = DATA / "questionnaires"
SHIPPED = Path(__file__).parents[1] / "surveys" / "questionnaires" / "2020"
PASSWORD = "a-long-enough-password"

_numbers = itertools.count(1)

# The answers of a municipality to the small questionnaire, complete.
COMPLETE: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "head"},
    "staff": {"cells": {"own": 3, "outside": 2, "resident": 1}},
    "measures": {"values": ["mail"]},
    "use-school": {"cells": {"lending": {"exists": "yes", "online": "done", "total": 10, "online_count": "unknown"}}},
}


@cache
def document(name: str = "small", year: int = 2020) -> Document:
    """The document of a tiny questionnaire of tests/data/questionnaires, or of the shipped one ("2020")."""
    return read_folder(SHIPPED if name == "2020" else QUESTIONNAIRES / name, year)


@cache
def questionnaire(name: str = "small", year: int = 2020) -> Questionnaire:
    return parse(document(name, year))


def make_body(code: str = "202037", name: str = "上田市", kind: str = "city", **fields: Any) -> Body:
    values = {"name_kana": "うえだし", "prefecture_code": code[:2], "prefecture": "長野県", **fields}
    return Body.objects.create(code=code, name=name, kind=kind, **values)


def make_prefecture() -> Body:
    return make_body("200000", "長野県", "prefecture")


unrecorded: dict[tuple[Any, ...], Any] = {}  # permissions made here without an event, as in tests/permissions.py


def make_user(sign_in_id: str = "", name: str = "小林 直樹", **fields: Any) -> User:
    return User.objects.create_user(sign_in_id or f"person{next(_numbers)}", PASSWORD, name=name, **fields)


def make_groups() -> None:
    """The ministry's groups as the migrations make them, also where an earlier test has emptied the database."""
    import_module("surveys.migrations.0002_groups").make_groups(apps, None)
    import_module("surveys.migrations.0013_reminders").allow_reminders(apps, None)
    import_module("aggregation.migrations.0003_groups").allow_runs(apps, None)
    import_module("surveys.migrations.0010_register").allow_register(apps, None)
    import_module("surveys.migrations.0012_corrections").allow_corrections(apps, None)


def make_ministry(group: str = "viewer", sign_in_id: str = "", **fields: Any) -> User:
    """Staff of the ministry in a group."""
    make_groups()
    user = make_user(sign_in_id, **{"name": "総務 太郎", "is_staff": True, **fields})
    user.groups.set([Group.objects.get(name=group)])
    unrecorded["groups", user.pk] = [group]
    return user


def make_member(body: Body, role: str = "editor", sign_in_id: str = "", **fields: Any) -> User:
    user = make_user(sign_in_id, **fields)
    make_membership(user, body, role)
    return user


def make_membership(user: User, body: Body, role: str, limited: bool = False) -> None:
    Membership.objects.create(user=user, body=body, role=role, limited=limited)
    unrecorded["membership", body.code, user.pk, DELEGATE if limited else role] = True


def make_delegate(response: Response, *sections: str, by: User, sign_in_id: str = "", **fields: Any) -> User:
    """A colleague who is limited to these sections."""
    user = make_user(sign_in_id, **{"name": "柳沢 由紀", "division": "市民課", **fields})
    user.join(response.body, Membership.Role.EDITOR, limited=True)
    if sections:
        Delegation.give(response, sections, user, Task(), by=by)
    return user


def make_response(survey: Survey, body: Body) -> Response:
    """The response of a body that the round was opened without."""
    return Response.objects.create(survey=survey, body=body, name=body.name, kind=body.kind)


def make_round(year: int = 2020, name: str = "small") -> Survey:
    return Survey.load(year, document(name, year))[0]


def open_round(year: int = 2020, name: str = "small") -> Survey:
    survey = make_round(year, name)
    survey.open()
    return survey


def answer(survey: Survey, body: Body, answers: dict[str, Any], *, submit: bool = False) -> Response:
    """Give a body answers, as an import does; if they are to be submitted, with a reason for what is doubtful."""
    given = [BodyAnswers(body.code, False, answers)]
    taken = take(survey, given, submit=submit)
    response = Response.objects.get(survey=survey, body=body)
    if taken.doubtful:
        give_reasons(response, make_member(body))
        take(survey, given, submit=True)
        response.refresh_from_db()
    return response


def publish(survey: Survey, *, by: User | None = None) -> Run:
    """Close the round if it is open, and publish what is counted now."""
    survey.refresh_from_db(fields=["state"])
    if survey.is_open:
        survey.close()
    run = report.compute(survey).run
    run.publish(by=by)
    return run


def give_reasons(response: Response, by: User) -> None:
    """A reason for each doubt."""
    section_of = response.survey.questionnaire.section_of
    for each in response.doubted():
        reasons = {each.doubt.key: Given("確かめました。", each.doubt.fingerprint, "")}
        response.save_section(section_of[each.doubt.question].id, {}, seen={}, by=by, reasons=reasons)


def change_register(
    day: date, kind: str, before: Sequence[Body], after: Sequence[Body] = (), *, by: User | None = None, **facts: str
) -> RegisterChange:
    """Register a change of bodies as they are in the database now."""
    found = [tuple(Body.objects.get(pk=body.pk) for body in side) for side in (before, after)]
    return RegisterChange.make(Proposal(day, kind, "総務省告示第1号", found[0], found[1], **facts), by=by)
