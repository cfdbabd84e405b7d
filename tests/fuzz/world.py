"""The small country that is fuzzed: something of each model, a person of each role, a file for each upload."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone, translation

from config.wsgi import UTF_8, charset
from surveys.models import (
    Body,
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
from surveys.people_file import blank_csv, blank_workbook
from tests.factories import (
    answer,
    document,
    make_body,
    make_delegate,
    make_member,
    make_ministry,
    make_prefecture,
    make_round,
    open_round,
    publish,
)
from tests.random_answers import complete_answers
from tests.surveys.reminders.helpers import BY_HAND
from tests.workbooks import definition_book, made


class Browser(Client):
    """Comes in as a server lets it: through what stands before Django in config/wsgi.py."""

    def request(self, **environ: Any) -> Any:
        if charset(environ) not in UTF_8:
            return HttpResponse(status=400)
        return super().request(**environ)


ROLES = ("anonymous", "officer", "approver", "delegate", "coordinator", "manager")
PEOPLE = "name,division,email,body,role\n小林 直樹,企画課,one@example.jp,202037,editor\n"
REGISTER = "code,prefecture_code,prefecture,name,name_kana,kind\n202037,20,長野県,上田市,うえだし,city\n"
# Passwords that take no tenth of a second; long work is only put into the queue; files go where they may.
SETTINGS: dict[str, Any] = {
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "WHITENOISE_AUTOREFRESH": True,
    "BACKGROUND_WORKER": True,
    "TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
    "ALLOWED_HOSTS": ["*"],
}


@dataclass
class World:
    """`known`: values of arguments of addresses, by name; `things`: those of the admin, by the beginning of the names
    of their addresses; `files`: valid ones to begin with; `cookies` of each role."""

    known: dict[str, list[Any]]
    things: dict[str, list[Any]]
    files: dict[str, bytes]
    users: Mapping[str, User]
    cookies: dict[str, str] = field(default_factory=dict)

    def client(self, role: str) -> Client:
        """Somebody of this role, signed in as on the first day."""
        client = Browser(raise_request_exception=True)
        if role in self.cookies:
            client.cookies["sessionid"] = self.cookies[role]
        return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is gone afterwards, so that every request meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


@contextmanager
def world() -> Iterator[World]:
    """The country, gone afterwards."""
    with override_settings(**SETTINGS), translation.override("ja"), undone():
        found = _made()
        for role, user in found.users.items():
            client = Client()
            client.force_login(user)
            found.cookies[role] = client.cookies["sessionid"].value
        yield found


def _made() -> World:
    city, other, third = make_body(), make_body("202011", "長野市", "core_city"), make_body("202088", "小諸市")
    nagano = make_prefecture()
    make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    users = {
        "officer": make_member(city, "editor", "officer", email="officer@example.jp"),
        "approver": make_member(city, "approver", "approver", name="宮澤 明子"),
        "coordinator": make_member(nagano, "coordinator", "prefecture", name="滝沢 亮"),
        "manager": make_ministry("manager", "manager", email="manager@example.jp"),
    }
    for body in (other, third):  # so that the same people see answers in every state
        users["officer"].join(body, "editor")
        users["approver"].join(body, "approver")
    former = _published(city, third)
    survey = open_round(2020, "pages")
    found = Response.objects.get(survey=survey, body=city)
    users["delegate"] = make_delegate(found, "people", by=users["officer"], sign_in_id="delegate")
    submitted = _filled(survey, other)
    query = Query.ask(submitted, "cio", "いつからですか。", by=make_ministry("reviewer"))
    mine = Query.ask(_filled(survey, third), "cio", "いつからですか。", by=users["manager"])
    things = _things(found, submitted, users)
    things["surveys_survey"] = [survey, make_round(2021, "pages"), former.survey]
    things["aggregation_run"] = [former]
    return World(_known(things, [query, mine], [city, other, third, nagano]), things, _files(), users)


def _filled(survey: Survey, body: Body) -> Response:
    answers = complete_answers(survey.questionnaire, body.kind, Random(1))
    return answer(survey, body, answers, submit=True)


def _published(*bodies: Body) -> Any:
    """The run of an earlier round."""
    survey = open_round(2019, "pages")
    for body in bodies:
        _filled(survey, body)
    return publish(survey)


def _things(found: Response, submitted: Response, users: Mapping[str, User]) -> dict[str, list[Any]]:
    officer = users["officer"]
    mailing = Mailing.objects.create(survey=found.survey, by=officer, key="key", **BY_HAND._asdict())
    item = mailing.items.create(response=submitted, address="one@example.jp", due=timezone.now(), key="key")
    found.comment("cio", "ministry", "去年と同じです。", by=officer, page="page")
    Invitation.invite(found, Guest("柳沢 由紀"), ["people"], Task(), key="page", by=officer)
    submitted.accept(by=users["manager"])
    assert submitted.submission
    change = {"cio": {"value": "no"}}
    asked = Correction.ask(submitted, change, "数え直しました。", seen=submitted.submission.receipt, by=officer)
    renamed = Proposal(date(2020, 10, 1), ChangeKind.RENAME, "告示", (submitted.body,), name="長野", name_kana="ながの")
    return {
        "surveys_correction": [asked],
        "surveys_mailingitem": [item],
        "surveys_mailing": [mailing],
        "surveys_registerchange": [RegisterChange.make(renamed, by=None)],
        "surveys_reminderrule": [ReminderRule.objects.earliest("pk")],
        "surveys_body": [found.body, submitted.body],
        "surveys_event": [Event.objects.earliest("id")],
        "surveys_response": [found, submitted],
        "surveys_user": [officer, users["coordinator"]],
        "auth_user": [officer],
    }


def _known(things: Mapping[str, list[Any]], queries: list[Query], bodies: list[Body]) -> dict[str, list[Any]]:
    """A new argument of an address is best given its values here; without any it is tried with all of these."""
    (correction,), (run,) = things["surveys_correction"], things["aggregation_run"]
    return {
        "year": [2020, 2019, 2021],
        "edition": [2019, "2019-r1"],
        "code": [body.code for body in bodies],
        "section_id": ["people", *(each.id for each in run.survey.questionnaire.sections if each.id != "people")],
        "id": ["cio", "staff"],
        "table": ["cio", "staff"],
        "suffix": ["csv", "json", "xlsx", "pdf"],
        "item": ["1-2", "1"],
        "file": ["bodies.csv"],
        "question": ["cio"],
        "row": ["yes"],
        "column": ["-"],
        "breakdown": ["national"],
        "group": ["municipality"],
        "query": [each.pk for each in queries],
        "correction": [correction.pk],
        "token": ["none"],
        "invitation": [Invitation.objects.get().pk],
        "user": [things["surveys_user"][0].pk],
        "comment": [Comment.objects.get().pk],
        "app_label": ["surveys", "aggregation"],
        "name": [],
        "url": [""],
    }


def _files() -> dict[str, bytes]:
    return {
        "answers.xlsx": made({"cio": {"value": "yes"}}),
        "definition.xlsx": definition_book(document("pages", 2021)),
        "people.xlsx": blank_workbook("ja", ["取りまとめ担当者"]),
        "people.csv": PEOPLE.encode("utf-8-sig"),
        "blank.csv": blank_csv("ja"),
        "register.csv": REGISTER.encode(),
    }
