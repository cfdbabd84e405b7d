"""「今回は回答することがない」: who may say it, what it keeps from happening, and how it is taken back."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from surveys.models import Event, NotAllowed, Response, Survey, User
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_ministry, open_round

URL, HOME = "/2020/202037/nothing-to-answer/", "/2020/202037/"
REASON = "該当する事業がありません。"


@pytest.fixture
def allowed(response: Response) -> Response:
    """A response in a round that lets bodies say so."""
    response.survey.allow_nothing(True, by=None)
    return response


def test_an_approver_says_it_and_takes_it_back_with_events(allowed: Response, approver: User) -> None:
    for _click in range(2):
        allowed.say_nothing(f" {REASON} ", by=approver)
    assert (allowed.nothing_reason, allowed.nothing_by) == (REASON, approver) and allowed.nothing_at
    said = Event.objects.get(kind="response.nothing")
    assert (said.actor, said.reason, said.subject) == (approver, REASON, allowed.subject)
    for _click in range(2):
        allowed.take_back_nothing(by=approver)
    assert (allowed.nothing_reason, allowed.nothing_by, allowed.nothing_at) == ("", None, None)
    assert Event.objects.get(kind="response.something").before == {"reason": REASON}


def test_nothing_is_answered_or_submitted_while_it_stands(allowed: Response, approver: User) -> None:
    allowed.say_nothing(REASON, by=approver)
    with pytest.raises(NotAllowed, match="先に届出を取り消してください"):
        allowed.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=approver)
    with pytest.raises(NotAllowed, match="先に届出を取り消してください"):
        allowed.submit(by=approver)
    allowed.take_back_nothing(by=approver)
    assert allowed.save_section("people", {"cio": {"value": "yes"}}, seen={}, by=approver).version == 1


def test_a_file_with_answers_of_such_a_body_is_refused(city: Any, approver: User, tmp_path: Any) -> None:
    survey = open_round()
    response = answer(survey, city, COMPLETE)
    survey.allow_nothing(True, by=None)
    file = tmp_path / "answers.csv"
    call_command("export_answers", 2020, file)
    response.say_nothing(REASON, by=approver)
    with pytest.raises(CommandError, match="202037 has stated that it has nothing to answer"):
        call_command("import_answers", 2020, file, "--submit")


def test_where_the_round_does_not_allow_it_nobody_says_it(response: Response, approver: User) -> None:
    with pytest.raises(NotAllowed, match="すべての団体に回答をお願いしています"):
        response.say_nothing(REASON, by=approver)
    assert signed_in(approver).get(URL).status_code == 404
    assert URL not in signed_in(approver).get(HOME).content.decode()


def test_what_was_said_stays_and_can_be_taken_back_when_the_round_allows_it_no_more(
    allowed: Response, approver: User
) -> None:
    allowed.say_nothing(REASON, by=approver)
    allowed.survey.allow_nothing(False, by=None)
    client = signed_in(approver)
    assert REASON in client.get(URL).content.decode()
    assert client.post(URL, {"take_back": "1"}).status_code == 302
    assert client.get(URL).status_code == 404


def test_only_an_open_draft_has_nothing_to_answer(allowed: Response, approver: User, officer: User) -> None:
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        allowed.say_nothing(REASON, by=officer)
    with pytest.raises(NotAllowed, match="理由"):
        allowed.say_nothing(" ", by=approver)
    allowed.say_nothing(REASON, by=approver)
    with pytest.raises(NotAllowed, match="決裁者だけ"):
        allowed.take_back_nothing(by=officer)
    assert allowed.why_not_say_nothing() == "すでに届け出ています。"
    allowed.take_back_nothing(by=approver)
    allowed.state = Response.State.RETURNED
    assert "差戻し" in allowed.why_not_say_nothing()
    allowed.survey.close()
    with pytest.raises(NotAllowed, match="受付が終わった"):
        allowed.say_nothing(REASON, by=approver)


@pytest.mark.parametrize(
    "fields",
    [
        {"nothing_reason": REASON},
        {"nothing_at": "2021-05-01T00:00Z"},
        {"nothing_reason": REASON, "nothing_at": "2021-05-01T00:00Z"},
    ],
)
def test_half_a_statement_is_refused_by_the_database(response: Response, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=response.pk).update(**fields)


def test_a_submitted_response_cannot_have_nothing_to_answer(response: Response, approver: User, city: Any) -> None:
    survey = open_round(2021)
    submitted = answer(survey, city, COMPLETE, submit=True)
    found = Response.objects.filter(pk=submitted.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        found.update(nothing_reason=REASON, nothing_by=approver, nothing_at=timezone.now())


# Pages

SAYS = {"approver": 302, "officer": 403, "prefecture": 403, "ministry": 403}
ROLES = [*SAYS, "delegate", "neighbour", "elsewhere", "without_group", "nobody"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_at_the_page(role: str, allowed: Response, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(role))
    assert client.get(URL).status_code == (200 if role in SAYS else 404)
    assert client.post(URL, {"reason": REASON}).status_code == SAYS.get(role, 404)
    allowed.refresh_from_db()
    assert bool(allowed.nothing_reason) == (role == "approver")
    if role != "approver":
        allowed.say_nothing(REASON, by=request.getfixturevalue("approver"))
    assert client.get(URL).status_code == (200 if role in SAYS else 404)
    assert client.post(URL, {"take_back": "1"}).status_code == SAYS.get(role, 404)
    allowed.refresh_from_db()
    assert bool(allowed.nothing_reason) == (role != "approver")


def test_who_is_not_signed_in_is_asked_to(allowed: Response, client: Client) -> None:
    assert client.get(URL).status_code == 302


def test_a_missing_reason_is_said_at_its_field(allowed: Response, approver: User) -> None:
    client = signed_in(approver)
    assert URL in client.get(HOME).content.decode()
    page = client.post(URL, {"reason": " "})
    assert page.status_code == 400 and "回答することがない理由を書いてください" in page.content.decode()


def test_the_lists_show_it(allowed: Response, approver: User, prefecture: User) -> None:
    allowed.say_nothing(REASON, by=approver)
    desk = signed_in(make_ministry("manager", "manager"))
    places = ("/admin/surveys/response/?attention=nothing", f"/admin/surveys/response/{allowed.pk}/change/")
    for client, url in (
        (signed_in(prefecture), "/"),
        (signed_in(approver), HOME),
        *((desk, place) for place in places),
    ):
        assert "回答することがない" in client.get(url, follow=True).content.decode(), url
    assert desk.get(places[0]).context["cl"].result_count == 1
    assert REASON in desk.get(places[1]).content.decode()


def test_the_ministry_allows_it_at_the_page_of_the_round(allowed: Response) -> None:
    desk = signed_in(make_ministry("manager", "manager"))
    url = reverse("admin:surveys_survey_change", args=[allowed.survey.pk])
    desk.post(url, {})
    assert not Survey.objects.get().allows_nothing
    desk.post(url, {"allows_nothing": "on"})
    desk.post(url, {"allows_nothing": "on"})
    events = Event.objects.filter(kind="survey.allows_nothing").order_by("id")
    assert [(event.before, event.after) for event in events] == [(False, True), (True, False), (False, True)]
