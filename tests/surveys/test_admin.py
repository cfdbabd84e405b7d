"""The ministry's admin: what it lists and the actions that move rounds, responses and runs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aggregation import report
from aggregation.models import Run
from surveys.models import Event, Response, Survey, User
from surveys.models.dates import Dates
from surveys.models.events import Entry
from tests.factories import COMPLETE, answer, make_body, make_member, make_round, make_user, open_round, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_user("manager", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def response() -> Response:
    """A submitted response in an open round."""
    body = make_body()
    make_body("200000", "長野県", "prefecture", name_kana="ながのけん")
    return answer(open_round(), body, COMPLETE, submit=True)


def seen(page: Any) -> dict[str, str]:
    """What a page of the desk says it has shown of each thing."""
    return dict(re.findall(r'name="(seen\.\d+)"\s+value="(.*?)"', page.content.decode()))


def step(desk: Client, thing: Any, name: str, **fields: str) -> list[str]:
    """Press the button of a step on the page of a thing; returns what the next page says."""
    model = f"{thing._meta.app_label}_{thing._meta.model_name}"
    shown = seen(desk.get(reverse(f"admin:{model}_change", args=[thing.pk])))
    shown |= seen(desk.get(reverse(f"admin:{model}_step", args=[thing.pk, name])))
    page = desk.post(reverse(f"admin:{model}_step", args=[thing.pk, name]), {**shown, **fields}, follow=True)
    return [str(message) for message in page.context["messages"]]


def act(desk: Client, model: str, action: str, *things: Any, **fields: str) -> Any:
    """Run an action of a list on some things; returns the page that comes."""
    data = {"action": action, "_selected_action": [thing.pk for thing in things], **fields}
    return desk.post(reverse(f"admin:{model}_changelist"), data, follow=True)


def says(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize("model", ["body", "user", "survey", "response", "event"])
def test_lists_pages_and_histories_open(desk: Client, response: Response, model: str, manager: User) -> None:
    assert desk.get(reverse(f"admin:surveys_{model}_changelist")).status_code == 200
    thing = {"body": response.body, "user": manager, "survey": response.survey, "response": response}
    found = thing.get(model) or Event.objects.first()
    for page in ("change", "history"):
        assert desk.get(reverse(f"admin:surveys_{model}_{page}", args=[found.pk])).status_code == 200
        assert desk.get(reverse(f"admin:surveys_{model}_{page}", args=[found.pk]) + "?_to_field=").status_code == 200
        assert desk.get(reverse(f"admin:surveys_{model}_{page}", args=[0])).status_code in (302, 404)


def test_a_round_is_opened_and_closed_after_a_page_that_says_what_it_means(desk: Client, manager: User) -> None:
    make_body()
    survey = make_round()
    url = reverse("admin:surveys_survey_step", args=[survey.pk, "open"])
    assert "提出期限が決まっていません" in step(desk, survey, "open")[0]
    survey.set_dates(Dates(timezone.now()), by=manager)
    page = desk.get(url)
    assert "回答を求める団体：1団体" in page.content.decode() and survey.checksum in page.content.decode()
    assert Survey.objects.get().state == "draft"
    assert step(desk, survey, "open") == ["受付を始める：1件を済ませました。"]
    assert step(desk, survey, "open") == ["令和2年度：この調査は今「受付中」です。"]
    assert "まだ提出していない団体：1団体" in desk.get(url.replace("open", "close")).content.decode()
    step(desk, survey, "close")
    assert Survey.objects.get().state == "closed"
    assert Event.objects.get(kind="survey.closed").actor == manager
    assert 'name="deadline"' not in desk.get(reverse("admin:surveys_survey_change", args=[survey.pk])).content.decode()


def test_a_round_without_bodies_says_why_it_stays_closed(desk: Client) -> None:
    survey = make_round()
    survey.set_dates(Dates(timezone.now()), by=None)
    assert "団体がありません" in step(desk, survey, "open")[0]


def test_the_dates_move_with_an_event(desk: Client, response: Response, manager: User) -> None:
    url = reverse("admin:surveys_survey_change", args=[response.survey.pk])
    for value in ("2021-05-28T17:00", "2021-05-28T17:00", ""):
        desk.post(url, {"deadline": value, "year": "1999"})
    survey = Survey.objects.get()
    assert (survey.deadline, survey.year) == (None, 2020)
    moved = Event.objects.filter(kind="survey.dates")
    assert [(event.before, event.after, event.actor) for event in moved] == [
        ({"deadline": None}, {"deadline": "2021-05-28T17:00:00+09:00"}, manager),
        ({"deadline": "2021-05-28T08:00:00+00:00"}, {"deadline": None}, manager),
    ]


def test_dates_out_of_order_are_refused_at_the_form(desk: Client, response: Response) -> None:
    url = reverse("admin:surveys_survey_change", args=[response.survey.pk])
    page = desk.post(url, {"deadline": "2021-05-28T17:00", "edit_until": "2021-05-27T17:00"})
    assert "同じか後の日時にしてください" in page.content.decode()
    assert Survey.objects.get().deadline is None


def test_bodies_are_given_more_time_with_a_reason(desk: Client, response: Response, manager: User) -> None:
    left = Response.objects.exclude(pk=response.pk).get()
    response.survey.set_dates(Dates(timezone.now() - timedelta(days=1)), by=None)
    given = {"until": "2999-05-28T17:00", "reason": "台風の対応のため"}
    assert step(desk, left, "extend", **(given | {"until": "1999-01-01T00:00"})) == [
        f"{left}：延長した期限は、調査の提出期限より後にしてください。"
    ]
    assert step(desk, response, "extend", **given) == [f"{response}：この回答は今「提出済」です。"]
    page = act(desk, "surveys_response", "extend", left, response, confirmed="1", **given)
    assert "期限を延ばす：1件を済ませました。" in says(page)
    event = Event.objects.get(kind="response.extended")
    assert (event.actor, event.reason) == (manager, "台風の対応のため")
    assert "台風の対応のため" in desk.get(reverse("admin:surveys_response_change", args=[left.pk])).content.decode()
    listed = desk.get(reverse("admin:surveys_response_changelist"), {"attention": "extended"})
    assert [each.pk for each in listed.context["cl"].result_list] == [left.pk]
    assert not desk.get(reverse("admin:surveys_response_changelist"), {"attention": "late"}).context["cl"].result_list
    left.survey.close()
    left.refresh_from_db()
    assert step(desk, left, "extend", **given) == [f"{left}：この調査は今「受付終了」です。"]


def test_a_response_is_sent_back_with_a_reason_and_accepted(desk: Client, response: Response) -> None:
    assert step(desk, response, "send_back", reason=" ") == []
    page = desk.post(reverse("admin:surveys_response_step", args=[response.pk, "send_back"]), {"reason": ""})
    assert page.context["form"].errors
    step(desk, response, "send_back", reason="職員数を確かめてください。")
    response.refresh_from_db()
    assert (response.state, response.return_reason) == ("returned", "職員数を確かめてください。")
    assert "差戻し" in step(desk, response, "accept")[0]
    answer(response.survey, response.body, COMPLETE, submit=True)
    step(desk, response, "accept")
    response.refresh_from_db()
    assert response.state == "accepted"
    assert "受理" in step(desk, response, "accept")[0]


def test_many_responses_are_sent_back_and_accepted_from_the_list(desk: Client, response: Response) -> None:
    other = Response.objects.exclude(pk=response.pk).get()
    page = act(desk, "surveys_response", "send_back", response, other)
    assert page.context["possible"] == 1 and "入力中" in page.content.decode()
    page = act(desk, "surveys_response", "send_back", response, other, confirmed="1", reason="")
    assert page.context["form"].errors
    shown = seen(page)
    page = act(
        desk, "surveys_response", "send_back", response, other, confirmed="1", reason="直してください。", **shown
    )
    assert [message[:8] for message in says(page)] == ["令和2年度 長野", "差し戻す：1件を"]
    answer(response.survey, response.body, COMPLETE, submit=True)
    page = act(desk, "surveys_response", "accept", response)
    assert f'value="{response.pk}"\n                       checked' in page.content.decode()
    page = act(desk, "surveys_response", "accept", response, confirmed="1", **seen(page))
    assert says(page) == ["受理する：1件を済ませました。"]


def test_what_was_submitted_again_meanwhile_is_not_accepted(desk: Client, response: Response) -> None:
    shown = seen(act(desk, "surveys_response", "accept", response))
    assert list(shown.values()) == ["R2-202037-01"]
    approver = make_member(response.body, "approver")
    response.withdraw("R2-202037-01", by=approver)
    response.submit(by=approver)
    page = act(desk, "surveys_response", "accept", response, confirmed="1", **shown)
    assert "この画面を開いたあとに変わりました。" in says(page)[0]
    response.refresh_from_db()
    assert response.state == "submitted"


def test_a_response_shows_its_answers_and_what_stands_against_them(desk: Client, response: Response) -> None:
    words = desk.get(reverse("admin:surveys_response_change", args=[response.pk])).content.decode()
    assert response.submission is not None
    assert response.submission.receipt in words and response.submission.fingerprint[:4] in words
    assert "利用を受け付けています" not in words and "未回答 0問" in words
    step(desk, response, "send_back", reason="直してください。")
    answer(response.survey, response.body, {**COMPLETE, "cio": {}, "staff": {"cells": {"own": 3}}})
    page = desk.get(reverse("admin:surveys_response_change", args=[response.pk]))
    sheet = page.context["sheet"]
    assert {todo.question.id for todo in sheet.missing} == {"cio", "staff"}
    assert [part.open for part in sheet.parts] == [True, False]
    assert "直してください。" in page.content.decode()


def test_a_run_is_recomputed_looked_at_and_published(desk: Client, response: Response, manager: User) -> None:
    url = reverse("admin:aggregation_run_recompute", args=[2020])
    assert desk.get(url).status_code == 405
    assert desk.post(reverse("admin:aggregation_run_recompute", args=[1999])).status_code == 404
    assert "計算しました" in says(desk.post(url, follow=True))[0]
    assert "のままです" in says(desk.post(url, follow=True))[0]
    run = Run.objects.get()
    assert url in desk.get(reverse("admin:aggregation_run_changelist")).content.decode()
    assert url in desk.get(reverse("admin:surveys_survey_change", args=[response.survey.pk])).content.decode()
    for table in ("cio", "measures"):
        assert desk.get(reverse("admin:aggregation_run_table", args=[run.pk, table])).status_code == 200
    assert desk.get(reverse("admin:aggregation_run_table", args=[run.pk, "none"])).status_code == 404
    assert desk.get(reverse("admin:aggregation_run_table", args=[0, "cio"])).status_code == 404
    assert (
        "1団体の回答を数えています"
        in desk.get(reverse("admin:aggregation_run_step", args=[run.pk, "publish"])).content.decode()
    )
    assert "受付を終えた調査だけ" in step(desk, run, "publish")[0]
    response.survey.close()
    assert step(desk, run, "publish") == ["公表する：1件を済ませました。"]
    assert Run.objects.published_of(2020) == run and Survey.objects.get().state == "published"
    assert Run.objects.get().published_by == manager
    assert "すでに" in step(desk, run, "publish")[0]


def test_what_publishing_replaces_is_said(desk: Client, response: Response) -> None:
    publish(response.survey)
    response.send_back("直してください。", by=make_user())
    Run.objects.filter(pk=report.compute(response.survey).run.pk).update(synthetic=True)
    page = desk.get(reverse("admin:aggregation_run_step", args=[Run.objects.latest("pk").pk, "publish"]))
    assert "いま公表しているr1に代わります" in page.content.decode() and "合成データ" in page.content.decode()


def test_history_cannot_be_written_here(desk: Client, response: Response) -> None:
    event = Event.objects.first()
    assert event is not None
    for model, thing in (("event", event), ("response", response)):
        assert desk.post(reverse(f"admin:surveys_{model}_change", args=[thing.pk]), {}).status_code == 403
    for model, thing in (("event", event), ("response", response), ("survey", response.survey)):
        assert desk.post(reverse(f"admin:surveys_{model}_delete", args=[thing.pk]), {"post": "yes"}).status_code == 403
        assert desk.get(reverse(f"admin:surveys_{model}_add")).status_code == 403


def test_the_history_says_how_answers_came_in(desk: Client, response: Response) -> None:
    Event.objects.record([Entry("answers.saved", f"{response.subject} people", None, {}, "form")], actor=None)
    assert "画面で" in desk.get(reverse("admin:surveys_event_changelist")).content.decode()


def test_no_step_that_does_not_exist(desk: Client, response: Response) -> None:
    for pk, name in ((response.pk, "burn"), (0, "accept")):
        assert desk.get(reverse("admin:surveys_response_step", args=[pk, name])).status_code == 404


FILTERS = {
    "round=2020": 2,
    "round=1999": 0,
    "round=x": 2,
    "state=submitted": 1,
    "state=draft": 0,
    "state=not_started": 1,
    "attention=late": 0,
    "attention=no_approver": 2,
    "attention=queries_open": 0,
    "attention=x": 2,
    "prefecture=20": 2,
    "prefecture=01": 0,
    "kind__exact=city": 1,
    "q=202037": 1,
    "q=うえだ": 1,
    "q=長野": 1,
}


@pytest.mark.parametrize("query", FILTERS)
def test_responses_are_found(desk: Client, response: Response, query: str) -> None:
    page = desk.get(f"{reverse('admin:surveys_response_changelist')}?{query}")
    assert page.context["cl"].result_count == FILTERS[query]


@pytest.mark.parametrize("year", ["99999", "-1349237927676027"])
def test_a_year_that_no_date_has_is_a_wrong_filter(desk: Client, db: None, year: str) -> None:
    """As Django answers to any filter that it cannot make: the whole list, with e=1."""
    url = reverse("admin:surveys_correction_changelist")
    assert desk.get(f"{url}?at__year={year}")["Location"] == f"{url}?e=1"
    assert desk.post(f"{url}?at__year={year}", {"action": "decline"})["Location"] == f"{url}?e=1"


def test_bodies_and_events_are_found(desk: Client, response: Response) -> None:
    make_member(response.body, "approver")
    counts = {
        "body_changelist?approver=no": 1,
        "body_changelist?approver=yes": 1,
        "body_changelist?prefecture=20": 2,
        "event_changelist?kind=survey.opened": 1,
        "event_changelist?q=response+2020-202037": Event.objects.under("response 2020-202037").count(),
    }
    for place, count in counts.items():
        name, query = place.split("?")
        page = desk.get(f"{reverse(f'admin:surveys_{name}')}?{query}")
        assert page.context["cl"].result_count == count, place


def test_the_work_list(desk: Client, response: Response) -> None:
    def waiting() -> dict[str, int]:
        lines = desk.get(reverse("admin:index")).context["lines"]
        for line in lines:
            listed = desk.get(line.url)
            if "cl" in listed.context:
                assert listed.context["cl"].result_count == line.count, line.title
        return {line.title: line.count for line in lines}

    moved = "最後の計算のあとに、提出、差戻し、訂正があった団体"
    assert waiting() == {"審査を待つ回答": 1, "決裁者が登録されていない団体": 2, moved: 1}
    make_round(2021)
    report.compute(response.survey)
    make_member(response.body, "approver")
    found = waiting()
    assert found == {
        "審査を待つ回答": 1,
        "決裁者が登録されていない団体": 1,
        "受付を始めていない調査": 1,
        "公表していない計算": 1,
    }
    response.send_back("直してください。", by=make_user())
    response.survey.set_dates(Dates(timezone.now() - timedelta(days=1)), by=None)
    found = waiting()
    assert found[moved] == 1
    assert found["期限を過ぎて提出されていない回答"] == 2
    assert found["差し戻して、まだ再提出されていない回答"] == 1
    figures = desk.get(reverse("admin:index")).context["figures"][0]
    assert [(figure.state, figure.count) for figure in figures.states if figure.count] == [
        ("returned", 1),
        ("not_started", 1),
    ]
    publish(response.survey)
    found = waiting()
    assert moved not in found and "公表していない計算" not in found


def test_nothing_waits_before_the_first_round(desk: Client) -> None:
    assert "いま待っているものはありません" in desk.get(reverse("admin:index")).content.decode()
    assert desk.get(reverse("admin:app_list", args=["surveys"])).status_code == 200


def test_signing_in_and_out_is_where_everybody_does(desk: Client, db: None) -> None:
    page = Client().get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    assert desk.get(reverse("admin:login")).headers["Location"] == reverse("admin:index")
    assert desk.get(reverse("admin:logout")).headers["Location"] == reverse("account_logout")
    assert desk.get(reverse("admin:password_change")).headers["Location"] == reverse("account_change_password")
    client = Client()
    client.force_login(make_user())
    assert client.get(reverse("admin:login")).status_code == 403


ROLES = ["officer", "approver", "neighbour", "prefecture", "elsewhere", "nobody"]


@pytest.mark.parametrize("role", [*ROLES, "ministry", None])
def test_published_pages_are_for_everybody(
    request: pytest.FixtureRequest, role: str | None, response: Response
) -> None:
    publish(response.survey)
    client = Client()
    if role and role != "ministry":
        client.force_login(make_user(role))
    for name, args in (("report-index", []), ("report-contents", [2020]), ("report-table", [2020, "cio"])):
        assert client.get(reverse(name, args=args)).status_code == 200
