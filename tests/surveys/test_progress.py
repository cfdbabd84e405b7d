"""進み具合: its numbers against a naive count, the list behind each number, who sees which, its files and queries."""

import csv
import io
import re
from datetime import timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from surveys import rules
from surveys.management.commands.load_bodies import SHIPPED
from surveys.models import Body, Response, Survey, User
from surveys.models.dates import Dates
from surveys.models.loading import load
from tests.conftest import member_too, signed_in
from tests.factories import COMPLETE, answer, make_body, make_member, make_ministry, make_round, open_round
from tests.random_answers import complete_answers, draft_answers
from tests.surveys.web_page import open_page

PAGE, BODIES = "/progress/2020/", "/progress/2020/bodies/"
FILES = ("/progress/2020/bodies.csv", "/progress/2020/prefectures.csv")
PLACES = (PAGE, BODIES, *FILES)
MOST = 12  # queries
PREFECTURES = {"01": "北海道", "20": "長野県", "47": "沖縄県"}
KINDS = ["designated_city", "core_city", "special_city", "city", "special_ward", "town", "village"]


# The numbers


@pytest.fixture(params=range(3))
def round_under_way(request: pytest.FixtureRequest, ministry: User) -> Survey:
    """Thirty bodies that stand anywhere."""
    rng = Random(request.param)
    for code, name in PREFECTURES.items():
        make_body(f"{code}0000", name, "prefecture", prefecture=name)
        for number in range(1, 10):
            make_body(f"{code}{number:04}", f"第{number}", rng.choice(KINDS), prefecture=name)
    survey = open_round(2020, "pages")
    survey.set_dates(Dates(timezone.now() + timedelta(days=rng.choice([-1, 3]))), by=None)
    for response in survey.responses.all():
        move(response, rng, ministry)
    return survey


def move(response: Response, rng: Random, ministry: User) -> None:
    make = rng.choice([None, draft_answers, complete_answers, complete_answers])
    approver = make_member(
        response.body, rng.choice(["approver", "approver", "editor"]), last_login=rng.choice([None, timezone.now()])
    )
    if rng.random() < 0.2:
        response.extend(timezone.now() + timedelta(days=10), "災害対応のため", by=ministry)
    for section in response.survey.questionnaire.sections_for(response.body.kind) if make else ():
        answers = make(response.survey.questionnaire, response.body.kind, rng) if make else {}
        stored = response.section(section.id)
        stored.put({id: found for id, found in answers.items() if id in section.question_by_id}, by=None)
        stored.changed_at -= timedelta(days=rng.choice([0, 20]))
        stored.save()
    if make is complete_answers and rng.random() < 0.8 and response.may_submit(approver):
        response.submit(by=approver)
        then = rng.choice([response.accept, lambda by: response.send_back("直してください。", by=by), None])
        if then:
            then(by=ministry)


def stands(response: Response) -> str:
    return "not_started" if response.state == "draft" and not response.sections.exists() else str(response.state)


def is_finished(response: Response, section: Any) -> bool:
    return not rules.problems(section, response.body.kind, response.answers())


def naive(survey: Survey) -> dict[str, int]:
    """Every number of the page by the query of the list behind it, counted one response at a time."""
    found: dict[str, int] = {"": survey.responses.count()}

    def count(**query: str) -> None:
        key = "&".join(f"{name}={value}" for name, value in query.items())
        found[key] = found.get(key, 0) + 1

    for response in survey.responses.select_related("body"):
        state, prefecture, kind = stands(response), response.body.prefecture_code, response.body.kind
        count(state=state)
        count(prefecture=prefecture)
        count(prefecture=prefecture, state=state)
        count(kind=kind)
        if state in ("submitted", "accepted"):
            count(state="counted")
            count(prefecture=prefecture, state="counted")
            count(kind=kind, state="counted")
        for section in survey.questionnaire.sections_for(kind):
            count(**{"finished" if is_finished(response, section) else "unfinished": section.id})
    return found


def numbers(html: str) -> dict[str, int]:
    """The numbers of the page by the query of the list that they lead to; of a tile, the bodies of its prefecture."""
    found = re.findall(rf'<a\s+href="{BODIES}(?:\?([^"#]*))?">(.*?)</a>', html, re.S)
    read = {}
    for query, words in found:
        text = " ".join(re.sub("<[^>]+>", "", words).split())
        number = re.search(r"（(\d+)団体中", text) or re.match(r"([\d,]+)(?:団体)?$", text)
        if number:
            read[unescape(query)] = int(number[1].replace(",", ""))
    return read


def test_every_number_is_right_and_leads_to_a_list_of_as_many(round_under_way: Survey, ministry: User) -> None:
    client = signed_in(ministry)
    read = numbers(client.get(PAGE).content.decode())
    expected = naive(round_under_way)
    assert len(read) > 40
    for query, number in read.items():
        if not query.startswith("attention="):
            assert number == expected.get(query, 0), query
        listed = client.get(f"{BODIES}?{query}").content.decode()
        assert f"<strong>{number}団体</strong>" in listed, query
        assert listed.count('role="rowheader"') == number, query
    states = [number for query, number in read.items() if re.fullmatch("state=(?!counted).*", query)]
    assert len(states) == 5 and sum(states) == 30


def test_the_number_on_a_tile_is_the_share_submitted(round_under_way: Survey, ministry: User) -> None:
    html = signed_in(ministry).get(PAGE).content.decode()
    expected = naive(round_under_way)
    tiles = re.findall(
        rf'"{BODIES}\?prefecture=(\d\d)">\s*<span class="tile-name">.*?percent">(\d+)<.*?中(\d+)団体', html, re.S
    )
    assert [code for code, _, _ in tiles] == list(PREFECTURES)
    for code, shown, submitted in tiles:
        assert int(submitted) == expected.get(f"prefecture={code}&state=counted", 0)
        assert int(shown) == int(submitted) * 10


def test_lowest_first_or_in_the_order_of_the_codes(response: Response, ministry: User) -> None:
    answer(open_round(2021), response.body, COMPLETE, submit=True)
    client = signed_in(ministry)

    def order(query: str) -> list[str]:
        return re.findall(r'prefecture=(\d\d)">[^<\s]', client.get(f"/progress/2021/{query}").content.decode())

    assert order("?order=code") == ["10", "20"]
    assert order("") == ["10", "20"]
    survey, body = Survey.objects.get(year=2021), Body.objects.get(code="100005")
    answer(survey, body, complete_answers(survey.questionnaire, "prefecture", Random(1)), submit=True)
    assert order("") == ["20", "10"]


def test_the_list_is_cut_down_by_several_things_at_once(round_under_way: Survey, ministry: User) -> None:
    client = signed_in(ministry)
    section = round_under_way.questionnaire.sections[0]
    found = list(
        csv.DictReader(
            io.StringIO(client.get(f"{FILES[0]}?prefecture=20&unfinished={section.id}").content.decode("utf-8-sig"))
        )
    )
    expected = [
        response.body.code
        for response in round_under_way.responses.select_related("body").order_by("body__code")
        if response.body.prefecture_code == "20" and not is_finished(response, section)
    ]
    assert [row["code"] for row in found] == expected != []


def test_what_cannot_be_asked_for_is_said_and_lists_nothing(response: Response, ministry: User) -> None:
    page = open_page(signed_in(ministry), f"{BODIES}?state=lost&kind=city")
    assert "この絞り込みはできません。選び直してください。" in page.words
    assert "0団体" in page.words and "当てはまる団体はありません。" in page.words


def test_a_list_leads_the_ministry_to_where_it_works(response: Response, ministry: User) -> None:
    client = signed_in(ministry)
    html = client.get(f"{BODIES}?state=not_started&kind=city&prefecture=20&attention=no_approver").content.decode()
    assert reverse("admin:surveys_response_change", args=[response.pk]) in html
    (place,) = re.findall(r'"(/admin/surveys/response/\?round=2020&amp;state=not[^"]*)"', html)
    assert client.get(unescape(place)).context["cl"].result_count == 1
    assert "まとめて受理" not in client.get(f"{BODIES}?finished=people").content.decode()


def test_a_long_list_has_pages(ministry: User) -> None:
    for number in range(1, 102):
        make_body(f"20{number:04}", f"第{number}", "town")
    open_round()
    client = signed_in(ministry)
    first, second = (client.get(f"{BODIES}?kind=town&page={page}").content.decode() for page in (1, 2))
    assert (first.count('role="rowheader"'), second.count('role="rowheader"')) == (100, 1)
    assert "?kind=town&amp;page=2" in first and "?kind=town&amp;page=1" in second


# When


@pytest.mark.parametrize(("days", "words", "not_words"), [(9, "あと9日", "受付終了"), (-2, "提出期限", "あと")])
def test_the_page_says_of_when_it_is_and_how_long_is_left(
    days: int, words: str, not_words: str, survey: Survey, ministry: User
) -> None:
    client = signed_in(ministry)
    assert "の状況" in open_page(client, PAGE).words and "提出期限" not in open_page(client, PAGE).words
    survey.set_dates(Dates(timezone.now() + timedelta(days=days)), by=None)
    page = open_page(client, PAGE)
    assert words in page.words and not_words not in page.words
    survey.close()
    assert "受付終了" in open_page(client, PAGE).words and "あと" not in open_page(client, PAGE).words


def test_it_refreshes_by_itself_until_told_not_to(survey: Survey, ministry: User) -> None:
    client = signed_in(ministry)
    assert "hx-trigger" in client.get(PAGE).content.decode()
    assert "hx-trigger" not in client.get(f"{PAGE}?refresh=off").content.decode()
    assert Client().get(PAGE, headers={"HX-Request": "true"}).status_code == 401


# Who


VISIBLE_TO = {
    **dict.fromkeys(["ministry", "prefecture"], 200),
    **dict.fromkeys(["officer", "approver", "delegate", "neighbour", "elsewhere", "without_group", "nobody"], 404),
}


@pytest.mark.parametrize("role", VISIBLE_TO)
def test_every_role_at_every_page(role: str, response: Response, request: pytest.FixtureRequest) -> None:
    """The coordinator `elsewhere` has no municipality in this round, and so nobody to oversee."""
    client = signed_in(request.getfixturevalue(role))
    assert {client.get(url).status_code for url in PLACES} == {VISIBLE_TO[role]}
    expected = PAGE if VISIBLE_TO[role] == 200 else "/"
    assert client.get("/progress/").headers["Location"] == expected
    assert {client.post(url).status_code for url in PLACES} == {405}


def test_who_is_not_signed_in_is_asked_to(survey: Survey, client: Client) -> None:
    for url in (*PLACES, "/progress/"):
        assert client.get(url).headers["Location"] == f"/accounts/login/?next={url}"


def test_a_coordinator_sees_the_municipalities_of_the_own_prefecture_alone(
    gunma: Body, elsewhere: User, response: Response, prefecture: User, nagano: Body
) -> None:
    member_too(prefecture, nagano, "editor")  # and so sees the prefecture's own response, which is not overseen
    maebashi = make_body("102016", "前橋市", "core_city", prefecture="群馬県")
    survey = open_round(2021, "pages")
    place = "/progress/2021/"
    own, other = (open_page(signed_in(user), place) for user in (prefecture, elsewhere))
    assert "上田市" in own.words and "前橋市" not in own.words
    assert f'href="/2021/{maebashi.code}/"' in other.html and "上田市" not in other.words
    assert [row["code"] for row in table(signed_in(prefecture), f"{place}bodies.csv")] == ["202011", "202037"]
    assert "長野県" in own.words and 'class="tile' not in own.html and "都道府県ごと" not in own.words
    assert open_page(signed_in(prefecture), f"{place}bodies/?prefecture=10").words.count("0団体") == 1
    assert survey.responses.count() == 5


def test_a_round_that_has_not_begun_is_not_there(survey: Survey, ministry: User) -> None:
    make_round(2021)
    assert signed_in(ministry).get("/progress/2021/").status_code == 404
    assert signed_in(ministry).get("/progress/2019/").status_code == 404
    assert signed_in(ministry).get("/progress/").headers["Location"] == PAGE


def test_the_ways_to_it(response: Response, ministry: User, prefecture: User, nobody: User, officer: User) -> None:
    index = signed_in(ministry).get("/admin/").content.decode()
    assert f'href="{PAGE}"' in index and 'href="/progress/"' in index
    assert f'href="{PAGE}"' in signed_in(prefecture).get("/", follow=True).content.decode()
    member_too(officer, Body.objects.get(code="202011"), "editor")
    assert PAGE not in signed_in(officer).get("/").content.decode()


# Files


def table(client: Client, url: str) -> list[dict[str, str]]:
    found = client.get(url)
    assert found.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert found.content.startswith("\ufeff".encode())
    return list(csv.DictReader(io.StringIO(found.content.decode("utf-8-sig"))))


def test_a_row_for_each_body(response: Response, ministry: User, other_city: Body) -> None:
    Response.objects.filter(body=other_city).update(name="=長野市")
    until = timezone.now().replace(microsecond=0) + timedelta(days=30)
    response.extend(until, "災害対応のため", by=ministry)
    answers = complete_answers(response.survey.questionnaire, "city", Random(1))
    answer(response.survey, response.body, answers, submit=True)
    rows = {row["code"]: row for row in table(signed_in(ministry), FILES[0])}
    own = rows["202037"]
    response.refresh_from_db()
    assert response.submission
    assert {name: own[name] for name in ("prefecture", "name", "kind_label", "state", "state_label", "origin")} == {
        "prefecture": "長野県",
        "name": "上田市",
        "kind_label": "一般市",
        "state": "submitted",
        "state_label": "提出済（審査待ち）",
        "origin": "reported",
    }
    assert own["due"] == own["extended_until"] == timezone.localtime(until).isoformat(timespec="minutes")
    asked = len(response.survey.questionnaire.sections_for("city"))
    assert (own["sections_finished"], own["sections_asked"]) == (str(asked), str(asked))
    assert own["last_submission"] == timezone.localtime(response.submission.submitted_at).isoformat(timespec="minutes")
    assert own["receipt"] == "R2-202037-01" and own["last_change"] <= own["last_submission"]
    assert (own["late"], own["no_approver"]) == ("no", "yes")
    blank = rows["202011"]
    assert blank["name"] == "'=長野市"
    assert blank["state"] == "not_started" and blank["sections_finished"] == "0" and blank["never_signed_in"] == "yes"
    assert blank["last_change"] == blank["last_submission"] == blank["receipt"] == blank["due"] == ""


def test_a_row_for_each_prefecture(round_under_way: Survey, ministry: User) -> None:
    expected = naive(round_under_way)
    rows = table(signed_in(ministry), FILES[1])
    assert [row["prefecture"] for row in rows] == list(PREFECTURES.values())
    for row in rows:
        key = f"prefecture={row['prefecture_code']}"
        submitted = expected.get(f"{key}&state=counted", 0)
        assert (row["bodies"], row["submitted_or_accepted"]) == ("10", str(submitted))
        assert row["percent"] == f"{submitted * 10}.0" and row["origin"] == "reported"
        for state in ("accepted", "submitted", "returned", "draft", "not_started"):
            assert row[state] == str(expected.get(f"{key}&state={state}", 0))


def test_what_is_made_from_synthetic_answers_says_so(response: Response, ministry: User) -> None:
    client = signed_in(ministry)
    names = ["progress-2020-bodies.csv", "progress-2020-prefectures.csv"]
    assert [client.get(url).headers["Content-Disposition"] for url in FILES] == [
        f'attachment; filename="{name}"' for name in names
    ]
    Response.objects.filter(pk=response.pk).update(synthetic=True)
    assert [client.get(url).headers["Content-Disposition"] for url in FILES] == [
        f'attachment; filename="synthetic-{name}"' for name in names
    ]
    assert {row["code"]: row["origin"] for row in table(client, FILES[0])}["202037"] == "synthetic"
    assert {row["prefecture_code"]: row["origin"] for row in table(client, FILES[1])} == {
        "10": "reported",
        "20": "synthetic",
    }
    assert "合成データです" in open_page(client, PAGE).words


# In English, and at full size


def test_everything_is_said_in_english_too(response: Response, ministry: User) -> None:
    response.survey.set_dates(Dates(timezone.now() + timedelta(days=9)), by=None)
    client = signed_in(make_ministry("viewer", name="Taro"))
    client.post("/i18n/setlang/", {"language": "en"})
    for url in (PAGE, f"{PAGE}?order=code&refresh=off", BODIES):
        words = re.sub("日本語|群馬県|長野県|上田市|長野市", "", open_page(client, url).words)
        words = re.sub(r"(群馬|長野) ?", "", words)
        assert not re.findall(r"[ぁ-んァ-ン一-龠]+", words), url


def test_few_queries_at_full_size(db: None, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    load(SHIPPED.read_bytes(), "test")
    survey = open_round()
    answer(survey, Body.objects.get(code="202037"), COMPLETE, submit=True)
    ministry = signed_in(make_ministry("viewer"))
    coordinator = signed_in(make_member(Body.objects.get(code="010006"), "coordinator"))
    for client, bodies in ((ministry, 1788), (coordinator, 179)):
        for place in (PAGE, f"{BODIES}?state=not_started&attention=no_approver&unfinished=people", FILES[0]):
            with django_assert_max_num_queries(MOST, info=place):
                found = client.get(place)
        assert found.content.count(b"\n") == bodies + 1
