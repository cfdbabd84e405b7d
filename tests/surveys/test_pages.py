"""The pages of a body: who sees them, what stands on them, how many queries they take."""

import re
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import answers_file, pages, places
from surveys.answers import write
from surveys.dossier import Dossier
from surveys.models import Body, NotAllowed, Response, Survey, User
from surveys.rules import INCONSISTENT, MISSING, all_problems, applicable
from tests.conftest import member_too, signed_in
from tests.factories import COMPLETE, make_member, open_round, questionnaire
from tests.random_answers import complete_answers, draft_answers
from tests.surveys.web_page import WebPage, open_page

HOME, PEOPLE, SYSTEMS, PROCEDURES = (f"/2020/202037/{name}" for name in ("", "people/", "systems/", "procedures/"))
WORKBOOK = f"{HOME}workbook/"
PAGES = (HOME, PEOPLE, f"{HOME}review/", f"{HOME}answers/", WORKBOOK)
DRAFT: dict[str, Any] = {
    "cio": {"value": "yes"},
    "post": {"value": "other", "other_text": {"other": "情報監"}},
    "staff": {"cells": {"own": 1200, "outside": 1, "resident": 2}},
    "training": {"values": ["course"]},
    "state": {"cells": {"tax": "done"}},
}


def fill(response: Response, answers: dict[str, Any]) -> None:
    """Store answers as they are, also inconsistent ones."""
    questionnaire = response.survey.questionnaire
    for section in questionnaire.sections:
        own = {id: answer for id, answer in answers.items() if id in section.question_by_id}
        if own:
            found = response.section(section.id)
            found.put(own, by=None)
            found.save()


# Who sees what

TEAM, CORRECTIONS = f"{HOME}team/", f"{HOME}corrections/"
READ = {
    **dict.fromkeys(
        [*PAGES, SYSTEMS, PROCEDURES, f"{HOME}questionnaire.pdf", f"{HOME}answers.pdf", f"{WORKBOOK}file/"], 200
    ),
    **dict.fromkeys(
        [f"{HOME}receipt/", f"{HOME}withdraw/", f"{HOME}receipt.pdf", f"{HOME}police/", f"{HOME}nothing/"], 404
    ),
    **dict.fromkeys([TEAM, f"{TEAM}replace/0/"], 404),
    **dict.fromkeys([CORRECTIONS, f"{CORRECTIONS}people/"], 404),
    **dict.fromkeys([f"{PEOPLE}comments/cio/", f"{SYSTEMS}comments/cause/"], 200),
    **dict.fromkeys([f"{PEOPLE}comments/{name}/" for name in ("nothing", "state", "cio/1")], 404),
    f"{HOME}police/comments/parking/": 404,
    **dict.fromkeys([f"{PEOPLE}queries/cio/", f"{SYSTEMS}queries/cause/"], 200),
    **dict.fromkeys([f"{PEOPLE}queries/{name}/" for name in ("nothing", "state")], 404),
}
LEAD = {**READ, TEAM: 200, CORRECTIONS: 200, f"{CORRECTIONS}people/": 302}
DELEGATED = {
    **READ,
    **dict.fromkeys([SYSTEMS, PROCEDURES, f"{SYSTEMS}comments/cause/", f"{SYSTEMS}queries/cause/"], 404),
}
HIDDEN = dict.fromkeys(READ, 404)
VISIBLE_TO = {
    "officer": LEAD,
    "approver": LEAD,
    "delegate": DELEGATED,
    "prefecture": READ,
    "ministry": READ,
    "without_group": HIDDEN,
    "neighbour": HIDDEN,
    "elsewhere": HIDDEN,
    "nobody": HIDDEN,
}


@pytest.mark.parametrize("person", VISIBLE_TO)
def test_every_role_at_every_page(person: str, response: Response, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(person))
    assert {url: client.get(url).status_code for url in VISIBLE_TO[person]} == VISIBLE_TO[person]
    saved = client.post(PEOPLE, {"seen|cio": "0-", "cio": "no"}).status_code
    expected = {"officer": 302, "approver": 302, "delegate": 302, "prefecture": 403, "ministry": 403}
    assert saved == expected.get(person, 404)
    expected = {"officer": 400, "approver": 400, "delegate": 400, "prefecture": 403, "ministry": 403}
    assert client.post(WORKBOOK).status_code == expected.get(person, 404)
    expected = {"officer": 400, "approver": 400, "delegate": 400, "prefecture": 400, "ministry": 400}
    assert client.post(f"{WORKBOOK}confirm/").status_code == expected.get(person, 404)
    expected = {"officer": 302, "approver": 302, "delegate": 302, "prefecture": 403, "ministry": 403}
    commented = client.post(f"{PEOPLE}comments/cio/", {"text": "確認済み", "audience": "body"}).status_code
    assert commented == expected.get(person, 404)
    submitted = client.post(f"{HOME}submit/").status_code
    expected = {"approver": 409, "officer": 403, "delegate": 403, "prefecture": 403, "ministry": 403}
    assert submitted == expected.get(person, 404)
    for url, status in ((f"{TEAM}give/", 400), (f"{TEAM}take-back/", 409), (f"{TEAM}revoke/0/", 404)):
        assert client.post(url).status_code == (status if VISIBLE_TO[person] is LEAD else 404), url
    for url, status in ((f"{CORRECTIONS}people/", 302), (f"{CORRECTIONS}withdraw/0/", 404)):
        assert client.post(url).status_code == (status if VISIBLE_TO[person] is LEAD else 404), url


@pytest.mark.parametrize("person", VISIBLE_TO)
def test_every_role_at_a_submission(person: str, response: Response, request: pytest.FixtureRequest) -> None:
    fill(response, complete_answers(response.survey.questionnaire, "city", Random(1)))
    submission = response.submit(by=make_member(response.body, "approver"))
    client = signed_in(request.getfixturevalue(person))
    seen = 200 if VISIBLE_TO[person] in (READ, LEAD) else 404
    found = {name: client.get(f"{HOME}{name}").status_code for name in ("receipt/", "receipt.pdf", "withdraw/")}
    assert found == dict.fromkeys(found, seen)
    expected = {"approver": 302, "officer": 403, "prefecture": 403, "ministry": 403}
    withdrawn = client.post(f"{HOME}withdraw/", {"receipt": submission.receipt}).status_code
    assert withdrawn == expected.get(person, 404)


def test_who_is_not_signed_in_is_asked_to(response: Response, client: Client) -> None:
    for url in READ:
        found = client.get(url)
        assert (found.status_code, found.headers["Location"]) == (302, f"/accounts/login/?next={url}")
    assert client.get("/").headers["Location"] == "/report/"
    assert client.get("/glossary/2020/").status_code == 200
    assert client.get(f"{HOME}submit/").status_code == 302
    assert client.post(f"{WORKBOOK}confirm/").status_code == 302


def test_the_glossary_waits_until_the_round_opens(survey: Survey, client: Client) -> None:
    assert 'id="cio"' in client.get("/glossary/2020/").content.decode()
    assert client.get("/glossary/2021/").status_code == 404


def test_home_leads_to_the_one_response_or_lists_them(
    response: Response, prefecture: User, officer: User, ministry: User, nobody: User, other_city: Body
) -> None:
    client = signed_in(officer)
    assert client.get("/").headers["Location"] == HOME
    member_too(officer, other_city, "editor")
    assert "上田市" in client.get("/").content.decode()
    open_round(2021, "pages")
    listed = client.get("/").content.decode()
    assert listed.index("令和3年度") < listed.index("令和2年度")
    assert listed.count("上田市") == 2
    assert signed_in(prefecture).get("/").headers["Location"] == "/prefecture/2021/"
    assert signed_in(ministry).get("/").headers["Location"] == "/admin/"
    assert "今、答えていただく調査はありません。" in signed_in(nobody).get("/").content.decode()


def test_the_review_shows_what_changed_since_the_submission_and_the_round_before(
    response: Response, approver: User, ministry: User
) -> None:
    client = signed_in(approver)
    assert "変わったところ" not in client.get(f"{HOME}review/").content.decode()
    fill(response, complete_answers(response.survey.questionnaire, "city", Random(1)))
    response.submit(by=approver)
    now = open_round(2021, "pages").responses.get(body=response.body)
    fill(now, {**response.answers(), "staff": {"cells": {"own": 4321, "outside": 1, "resident": 1}}})
    later = client.get("/2021/202037/review/").content.decode()
    assert "令和2年度の回答から変わったところ　1" in later and "4,321人" in later
    assert "前の提出から" not in later
    now.submit(by=approver)
    now.send_back("職員数をご確認ください。", by=ministry)
    now.save_section(
        "people", {"staff": {"cells": {"own": 43, "outside": 1, "resident": 1}}}, seen={"staff": 9}, by=approver
    )
    again = client.get("/2021/202037/review/").content.decode()
    assert "前の提出から変わったところ　1" in again and "4,321人" in again and "44人" in again
    assert "令和2年度の回答から変わったところ　1" in again


def test_readers_get_neither_fields_nor_buttons(response: Response, prefecture: User) -> None:
    fill(response, DRAFT)
    client = signed_in(prefecture)
    page = open_page(client, PEOPLE)
    assert page.controls == {}
    assert "その他：情報監" in page.words
    assert "見ることはできますが、変えられません。" in page.words
    assert "提出する</button>" not in client.get(f"{HOME}review/").content.decode()


def test_a_reader_who_is_also_a_member_edits_the_own_body(response: Response, prefecture: User, nagano: Body) -> None:
    member_too(prefecture, nagano, "editor")
    client = signed_in(prefecture)
    assert open_page(client, "/2020/200000/people/").controls
    assert not open_page(client, PEOPLE).controls


# What stands on the pages


@pytest.fixture
def client_of(officer: User) -> Client:
    return signed_in(officer)


def test_the_home_of_a_body_shows_the_round_and_its_progress(
    response: Response, officer: User, client_of: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(response, DRAFT)
    assert Dossier.find(officer, 2020, "202037").days_left is None
    client_of.get(HOME)
    with django_assert_max_num_queries(11):
        page = open_page(client_of, HOME)
    for words in ("令和2年度 画面の試験用の調査", "3／5問", "要修正", "未着手", "項目1「人」の続き"):
        assert words in page.words
    assert "警察の手続" not in page.words, "a section that only prefectures are asked"


@pytest.mark.parametrize(("days", "words"), [(9, "あと9日"), (-1, "期限超過")])
def test_the_deadline_and_the_days_left(
    days: int, words: str, response: Response, client_of: Client, survey: Survey
) -> None:
    survey.deadline = timezone.now() + timedelta(days=days)
    survey.save()
    assert words in open_page(client_of, HOME).words
    assert "期限" in open_page(client_of, f"{HOME}review/").words


def test_what_to_do_next_when_all_is_answered(response: Response, client_of: Client, approver: User) -> None:
    fill(response, complete_answers(response.survey.questionnaire, "city", Random(1)))
    assert "内容を確かめて、決裁者に知らせます。" in open_page(client_of, HOME).words
    assert "提出できるのは決裁者です。" in open_page(client_of, f"{HOME}review/").words
    inside = signed_in(approver)
    assert "確かめて提出する" in open_page(inside, HOME).words
    assert f'action="{HOME}submit/"' in open_page(inside, f"{HOME}review/").html
    response.submit(by=approver)
    assert "控えを見る" in open_page(client_of, HOME).words
    assert "控えを見る" in open_page(client_of, f"{HOME}review/").words
    assert "R2-202037-01" in open_page(client_of, f"{HOME}answers/").words


def test_a_prefecture_answers_its_own_rows_and_questions(survey: Survey, nagano: Body) -> None:
    client = signed_in(make_member(nagano))
    page = open_page(client, "/2020/200000/systems/").fill({"state|police": "done", "history": []}).save()
    page = page.fill({"history": ["cloud"]}).save()
    assert page.values["state|police"] == ["done"]
    assert not page.has("cause"), "only municipalities are asked"


def test_a_section_page_takes_few_queries(
    response: Response, client_of: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill(response, DRAFT)
    client_of.get(HOME)
    with django_assert_max_num_queries(14):
        client_of.get(PEOPLE)


@pytest.mark.parametrize("url", [PEOPLE, SYSTEMS, PROCEDURES])
def test_every_control_has_a_label_and_an_id_of_its_own(response: Response, client_of: Client, url: str) -> None:
    fill(response, DRAFT)
    page = open_page(client_of, url)
    assert page.controls.keys() <= page.labelled
    assert len(page.ids) == len(set(page.ids))
    described = re.findall(r'aria-(?:describedby|labelledby)="([^"]+)"', page.html)
    assert {id for ids in described for id in ids.split()} <= set(page.ids)
    assert "style=" not in page.html


def test_matrices_are_tables_with_a_caption_and_headers(response: Response, client_of: Client) -> None:
    page = open_page(client_of, SYSTEMS)
    assert page.html.count("<caption") == page.html.count("<table") == 2
    assert page.html.count('scope="row"') == 3 + 3 + 1
    assert "住民基本台帳：" in page.html
    assert "警察" not in page.words, "a row that only prefectures are asked"


def test_a_partly_answered_table_marks_its_open_rows(response: Response, client_of: Client) -> None:
    assert "未回答が" not in open_page(client_of, SYSTEMS).words
    fill(response, DRAFT)
    page = open_page(client_of, SYSTEMS)
    assert "未回答が2行あります。 最初の未回答（1 住民基本台帳）へ" in page.words


def test_numbers_hang_under_the_question_a_gate_looks_at() -> None:
    sections = questionnaire("pages").section_by_id
    assert pages.numbers(sections["people"], "city") == {
        "cio": "1",
        "post": "1-1",
        "days": "1-2",
        "staff": "2",
        "training": "3",
    }
    assert pages.numbers(sections["systems"], "city") == {
        "state": "1",
        "history": "1-1",
        "cause": "1-1-1",
        "shared": "2",
    }
    assert "cause" not in pages.numbers(sections["systems"], "prefecture")


def test_the_review_links_to_what_is_missing_and_inconsistent(response: Response, client_of: Client) -> None:
    fill(response, DRAFT)
    page = open_page(client_of, f"{HOME}review/")
    assert 'href="/2020/202037/people/#days.month"' in page.html
    assert 'href="/2020/202037/people/#staff.resident"' in page.html
    assert 'href="/2020/202037/systems/#state.register.done"' in page.html
    assert "3行のうち2行が未回答です。" in page.words
    targets = re.findall(r'href="(/2020/202037/\w+/)#([^"]+)"', page.html)
    assert all(id in open_page(client_of, url).controls for url, id in targets)


def test_all_answers_stand_in_words(response: Response, client_of: Client) -> None:
    procedures = {"lending": {"exists": "yes", "online": "done", "total": 1234, "online_count": "unknown"}}
    fill(response, {**DRAFT, "use-school": {"cells": procedures}})
    words = open_page(client_of, f"{HOME}answers/").words
    for part in ("その他：情報監", "合計 1,201人", "税 導入済", "総件数：1,234件、オンライン件数：不明", "未回答"):
        assert part in words


def test_synthetic_answers_say_so(response: Response, client_of: Client) -> None:
    strip = "表示している回答は、公表値に合わせて作った合成データです。"
    assert strip not in open_page(client_of, PEOPLE).words
    Response.objects.filter(pk=response.pk).update(synthetic=True)
    assert all(strip in open_page(client_of, url).words for url in PAGES)


def test_a_closed_round_is_read_only(response: Response, client_of: Client, survey: Survey) -> None:
    survey.close()
    page = open_page(client_of, PEOPLE)
    assert page.controls == {}
    assert "受付が終わったため、変更できません。" in page.words


def test_sections_without_a_question_now_are_passed_over(city: Body) -> None:
    sections = questionnaire("pages").sections_for("city")
    found = [pages.Progress(section, 0 if section.id == "systems" else 1, 0, False, ()) for section in sections]
    assert pages.neighbours(found, sections[0]) == (None, sections[2])
    assert found[1].state == pages.NOT_APPLICABLE


def test_everything_is_said_in_english_too(response: Response, client_of: Client, officer: User) -> None:
    fill(response, DRAFT)
    officer.name = "Naoki"
    officer.save()
    client_of.post("/i18n/setlang/", {"language": "en"})
    for url in (*PAGES, SYSTEMS, PROCEDURES, "/glossary/2020/"):
        page = open_page(client_of, url)
        assert '<html lang="en">' in page.html
        words = re.sub("長野県上田市|日本語|情報監", "", page.words)
        assert not re.findall(r"[ぁ-んァ-ン一-龠]+", words), url
    signed_out = Client()
    signed_out.post("/i18n/setlang/", {"language": "en"})
    assert "Sign-in ID" in open_page(signed_out, "/accounts/login/").words


# Form, import and submit agree


def posted(page: WebPage, answers: dict[str, Any], survey: Survey) -> dict[str, list[str]]:
    """The fields of a page filled in with answers."""
    found: dict[str, list[str]] = {}
    for id, answer in answers.items():
        question = survey.questionnaire.question_by_id[id]
        if page.has(id):
            found |= places.values(question, write(question, answer))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("make", [complete_answers, draft_answers])
def test_form_import_and_submit_agree(
    seed: int, make: Any, response: Response, survey: Survey, officer: User, approver: User
) -> None:
    answers = make(survey.questionnaire, "city", Random(seed))
    client = signed_in(officer)
    for section in survey.questionnaire.sections_for("city"):
        url = f"{HOME}{section.id}/"
        for _ in range(len(section.questions)):  # a save opens what applies next
            page = open_page(client, url)
            page.fill(posted(page, answers, survey)).save()

    through_form = response.applicable_answers()
    assert through_form == applicable(survey.questionnaire, "city", answers)
    exported = answers_file.write(survey.questionnaire, [("202037", "city", False, response.answers())])
    if through_form:
        [imported] = answers_file.read(exported, survey.questionnaire, {"202037": "city"})
        assert imported.answers == through_form

    found = all_problems(survey.questionnaire, "city", through_form)
    progress = pages.all_progress(survey.questionnaire, "city", through_form)
    shown = {
        (todo.question.id, kind) for kind in (MISSING, INCONSISTENT) for todo in pages.todos(progress, "city", kind)
    }
    assert shown == {(problem.question, problem.kind) for problem in found}
    if found:
        with pytest.raises(NotAllowed):
            response.submit(by=approver)
    else:
        assert response.submit(by=approver).receipt == "R2-202037-01"


def test_the_small_questionnaire_is_answered_too(city: Body) -> None:
    response = Response.objects.get(survey=open_round())
    page = open_page(signed_in(make_member(city)), "/2020/202037/people/")
    page = page.fill({"cio": "yes"}).save()
    page.fill(posted(page, COMPLETE, response.survey)).save()
    assert response.answers() == {id: COMPLETE[id] for id in ("cio", "post", "staff")}
