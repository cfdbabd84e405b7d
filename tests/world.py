"""A small world for the matrix of access: three cities in three rounds, and one person of each role.

`own` is the city of the officer, the approver and the delegate; `neighbour` lies in the same prefecture, `far` in
another one. Round 2020 is closed and published, in 2021 all are answering, in 2022 all have submitted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from surveys.models import (
    Comment,
    Correction,
    Event,
    Guest,
    Invitation,
    Mailing,
    Query,
    RegisterChange,
    ReminderRule,
    Response,
    Survey,
    Task,
    User,
)
from surveys.models.proposals import ChangeKind, Proposal
from tests.factories import (
    answer,
    make_body,
    make_delegate,
    make_member,
    make_ministry,
    make_prefecture,
    make_user,
    open_round,
    publish,
)
from tests.random_answers import complete_answers
from tests.surveys.reminders.helpers import BY_HAND

CLOSED, DRAFT, SUBMITTED = "closed", "draft", "submitted"
YEARS = {CLOSED: 2020, DRAFT: 2021, SUBMITTED: 2022}
BODIES = {"own": "202037", "neighbour": "202011", "far": "102016"}
# What a look may write: who is signed in, who looks at what now, and what is kept once it was worked out.
VOLATILE = {"sessions.Session", "surveys.Presence", "aggregation.RunFigure", "aggregation.RunPanel"}


@dataclass(frozen=True)
class Thing:
    """A response, and what the URLs about it are given besides."""

    body: str  # own, neighbour or far
    state: str
    arguments: dict[str, Any] = field(hash=False)

    def __str__(self) -> str:
        return f"{self.body} {self.state}"


@dataclass
class World:
    people: dict[str, User]
    members: dict[str, User]  # who answers for each body
    responses: dict[tuple[str, str], Response]  # by body and state
    things: list[Thing]
    desk: dict[str, Any]  # one thing of each model of the admin, by the beginning of the names of its URLs
    events: int  # the last event of its making

    def thing(self, body: str, state: str) -> Thing:
        return next(each for each in self.things if (each.body, each.state) == (body, state))


def make_world() -> World:
    bodies = {
        "own": make_body(),
        "neighbour": make_body(BODIES["neighbour"], "長野市"),
        "far": make_body(BODIES["far"], "前橋市", prefecture="群馬県"),
    }
    nagano = make_prefecture()
    gunma = make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    members = {name: make_member(body, "editor", name) for name, body in bodies.items()}
    reviewer = make_ministry("reviewer", "reviewer")
    rounds = {state: open_round(year, "pages") for state, year in YEARS.items()}
    for survey in (rounds[CLOSED], rounds[SUBMITTED]):
        given = complete_answers(survey.questionnaire, "city", Random(1))
        for body in bodies.values():
            answer(survey, body, given, submit=True)
    people = {
        "officer": members["own"],
        "approver": make_member(bodies["own"], "approver", "approver", name="宮澤 明子"),
        "prefecture": make_member(nagano, "coordinator", "prefecture", name="滝沢 亮"),
        "elsewhere": make_member(gunma, "coordinator", "elsewhere", name="太田 恵"),
        "viewer": make_ministry("viewer", "viewer"),
        "reviewer": reviewer,
        "manager": make_ministry("manager", "manager"),
        "without_group": make_user("without_group", "総務 花子", is_staff=True),
        "nobody": make_user("nobody", "無所 属"),
    }
    responses = {
        (name, state): Response.objects.get(survey=survey, body=body)
        for state, survey in rounds.items()
        for name, body in bodies.items()
    }
    own = responses["own", DRAFT]
    people["delegate"] = make_delegate(own, "people", by=people["officer"], sign_in_id="delegate")
    things = [_thing(*place, response, members[place[0]], reviewer) for place, response in responses.items()]
    desk = _desk(responses["own", CLOSED], rounds, members["own"])
    _ask_corrections(things, responses, members, desk["surveys_correction"])
    return World(people, members, responses, things, desk, Event.objects.latest("id").pk)


def _thing(body: str, state: str, response: Response, by: User, reviewer: User) -> Thing:
    """A response in which something is said, asked and, where it can be, invited and corrected."""
    colleague = make_member(response.body, "editor", f"{body}-{state}")
    response.comment("cio", "ministry", "確かめました。", by=by, page="page")
    query = Query.ask(response, "cio", "いつからですか。", by=reviewer)
    Invitation.invite(response, Guest("柳沢 由紀"), ["procedures"], Task(), key=f"page{response.pk}", by=by)
    arguments = {
        **{"year": response.survey.year, "code": response.body.code, "section_id": "people", "id": "cio"},
        **{"comment": Comment.objects.latest("pk").pk, "query": query.pk, "user": colleague.pk, "suffix": "csv"},
        **{"invitation": Invitation.objects.latest("pk").pk},
    }
    return Thing(body, state, arguments)


def _ask_corrections(
    things: list[Thing], responses: dict[tuple[str, str], Response], members: dict[str, User], own: Correction
) -> None:
    """In the closed round of each body; elsewhere there can be none, and the one of the own body stands for it."""
    for thing in things:
        is_other = thing.state == CLOSED and thing.body != "own"
        asked = _asked(responses[thing.body, thing.state], members[thing.body]) if is_other else own
        thing.arguments["correction"] = asked.pk


def _asked(response: Response, by: User) -> Correction:
    response.refresh_from_db()
    assert response.submission
    seen = response.submission.receipt
    return Correction.ask(response, {"cio": {"value": "no"}}, "数え直しました。", seen=seen, by=by)


def _desk(response: Response, rounds: dict[str, Survey], officer: User) -> dict[str, Any]:
    mailing = Mailing.objects.create(survey=rounds[DRAFT], by=officer, key="key", **BY_HAND._asdict())
    item = mailing.items.create(response=response, address="one@example.jp", due=timezone.now(), key="key")
    run = publish(rounds[CLOSED])
    renamed = Proposal(date(2020, 10, 1), ChangeKind.RENAME, "告示", (response.body,), name="上田", name_kana="うえだ")
    return {
        "surveys_correction": _asked(response, officer),
        "surveys_mailingitem": item,
        "surveys_mailing": mailing,
        "surveys_registerchange": RegisterChange.make(renamed, by=None),
        "surveys_reminderrule": ReminderRule.objects.filter(survey=rounds[DRAFT]).earliest("pk"),
        "surveys_body": response.body,
        "surveys_event": Event.objects.earliest("id"),
        "surveys_response": response,
        "surveys_survey": rounds[DRAFT],
        "surveys_user": officer,
        "auth_user": officer,
        "aggregation_run": run,
    }


def counts() -> dict[str, int]:
    """How many rows each table has, but for those that a look changes."""
    models = [model for model in apps.get_models() if model._meta.label not in VOLATILE and model._meta.managed]
    return {model._meta.label: model._default_manager.count() for model in models}


@contextmanager
def undone() -> Iterator[None]:
    """What happens here has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
