"""The ministry's admin: what it lists and the actions that move rounds, responses and runs."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from aggregation import report
from aggregation.models import Run
from surveys.models import Event, Response, Survey, User
from tests.factories import COMPLETE, answer, make_body, make_prefecture, make_round, make_user, open_round

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
    make_prefecture()
    return answer(open_round(), body, COMPLETE, submit=True)


def act(desk: Client, model: str, action: str, *things: object, **fields: str) -> list[str]:
    """Run an action on some things; returns what the page says."""
    data = {"action": action, "_selected_action": [thing.pk for thing in things], **fields}
    page = desk.post(reverse(f"admin:{model}_changelist"), data, follow=True)
    return [str(message) for message in page.context["messages"]]


@pytest.mark.parametrize("model", ["body", "user", "survey", "response", "event"])
def test_lists_and_pages_open(desk: Client, response: Response, model: str, manager: User) -> None:
    assert desk.get(reverse(f"admin:surveys_{model}_changelist")).status_code == 200
    thing = {"body": response.body, "user": manager, "survey": response.survey, "response": response}
    found = thing.get(model) or Event.objects.first()
    assert desk.get(reverse(f"admin:surveys_{model}_change", args=[found.pk])).status_code == 200


def test_a_user_is_added(desk: Client) -> None:
    assert desk.get(reverse("admin:surveys_user_add")).status_code == 200
    data = {
        "sign_in_id": "ueda.tanto",
        "name": "小林",
        "division": "",
        "usable_password": "true",
        "password1": "a-long-enough-password",
        "password2": "a-long-enough-password",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    desk.post(reverse("admin:surveys_user_add"), data)
    assert User.objects.get(sign_in_id="ueda.tanto").check_password("a-long-enough-password")


def test_a_round_is_opened_and_closed(desk: Client, manager: User) -> None:
    make_body()
    survey = make_round()
    assert act(desk, "surveys_survey", "open_rounds", survey) == ["1件を変えました。"]
    assert "only a draft" in act(desk, "surveys_survey", "open_rounds", survey)[0]
    act(desk, "surveys_survey", "close_rounds", survey)
    assert Survey.objects.get().state == "closed"
    assert Event.objects.get(kind="survey.closed").actor == manager


def test_a_response_is_sent_back_with_a_reason_and_accepted(desk: Client, response: Response) -> None:
    assert "理由" in act(desk, "surveys_response", "send_back", response)[0]
    act(desk, "surveys_response", "send_back", response, reason="職員数を確かめてください。")
    response.refresh_from_db()
    assert (response.state, response.return_reason) == ("returned", "職員数を確かめてください。")
    assert "差戻し" in act(desk, "surveys_response", "accept", response)[0]
    answer(response.survey, response.body, COMPLETE, submit=True)
    act(desk, "surveys_response", "accept", response)
    response.refresh_from_db()
    assert response.state == "accepted"


def test_a_run_is_published(desk: Client, response: Response, manager: User) -> None:
    run = report.compute(response.survey).run
    assert desk.get(reverse("admin:aggregation_run_changelist")).status_code == 200
    act(desk, "aggregation_run", "publish", run)
    assert Run.objects.published_of(2020) == run
    assert Run.objects.get().published_by == manager


def test_history_cannot_be_written_here(desk: Client, response: Response) -> None:
    event = Event.objects.first()
    assert event is not None
    for model, thing in (("event", event), ("response", response), ("survey", response.survey)):
        assert desk.post(reverse(f"admin:surveys_{model}_change", args=[thing.pk]), {}).status_code == 403
        assert desk.post(reverse(f"admin:surveys_{model}_delete", args=[thing.pk]), {"post": "yes"}).status_code == 403
        assert desk.get(reverse(f"admin:surveys_{model}_add")).status_code == 403


def test_who_may_only_view_has_no_actions(response: Response) -> None:
    viewer = make_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_response"))
    client = Client()
    client.force_login(viewer)
    page = client.get(reverse("admin:surveys_response_changelist"))
    assert page.status_code == 200 and b"send_back" not in page.content
    act(client, "surveys_response", "accept", response)
    response.refresh_from_db()
    assert response.state == "submitted"


ROLES = ["officer", "approver", "neighbour", "prefecture", "elsewhere", "nobody"]
PLACES = [
    "admin:index",
    "admin:surveys_response_changelist",
    "admin:surveys_event_changelist",
    "admin:aggregation_run_changelist",
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("place", PLACES)
def test_the_admin_is_for_the_ministry_alone(request: pytest.FixtureRequest, role: str, place: str) -> None:
    client = Client()
    client.force_login(request.getfixturevalue(role))
    assert client.get(reverse(place)).status_code == 302
    assert Client().get(reverse(place)).status_code == 302


@pytest.mark.parametrize("role", [*ROLES, "ministry", None])
def test_published_pages_are_for_everybody(
    request: pytest.FixtureRequest, role: str | None, response: Response
) -> None:
    report.compute(response.survey).run.publish(by=None)
    client = Client()
    if role and role != "ministry":
        client.force_login(make_user(role))
    for name, args in (("report-index", []), ("report-contents", [2020]), ("report-table", [2020, "cio"])):
        assert client.get(reverse(name, args=args)).status_code == 200
