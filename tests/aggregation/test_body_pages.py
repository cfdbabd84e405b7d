"""The public page of a body: its open answers in words beside those like it and the nation, and nothing else."""

import json
import random
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from aggregation import dataset
from aggregation.body_page import Card, Line
from aggregation.models import Run
from aggregation.public_bodies import PublicBodies, PublicBody
from surveys.models import Body, Disclosure, Response, Submission, Survey
from surveys.rules import asked_anywhere
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_member, make_prefecture, open_round, publish
from tests.random_answers import complete_answers

CITIES = 12


def city(number: int, **fields: Any) -> Body:
    facts = {"population": 10_000 + number, "population_source": "国勢調査", "population_date": "2020-04-01"}
    return make_body(f"202{number}0", f"市{number}", **{**facts, **fields})


@pytest.fixture
def survey(db: None) -> Survey:
    """A prefecture and twelve cities, of which the last has not answered."""
    make_prefecture()
    bodies = [city(number) for number in range(10, 10 + CITIES)]
    survey = open_round(name="pages")
    for seed, body in enumerate([Body.objects.get(code="200000"), *bodies[:-1]]):
        answers = complete_answers(survey.questionnaire, body.kind, random.Random(seed))
        answer(survey, body, answers, submit=True)
    return survey


@pytest.fixture
def run(survey: Survey) -> Run:
    return publish(survey)


def find(run: Run, code: str) -> PublicBody:
    return PublicBodies(Run.objects.get(pk=run.pk)).find(code)


def cards(found: PublicBody) -> dict[str, Card]:
    return {card.question.id: card for shown in found.sections for card in shown.cards}


def test_the_answers_are_those_the_run_counts_in_words(run: Run) -> None:
    questionnaire = run.survey.questionnaire
    for code, answers in dataset.counted_answers(run).items():
        found = find(run, code)
        kind = found.body.kind
        asked = asked_anywhere(questionnaire, kind, answers)
        for id, card in cards(found).items():
            question = questionnaire.question_by_id[id]
            if id not in asked:
                expected = "うかがっていません"
                assert card.why_not and expected in card.why_not.ja and not card.lines
                assert ("この種類" in card.why_not.ja) is not question.asked_of(kind)
            elif question.kind == "single-choice":
                label = question.option_by_code[answers[id]["value"]].label
                assert [line.own for line in card.lines] == [label]
            elif question.kind == "multiple-choice":
                chosen = answers[id]["values"]
                expected = {option.label: "はい" if option.code in chosen else "いいえ" for option in question.options}
                assert {line.label: str(line.own) for line in card.lines} == expected
            elif question.kind == "matrix":
                cells = answers[id]["cells"]
                expected = {
                    question.row_by_code[row].label: question.column_by_code[column].label
                    for row, column in cells.items()
                }
                assert {line.label: line.own for line in card.lines} == expected


def naive_count(run: Run, codes: list[str], question: str, says: Mapping[str, Any]) -> str:
    """So many of those who were asked said the same, one by one."""
    count = base = 0
    for code, answers in dataset.counted_answers(run, codes).items():
        kind = Response.objects.get(survey=run.survey, body__code=code).kind
        if question in asked_anywhere(run.survey.questionnaire, kind, answers):
            base += 1
            count += all(answers.get(question, {}).get(key) == value for key, value in says.items())
    return f"{count}／{base}"


def test_beside_it_stand_the_ten_most_like_it_and_the_nation(run: Run) -> None:
    found = find(run, "202200")
    like = [each.code for each, _ in found.like]
    assert like == ["202210", *(f"202{number}0" for number in range(19, 10, -1))]
    assert found.answered_like == 9, "the one that has not answered is among them"
    answers = dataset.counted_answers(run, ["202200"])["202200"]
    (line,) = cards(found)["cio"].lines
    assert line.like == naive_count(run, like, "cio", answers["cio"])
    cities = [f"202{number}0" for number in range(10, 10 + CITIES)]
    count, base = map(int, naive_count(run, cities, "cio", answers["cio"]).split("／"))
    assert line.nation == f"{count * 100 / base:.1f}%"


def test_of_numbers_stand_the_means_and_of_what_is_chosen_the_share_of_yes(run: Run) -> None:
    found = find(run, "202120")
    like = dataset.counted_answers(run, [like.code for like, _ in found.like]).values()
    first = cards(found)["staff"].lines[0]
    row = run.survey.questionnaire.question_by_id["staff"].rows[0].code
    numbers = [each["staff"]["cells"][row] for each in like]
    assert first.like == f"{sum(numbers) / len(numbers):.1f}"
    option = cards(found)["training"].lines[0]
    taken = sum("course" in each["training"]["values"] for each in like)
    assert option.like == f"{taken}／{len(like)}"


def with_answer(run: Run, question: str, given: Mapping[str, Any]) -> list[Line]:
    """The lines of a body that is counted with another answer to a question."""
    submission = Submission.objects.get(response__survey=run.survey, response__body__code="202200")
    document = json.loads(submission.document) | {question: given}
    Submission.objects.filter(pk=submission.pk).update(document=json.dumps(document))
    return [*cards(find(run, "202200"))[question].lines]


def test_a_procedure_is_said_by_what_is_known_of_it(run: Run) -> None:
    def said(*cell: tuple[str, Any]) -> list[tuple[str, str | None]]:
        lines = with_answer(run, "use-school", {"cells": {"lending": dict(cell), "booking": {"exists": "no"}}})
        assert all(line.like == "" for line in lines if line.own and "%" in line.own.ja), "a rate is that of all"
        return [(line.label.ja, line.own and line.own.ja) for line in lines if line.label and "貸出" in line.label.ja]

    exists, online = ("exists", "yes"), ("online", "done")
    known = said(exists, online, ("total", 200), ("online_count", 50))
    assert [own for _, own in known] == ["オンライン化済み", "25.0%"]
    assert said(exists, online, ("total", "unknown"), ("online_count", 50)) == known[:1]
    assert [own for _, own in said(("exists", "no"))] == ["手続がない"]
    assert [own for _, own in said()] == [None]


def test_what_is_left_blank_is_no_answer(run: Run) -> None:
    assert [line.own for line in with_answer(run, "training", {})] == [None]
    rows = run.survey.questionnaire.question_by_id["state"].rows_for("city")
    partly = with_answer(run, "state", {"cells": {rows[1].code: "done"}})
    assert [line.own is None for line in partly] == [row != rows[1] for row in rows]
    staff = run.survey.questionnaire.question_by_id["staff"]
    numbers = with_answer(run, "staff", {"cells": {staff.rows[0].code: 3}})
    assert str(numbers[0].own) == "3人" and numbers[-1].own is None, "what it adds to is not known"
    ticked = run.survey.questionnaire.question_by_id["shared"]
    lines = with_answer(run, "shared", {"cells": {ticked.rows[0].code: ticked.columns[0].code}})
    assert lines[0].own == ticked.columns[0].label
    assert {str(line.own) for line in lines[1:]} == {"選択なし"}


def test_who_has_not_answered_is_said_so(client: Client, run: Run) -> None:
    html = page(client, "202210")
    assert "未回答：この団体の回答は、この集計に入っていません。" in html and "body-table" not in html
    assert "未回答：" not in page(client, "202200") and "body-table" in page(client, "202200")


def page(client: Client, code: str, edition: str = "2020") -> str:
    response = client.get(f"/report/{edition}/bodies/{code}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_names_the_body_its_facts_and_the_rule(client: Client, run: Run) -> None:
    html = page(client, "202120", "2020-r1")
    for words in ("長野県市12", "一般市", "10,012人", "国勢調査、令和2年4月1日（水）現在", "回答あり", "労働力調査"):
        assert words in html, words
    assert "ほかの地方の団体は、比を1.25倍にして比べます" in html and "位" not in re.sub(r"<[^>]*>", "", html)
    assert 'href="/report/2020-r1/bodies/202130/"' in html and 'href="/report/2020-r1/cio/"' in html
    prefecture = page(client, "200000")
    assert "管内の市区町村の人口の和" in prefecture and "似た団体を選べません" in prefecture
    with translation.override("en"):
        client.cookies["django_language"] = "en"
        assert "Similar bodies" in page(client, "202120") and "Other cities" in page(client, "202120")


def test_a_population_may_be_unknown_or_made_up(client: Client, run: Run) -> None:
    Body.objects.filter(code="202120").update(population=None, population_source="", population_date=None)
    Body.objects.filter(code="202130").update(population_source="synthetic")
    assert "登録されていません" in page(client, "202120") and "似た団体を選べません" in page(client, "202120")
    assert "合成データ、令和2年4月1日" in page(client, "202130")


def test_nothing_of_a_withheld_question_is_on_the_page(client: Client, run: Run) -> None:
    before = page(client, "202120")
    title = "CIOの任命"
    assert title in before and "団体ごとの回答を公表していない問が" not in before
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    after = page(client, "202120")
    assert title not in after and "CIOの役職" not in after, "what stands behind its gate would tell"
    assert "団体ごとの回答を公表していない問が3問あります" in after
    assert not {"cio", "post", "days"} & set(cards(find(run, "202120")))


def test_the_comparison_is_offered_to_those_who_may_see_it(client: Client, run: Run) -> None:
    assert "compare" not in page(client, "202120")
    member = make_member(Body.objects.get(code="202120"), "editor", "officer")
    assert reverse("compare", args=[2020, "202120"]) in page(signed_in(member), "202120")
    assert "/compare/" not in page(signed_in(member), "202130")


def test_an_edition_keeps_the_answers_it_counted(client: Client, survey: Survey) -> None:
    first = publish(survey)
    response = Response.objects.get(survey=survey, body__code="202120")
    assert response.submission
    Run.objects.filter(pk=first.pk).update(counted='{"202120": 9}')
    assert "未回答：" in page(client, "202120"), "a submission that is not there is nobody's answer"


# Side by side


def side_by_side(run: Run, code: str, section: str) -> dict[str, list[tuple[str, list[str]]]]:
    found = find(run, code).side_by_side(run.survey.questionnaire.section_by_id[section])
    return {
        each.card.question.id: [(str(row.label or ""), [str(own or "") for own in row.said]) for row in each.rows]
        for each in found
    }


def test_each_body_stands_in_its_own_column(run: Run) -> None:
    found = find(run, "202200")
    codes = ["202200", *(like.code for like, _ in found.like)]
    beside = side_by_side(run, "202200", "people")
    for at, code in enumerate(codes):
        if code == "202210":
            assert {own[at] for rows in beside.values() for _, own in rows} == {"未回答"}
            continue
        alone = cards(find(run, code))
        for id, rows in beside.items():
            for label, own in rows:
                lines = {str(line.label or ""): str(line.own or "未回答") for line in alone[id].lines}
                assert own[at] == ("対象外" if alone[id].why_not else lines[label]), (code, id, label)


def test_what_one_body_says_and_another_does_not_leaves_its_cell_empty(run: Run) -> None:
    with_answer(run, "training", {})
    with_answer(run, "use-school", {"cells": {"lending": {"exists": "no"}, "booking": {"exists": "no"}}})
    beside = side_by_side(run, "202200", "procedures")["use-school"]
    columns = {label.split("：")[1]: [own for other, own in beside if other == label] for label, _ in beside}
    assert columns["有無"][0][0] == "手続がない" and columns["オンライン"][0][0] == ""
    assert {own[0] for _, own in side_by_side(run, "202200", "people")["training"]} == {"未回答"}


def test_the_page_beside_each_other_holds_nothing_withheld(client: Client, run: Run) -> None:
    url = reverse("body-beside", args=["2020-r1", "202200", "people"])
    assert url in page(client, "202200", "2020-r1")
    html = client.get(url).content.decode()
    assert html.count('scope="col"') == 12 and "CIOの任命" in html
    assert 'href="/report/2020-r1/bodies/202210/"' in html
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    html = client.get(url).content.decode()
    assert "CIOの任命" not in html and "CIOの役職" not in html
    assert client.get("/report/2020/bodies/202200/nothing/").status_code == 404
    Run.objects.update(counted="{}")
    assert "示せる回答がありません" in client.get(url).content.decode()


# The list


def listed(client: Client, query: str = "") -> str:
    response = client.get(f"/report/2020/bodies/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_bodies_are_found_by_name_code_and_prefecture(client: Client, run: Run) -> None:
    assert '<a href="/report/2020/bodies/?prefecture=20">長野県</a> <span class="small">13</span>' in listed(client)
    for query, count in (
        ("?q=市12", 1),
        ("?q=長野県 市１２", 1),
        ("?q=20212", 1),
        ("?prefecture=20", 13),
        ("?q=市&prefecture=20", 12),
    ):
        assert listed(client, query).count('<th scope="row">') == count, query
    assert "当てはまる団体はありません" in listed(client, "?q=東京")
    assert "当てはまる団体はありません" in listed(client, "?q=市&prefecture=13")
    assert client.get("/report/2020/bodies/999999/").status_code == 404


def test_a_long_list_says_that_it_is_cut(client: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregation.body_views.SHOWN", 5)
    html = listed(client, "?q=市")
    assert "初めの5団体を示しています" in html and html.count('<th scope="row">') == 5 and "12団体" in html


def test_queries_do_not_grow_with_the_bodies(
    client: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, "202120")
    with django_assert_max_num_queries(6):
        page(client, "202130")
    with django_assert_max_num_queries(5):
        client.get("/report/2020/bodies/202130/people/")
    with django_assert_max_num_queries(4):
        listed(client, "?q=市")
