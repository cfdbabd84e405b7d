"""Identifiers in forms are exchanged for those of another body, person or round by somebody who may use the form.

Each is refused, leaves no event and changes no row. `Tampered.status` says with what: 404 for what is not theirs to
know of, 400 for a form with something that it does not offer, 403 for what is another role's, 409 for what is not as
the page said; 302 where the rest of the form is taken and what does not belong there is left out.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.models import Membership, Response, User
from tests.access_urls import of
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_user
from tests.world import CLOSED, DRAFT, SUBMITTED, World, counts, make_world

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://elsewhere.example/"
REASON = {"text": "試し", "reason": "試し", "confirmed": "1"}


class Tampered(NamedTuple):
    what: str
    role: str
    url: str
    data: dict[str, Any]
    status: int


def at(world: World, name: str, state: str = DRAFT, body: str = "own", **other: Any) -> str:
    """A URL about a response, with some of its arguments exchanged."""
    return of(name, {**world.thing(body, state).arguments, **other})


def ids(world: World, body: str, state: str = DRAFT) -> dict[str, Any]:
    return world.thing(body, state).arguments


def receipt(response: Response) -> str:
    response.refresh_from_db()
    assert response.submission
    return str(response.submission.receipt)


def in_the_path(world: World) -> Iterator[Tampered]:
    """What belongs to the neighbour, to another round or to another question, under the own address."""
    for body, state in (("neighbour", DRAFT), ("own", SUBMITTED)):
        there = ids(world, body, state)
        for name, data in (
            *(("comment-withdraw", {}), ("team-revoke", {}), ("query-answer", {"text": "はい。", "key": "k"})),
            ("query-close", {}),
        ):
            kept = "comment" if name.startswith("comment") else "invitation" if name == "team-revoke" else "query"
            yield Tampered(f"{name} of {body} {state}", "officer", at(world, name, **{kept: there[kept]}), data, 404)
    other = ids(world, "neighbour", CLOSED)["correction"]
    yield Tampered("correction", "officer", at(world, "correction-withdraw", CLOSED, correction=other), {}, 404)
    asked = {"section_id": "systems", "id": "cio"}
    for name in ("comments", "queries", "comment-withdraw", "query-answer", "query-close"):
        yield Tampered(f"{name}: section of another question", "officer", at(world, name, **asked), REASON, 404)
    for name in ("section", "comments", "queries"):
        url = at(world, name, section_id="systems", id="state")
        yield Tampered(f"{name}: section not handed over", "delegate", url, {"then": ""}, 404)
    stranger = world.members["neighbour"].pk
    yield Tampered("person replaced", "officer", at(world, "team-replace", user=stranger), {}, 404)
    theirs = {"key": f"page{world.responses['neighbour', DRAFT].pk}"}
    yield Tampered("key of an invitation", "officer", at(world, "team-replace", user=stranger), theirs, 404)
    for name in ("team-give", "submit", "section", "workbook", "withdraw"):
        yield Tampered(f"{name}: code", "approver", at(world, name, body="neighbour"), REASON, 404)
        yield Tampered(f"{name}: year that is none", "approver", at(world, name, year=1999), REASON, 404)
    yield Tampered("send-back: code", "prefecture", at(world, "send-back", SUBMITTED, "far"), REASON, 404)
    yield Tampered("recompute: round", "manager", reverse("admin:aggregation_run_recompute", args=[1999]), {}, 404)


def in_the_fields(world: World) -> Iterator[Tampered]:
    """Persons, sections, receipts and versions that the form does not offer."""
    give = {"key": "k", "section": ["procedures"]}
    for who in (world.members["neighbour"], world.people["prefecture"], world.people["manager"]):
        yield Tampered(f"given to {who}", "officer", at(world, "team-give"), {**give, "to": who.pk}, 400)
        url = at(world, "team-replace", user=ids(world, "own")["user"])
        yield Tampered(f"replaced by {who}", "officer", url, {"key": "k", "to": who.pk}, 400)
    to = {"to": world.people["approver"].pk, "key": "k"}
    yield Tampered("section of no city", "officer", at(world, "team-give"), {**to, "section": ["police"]}, 400)
    yield Tampered("person taken back", "officer", at(world, "team-take-back"), {"section": ["police"]}, 409)
    foreign = receipt(world.responses["neighbour", SUBMITTED])
    earlier = receipt(world.responses["own", CLOSED])
    for each in (foreign, earlier):
        data = {"receipt": each, **REASON}
        yield Tampered("receipt", "approver", at(world, "withdraw", SUBMITTED), data, 409)
        yield Tampered("receipt", "prefecture", at(world, "send-back", SUBMITTED), data, 409)
        yield Tampered("receipt", "prefecture", at(world, "endorsement", SUBMITTED), data, 404)
    review = {"reviewed": "0" * 64}
    yield Tampered("answers that were not reviewed", "approver", at(world, "submit"), review, 409)
    elsewhere = {"receipt": [receipt(world.responses["far", SUBMITTED])], **REASON}
    yield Tampered("receipt", "prefecture", of("prefecture-endorse", {"year": 2022}), elsewhere, 302)
    to_far = {"response": [world.responses["far", DRAFT].pk], "key": "k"}
    yield Tampered("response", "prefecture", of("prefecture-remind", {"year": 2021}), to_far, 302)
    other = {"state": "done", "seen|state": "0", "page": "p", "use-school": "yes", "seen|use-school": "0"}
    for role in ("officer", "delegate"):
        yield Tampered("question of another section", role, at(world, "section"), other, 302)


def signed(world: World) -> Iterator[Tampered]:
    """Previews that were signed for somebody else, for another response or for another page."""
    confirm, empty = at(world, "workbook-confirm"), {"changes": {}, "seen": {}, "versions": {}, "conflicts": []}
    officer, own = world.people["officer"], world.responses["own", DRAFT]
    for subject in (
        [world.people["approver"].pk, own.pk],
        [officer.pk, world.responses["neighbour", DRAFT].pk],
        [officer.pk, world.responses["own", SUBMITTED].pk],
    ):
        token = signing.dumps({**empty, "for": subject}, salt="surveys.workbook", compress=True)
        yield Tampered("workbook", "officer", confirm, {"proposal": token}, 400)
    token = signing.dumps({**empty, "for": [officer.pk, own.pk]}, salt="surveys.people", compress=True)
    yield Tampered("salt", "officer", confirm, {"proposal": token}, 400)
    manager, viewer = world.people["manager"], world.people["viewer"]
    people = signing.dumps({"rows": [], "seen": "", "for": viewer.pk}, salt="surveys.people", compress=True)
    url = reverse("admin:surveys_user_import-confirm")
    yield Tampered("people", "manager", url, {"carried": people}, 400)
    register = signing.dumps({"file": "", "name": "", "for": viewer.pk}, salt="surveys.register", compress=True)
    yield Tampered("register", "manager", reverse("admin:surveys_body_load"), {"proposal": register}, 400)
    survey, other = own.survey, world.responses["own", SUBMITTED].survey
    for subject in ([viewer.pk, survey.pk], [manager.pk, other.pk]):
        held = {"for": subject, "seen": survey.checksum, "document": survey.document}
        token = signing.dumps(held, salt="surveys.definition", compress=True)
        for page, status in (("confirm", 400), ("pages", 404)):
            url = reverse(f"admin:surveys_survey_definition_{page}", args=[survey.pk])
            yield Tampered(f"definition {page}", "manager", url, {"proposal": token}, status)


def at_the_desk(world: World) -> Iterator[Tampered]:
    """What a manager, who is no superuser, may not do to one; rows of other people; fields that are not in the form."""
    root = make_user("root", "管理 者", is_staff=True, is_superuser=True)
    people = reverse("admin:surveys_user_changelist")
    chosen = {"_selected_action": root.pk, "confirmed": "1", "action": "deactivate"}
    yield Tampered("superuser as an action", "manager", people, chosen, 302)
    yield Tampered("superuser as a step", "manager", desk("step", root.pk, "deactivate"), {}, 302)
    invited = {"people": root.pk, "key": "k", "way": "paper"}
    yield Tampered("superuser invited", "manager", reverse("admin:surveys_user_invite"), invited, 302)
    password = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    url = reverse("admin:auth_user_password_change", args=[root.pk])
    yield Tampered("password of a superuser", "manager", url, password, 403)
    yield Tampered("superuser changed", "manager", desk("change", root.pk), {"name": "変更"}, 403)
    officer = world.people["officer"]
    rows = Membership.objects.filter(user=world.members["neighbour"]).get()
    inline = {
        **{"sign_in_id": officer.sign_in_id, "name": officer.name, "_save": "1"},
        **{"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1},
        **{"memberships-0-id": rows.pk, "memberships-0-user": officer.pk, "memberships-0-body": "202037"},
        **{"memberships-0-role": "approver", "memberships-0-DELETE": "on"},
    }
    yield Tampered("membership of another", "manager", desk("change", officer.pk), inline, 302)
    elsewhere = {"action": "accept", "_selected_action": 999_999, "confirmed": "1"}
    yield Tampered("response that is none", "reviewer", reverse("admin:surveys_response_changelist"), elsewhere, 302)
    seen = {"seen.1": "another"}
    step = reverse("admin:surveys_correction_step", args=[ids(world, "own", CLOSED)["correction"], "make"])
    yield Tampered("correction of a viewer", "viewer", step, seen, 403)


def desk(page: str, *args: Any) -> str:
    return reverse(f"admin:surveys_user_{page}", args=args)


def test_what_is_exchanged_in_a_form_is_refused_and_nothing_happens() -> None:
    world = make_world()
    cases = [*in_the_path(world), *in_the_fields(world), *signed(world), *at_the_desk(world)]
    clients = {role: signed_in(world.people[role]) for role in {case.role for case in cases}}
    before, wrong = counts(), []
    rows = {model: list(model.objects.order_by("pk").values()) for model in (Membership, Response)}
    active = list(User.objects.order_by("pk").values_list("pk", "is_active", "is_staff", "is_superuser", "password"))
    for case in cases:
        found = clients[case.role].post(case.url, case.data)
        changed = [name for name, count in counts().items() if count != before[name]]
        if found.status_code != case.status or changed:
            wrong.append(f"{case.what} ({case.role}, {case.url}): {found.status_code}, not {case.status}; {changed}")
    assert "\n".join(wrong) == ""
    assert {model: list(model.objects.order_by("pk").values()) for model in rows} == rows
    found_active = User.objects.order_by("pk").values_list("pk", "is_active", "is_staff", "is_superuser", "password")
    assert list(found_active) == active
    assert len(cases) > 60


def test_a_field_that_is_not_in_the_form_is_left_out() -> None:
    """Of a person no superuser is made by who is none, and no sign-in id changed; of a body no code."""
    world = make_world()
    manager, officer = signed_in(world.people["manager"]), world.people["officer"]
    more = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    data = {"sign_in_id": "another", "name": "小林 直樹", "is_superuser": "on", "is_active": "", **more}
    assert manager.post(desk("change", officer.pk), data).status_code == 302
    officer.refresh_from_db()
    assert (officer.sign_in_id, officer.is_superuser, officer.is_active) == ("own", False, True)
    body = world.responses["own", DRAFT].body
    facts = {"code": "999999", "name": "上田市", "name_kana": "うえだし", "kind": "city"}
    facts |= {"prefecture_code": "20", "prefecture": "長野県"}
    posted = {**facts, "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    assert manager.post(reverse("admin:surveys_body_change", args=[body.pk]), posted).status_code == 302
    body.refresh_from_db()
    assert body.code == "202037"


def test_a_workbook_of_another_body_or_round_is_not_read() -> None:
    world = make_world()
    count = counts()
    for role, body, state in (("neighbour", "neighbour", DRAFT), ("officer", "own", SUBMITTED)):
        user = world.people.get(role) or world.members[role]
        file = signed_in(user).get(at(world, "workbook-file", state, body)).content
        upload = {"file": SimpleUploadedFile("回答.xlsx", file)}
        found = signed_in(world.people["officer"]).post(at(world, "workbook"), upload)
        assert found.status_code == 400, (body, state)
    assert counts() == count


@pytest.mark.parametrize("place", [ELSEWHERE, "//elsewhere.example/", r"\\elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(place: str) -> None:
    """By no form and no link that says where it goes on."""
    officer = make_user("officer", "小林 直樹")
    client = signed_in(officer)
    assert client.post("/guide/", {"next": place}).headers["Location"] == "/"
    assert client.post("/i18n/setlang/", {"next": place, "language": "en"}).headers["Location"] == "/"
    found = Client().post("/accounts/login/", {"login": "officer", "password": PASSWORD, "next": place})
    assert found.status_code == 302 and found.headers["Location"] == "/"
    assert Client().get("/admin/login/", {"next": place}).headers["Location"].startswith("/accounts/login/?next=")
    assert client.post("/accounts/logout/", {"next": place}).headers["Location"].startswith("/")


def test_what_is_asked_for_comes_back_escaped(client: Client) -> None:
    """In a page, in a header and in a message of the API."""
    script = "<script>alert(1)</script>"
    for url in ("/none/", "/accounts/login/", "/invitation/", "/report/trend/"):
        assert script not in client.get(url, {"next": script, "q": script, "table": script}).content.decode(), url
    assert script not in client.post("/invitation/", {"code": script}, follow=True).content.decode()
    found = client.get("/api/v1/editions/<script>/tables")
    assert found.headers["Content-Type"].startswith("application/json")
    assert "\n" not in client.get("/admin/login/?next=%0d%0aSet-Cookie:a=b").headers["Location"]
