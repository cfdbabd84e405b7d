"""A full year through the pages and commands: 2020 published, 2021 made from it, answered, reviewed, corrected."""

import csv
import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from aggregation.models import Run
from surveys import places
from surveys.answers import write
from surveys.models import Body, Correction, Event, Query, ReminderRule, Response, Survey, User
from surveys.questionnaire import Document
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_body, make_member, make_ministry, make_prefecture, open_round
from tests.smtp import Post, serving, use
from tests.surveys.reminders.helpers import evening
from tests.surveys.test_account_links import NEW, SET
from tests.surveys.test_admin import act, says, seen, step
from tests.surveys.test_query_pages import fields
from tests.surveys.web_page import open_page
from tests.workbooks import definition_book

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = """name,email,body,role
小林 直樹,kobayashi@city.example,202037,editor
宮澤 明子,miyazawa@city.example,202037,approver
土屋 光,tsuchiya@city.example,202193,approver
高橋 進,takahashi@city.example,102024,approver
"""
DEPUTY = {
    "id": "deputy",
    "kind": "single-choice",
    "title": {"ja": "副CIOの任命", "en": "Deputy CIO"},
    "text": {"ja": "副CIOを任命していますか。", "en": "Is a deputy CIO appointed?"},
    "heading": {"ja": "１ CIO", "en": "1 CIO"},
    "reference": {"ja": "年度当初", "en": "at the beginning of the year"},
    "respondents": "both",
    "option": [
        {"code": "yes", "label": {"ja": "任命している", "en": "Yes"}, "source": "ministry"},
        {"code": "no", "label": {"ja": "任命していない", "en": "No"}, "source": "ministry"},
    ],
}
REWORDED = "CIO（最高情報責任者）を任命していますか。"
ANSWERS = {id: each for id, each in COMPLETE.items() if id != "post"} | {"deputy": {"value": "no"}}


def renewed(document: Document) -> Document:
    """Next year's definition: a reworded, a new and a removed question."""
    found = deepcopy(document)
    section = next(each for each in found.values() if each.get("id") == "people")
    section["question"] = [each for each in section["question"] if each["id"] != "post"] + [DEPUTY]
    section["question"][0]["text"]["ja"] = REWORDED
    return found


def define(desk: Client, survey: Survey) -> None:
    """Take the definition as an Excel file, change it, upload it, and confirm what the preview asks about."""
    url = {
        page: reverse(f"admin:surveys_survey_{page}", args=[survey.pk]) for page in ("definition", "definition_confirm")
    }
    assert desk.get(reverse("admin:surveys_survey_definition_file", args=[survey.pk])).status_code == 200
    book = SimpleUploadedFile("definition.xlsx", definition_book(renewed(survey.document)))
    page = desk.post(url["definition"], {"file": book})
    words = page.content.decode()
    for part in (REWORDED, "副CIOの任命", "CIOの役職"):
        assert part in words, part
    confirmed = {"proposal": page.context["token"], "same": ["cio"]}
    assert "調査票を入れ替えました" in desk.post(url["definition_confirm"], confirmed, follow=True).content.decode()


def merge(desk: Client) -> None:
    form = {"day": "2020-10-01", "kind": "merger", "before": "203254、203262", "after": "202193", "source": "告示第1号"}
    url = reverse("admin:surveys_registerchange_add")
    assert "廃止されます" in desk.post(url, form).content.decode()
    desk.post(url, {**form, "confirmed": "1"})


def invite(desk: Client, smtp: Post, folder: Path) -> dict[str, Client]:
    """Take people from a list, invite them by mail; each opens the link of the mail and chooses a password."""
    file = folder / "people.csv"
    file.write_text(PEOPLE)
    call_command("import_people", file)
    people = User.objects.filter(email__endswith="@city.example")
    chosen = ",".join(str(user.pk) for user in people)
    desk.post(reverse("admin:surveys_user_invite"), {"people": chosen, "key": "page"})
    found = {}
    invited = list(zip(smtp.messages, smtp.addresses, strict=True))  # who then sets a password is told so by mail too
    for message, address in invited:
        token = re.search(r"/invitation/([\w-]+)/", str(message.get_content()))
        assert token
        client = Client()
        client.get(f"/invitation/{token[1]}/")
        assert client.post(SET, NEW).status_code == 302
        found[address.partition("@")[0]] = client
    assert set(found) == {"kobayashi", "miyazawa", "tsuchiya", "takahashi"}
    return found


def fill(client: Client, code: str, answers: Mapping[str, Any]) -> None:
    """Answer page by page as a browser without scripts does; what an answer opens stands there after the save."""
    survey = Survey.objects.get(year=2021)
    for section in survey.questionnaire.sections_for(Body.objects.get(code=code).kind):
        own = {id: question for id, question in section.question_by_id.items() if id in answers}
        for _ in ("what is asked", "what these answers have opened"):
            page = open_page(client, f"/2021/{code}/{section.id}/")
            for id, question in own.items():
                if page.has(id):
                    page.fill(places.values(question, write(question, answers[id])))
            page.save()


def submit(client: Client, code: str) -> str:
    """Submit what the review shows; returns the receipt number."""
    page = client.get(f"/2021/{code}/review/")
    client.post(f"/2021/{code}/submit/", {"reviewed": page.context["dossier"].fingerprint})
    response = Response.objects.select_related("submission").get(survey__year=2021, body__code=code)
    assert response.submission and response.state == "submitted"
    return response.submission.receipt


def of(code: str) -> Response:
    return Response.objects.select_related("survey", "body", "submission").get(survey__year=2021, body__code=code)


@pytest.mark.usefixtures("permissions_follow_history")
def test_a_full_year(settings: Settings, tmp_path: Path) -> None:
    nagano, gunma = make_prefecture(), make_body("100005", "群馬県", "prefecture", prefecture="群馬県")
    desk, reviewer, publisher = (
        signed_in(make_ministry(group, name)) for group, name in (("manager", "m"), ("reviewer", "r"), ("manager", "p"))
    )
    earlier = year_before(desk)
    documents = list(Run.objects.get().tables.values_list("document", flat=True))
    survey = next_year(desk, earlier)
    post = Post()
    with serving(post) as port:
        use(settings, port)
        people = invite(desk, post, tmp_path)
        fill(people["kobayashi"], "202037", ANSWERS)
        assert submit(people["miyazawa"], "202037") == "R3-202037-01"
        remind(desk, survey, post)
        query_and_answer(reviewer, people["kobayashi"])
        coordinators = (signed_in(make_member(body, "coordinator")) for body in (nagano, gunma))
        returned_and_endorsed(reviewer, *coordinators, people)
        for name, code in (("tsuchiya", "202193"), ("takahashi", "102024")):
            fill(people[name], code, ANSWERS)
            submit(people[name], code)
        accept_many(reviewer, of("102024"), of("202037"))
        step(desk, survey, "close")
        first = publish(publisher)
        assert (first.edition_name, first.responses) == ("r1", 3)
        corrected(people["kobayashi"], reviewer, publisher, tmp_path)
    assert list(Run.objects.get(survey=earlier).tables.values_list("document", flat=True)) == documents


def year_before(desk: Client) -> Survey:
    """2020: four bodies of two prefectures have answered, and it is published."""
    bodies = [make_body(), make_body("203254", "東部町", "town"), make_body("203262", "北御牧村", "village")]
    bodies.append(make_body("102024", "高崎市", "core_city", prefecture="群馬県"))
    survey = open_round(2020)
    for body in bodies:
        answer(survey, body, COMPLETE, submit=True)
    step(desk, survey, "close")
    call_command("recompute", 2020)
    call_command("publish_run", Run.objects.get().pk)
    return survey


def next_year(desk: Client, earlier: Survey) -> Survey:
    """2021, made from it with another definition, after a merger; open until in three days."""
    step(desk, earlier, "next")
    survey = Survey.objects.get(year=2021)
    define(desk, survey)
    make_body("202193", "東御市", "city")
    merge(desk)
    deadline = evening(3).strftime("%Y-%m-%dT%H:%M")
    desk.post(reverse("admin:surveys_survey_change", args=[survey.pk]), {"deadline": deadline})
    assert "1件を済ませました" in step(desk, survey, "open")[0]
    asked = Response.objects.filter(survey=survey).values_list("body__code", flat=True)
    assert set(asked) == {"100005", "102024", "200000", "202037", "202193"}, "the merged are not asked any more"
    return survey


def remind(desk: Client, survey: Survey, post: Post) -> None:
    """Switch a rule on; cron runs twice, and who has not submitted gets one mail."""
    post.messages.clear()
    post.envelopes.clear()
    rule = ReminderRule.objects.get(survey=survey, days=-3)
    changed = {**rule.wording._asdict(), "survey": survey.pk, "days": -3, "active": "on"}
    desk.post(reverse("admin:surveys_reminderrule_change", args=[rule.pk]), changed)
    for _ in ("cron", "cron once more"):
        call_command("send_reminders")
    assert sorted(post.addresses) == ["takahashi@city.example", "tsuchiya@city.example"]


def query_and_answer(reviewer: Client, officer: Client) -> None:
    """The ministry asks at a question; the body sees it there and answers; the ministry closes it."""
    url = "/2021/202037/people/queries/cio/"
    reviewer.post(url, {**fields(open_page(reviewer, url)), "text": "任命の日をお知らせください。"})
    query = Query.objects.get()
    assert "任命の日をお知らせください。" in open_page(officer, "/2021/202037/people/").words
    page = open_page(officer, url)
    officer.post(f"{url}{query.pk}/answer/", {**fields(page), "text": "4月1日です。"})
    reviewer.post(f"{url}{query.pk}/close/", {"seen": "2"})
    query.refresh_from_db()
    assert (query.state, query.messages.count()) == ("closed", 2)


def returned_and_endorsed(reviewer: Client, coordinator: Client, elsewhere: Client, people: dict[str, Client]) -> None:
    """The ministry sends back; the body corrects and submits again; its prefecture endorses, and no other does."""
    step(reviewer, of("202037"), "send_back", reason="職員数をご確認ください。")
    assert "職員数をご確認ください。" in open_page(people["kobayashi"], "/2021/202037/").words
    fill(people["kobayashi"], "202037", {"staff": {"cells": {"own": 5, "outside": 2, "resident": 1}}})
    receipt = submit(people["miyazawa"], "202037")
    assert elsewhere.post("/2021/202037/endorsement/", {"receipt": receipt}).status_code == 404
    coordinator.post("/prefecture/2021/endorse/", {"receipt": receipt, "confirmed": "1"})
    submission = of("202037").submission
    assert submission and submission.endorsed_at and receipt == "R3-202037-02"


def accept_many(reviewer: Client, *responses: Response) -> None:
    """What is still open stands on the page that asks: 高崎市 has not been endorsed by its prefecture."""
    page = act(reviewer, "surveys_response", "accept", *responses)
    assert "県の確認がまだです" in page.content.decode()
    done = act(reviewer, "surveys_response", "accept", *responses, confirmed="1", **seen(page))
    assert says(done) == ["受理する：2件を済ませました。"]
    assert {each.state for each in map(of, ("102024", "202037"))} == {"accepted"}


def publish(publisher: Client) -> Run:
    publisher.post(reverse("admin:aggregation_run_recompute", args=[2021]))
    run = Run.objects.filter(survey__year=2021).latest("pk")
    publisher.post(reverse("admin:aggregation_run_step", args=[run.pk, "publish"]))
    run.refresh_from_db()
    return run


def corrected(officer: Client, reviewer: Client, publisher: Client, folder: Path) -> None:
    """The body asks for a correction, a reviewer makes it, somebody else publishes r2 with exactly these errata."""
    first = Run.objects.get(survey__year=2021)
    page = open_page(officer, "/2021/202037/corrections/people/")
    page.fill({"deputy": "yes", "reason": "副CIOを数えていませんでした。"}).post()
    asked = Correction.objects.get()
    step(reviewer, asked, "make")
    second = publish(publisher)
    assert (second.edition_name, first.edition_name) == ("r2", "r1")
    was, now = (cells(run, folder) for run in (first, second))
    differing = {place for place in was.keys() | now.keys() if was.get(place) != now.get(place)}
    found = second.errata.content
    assert [(body.code, body.after) for body in found.bodies] == [("202037", "R3-202037-03")]
    listed = [
        (table.id, cell.row, cell.column, cell.breakdown, cell.group) for table in found.tables for cell in table.cells
    ]
    assert set(listed) == differing and len(listed) == len(differing) > 0
    assert {table for table, *_ in listed} == {"deputy"}
    assert Event.objects.filter(kind="run.published", at__lte=timezone.now()).count() == 3


def cells(run: Run, folder: Path) -> dict[tuple[str, ...], list[str]]:
    """What the file of an edition says of each cell."""
    file = folder / f"{run}.csv"
    call_command("export_tables", 2021, format="csv", run=run.pk, out=file)
    lines = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    place, facts = ("table", "row", "column", "breakdown", "group"), ("bodies", "responded", "base", "count", "value")
    return {tuple(line[name] for name in place): [line[name] for name in facts] for line in lines}
