"""The list of measures: what many peers have and this body has not comes first; its filters; what is unanswered."""

import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from aggregation import report
from aggregation.baseline import Baseline, Published
from aggregation.comparison import Comparison, compare_body
from aggregation.measure_list import CHANGED, GAPS, MANY, Filter, Line, blocks, changed, lines
from aggregation.measures import IN_PLACE, NOT_ASKED, NOT_IN_PLACE, UNANSWERED
from surveys.models import Body, Response, Survey, User
from surveys.questionnaire import Questionnaire
from tests.aggregation.makers import body as body_row
from tests.aggregation.makers import everyone, questionnaire
from tests.aggregation.test_comparison import compared, now, own
from tests.aggregation.test_comparison_pages import person, run, survey, text, url
from tests.aggregation.test_peers import beside_peers, country
from tests.conftest import signed_in
from tests.factories import answer, make_body, make_member, open_round, publish
from tests.random_answers import complete_answers

__all__ = ["person", "run", "survey"]
SHIPPED = questionnaire("2020")


def gaps(found: Comparison) -> list[Line]:
    return [line for block in blocks(lines(found)) if block.key == GAPS for line in block.lines]


def statuses(found: Comparison, question: str) -> list[str]:
    return [line.status for line in lines(found) if line.measure.question.id == question]


def test_gaps_are_what_half_of_the_peers_have_and_this_body_has_not_largest_share_first() -> None:
    found = beside_peers(country()[0])
    wanted = {}
    for line in lines(found):
        (points,) = (
            [point for point in question.points if (point.row.code, point.column.code) in line.measure.places]
            for question in line.section.questions
            if question.question.id == line.measure.question.id
        )
        share = sum(point.beside[0].cell.percent or 0 for point in points if point.beside[0].cell)
        if any(point.in_place is False for point in points) and not any(point.in_place for point in points):
            wanted |= {line.key: share} if share >= MANY else {}
    assert {line.key: line.share for line in gaps(found)} == wanted and wanted
    shares = [line.share or 0 for line in gaps(found)]
    assert shares == sorted(shares, reverse=True) and len(set(shares)) > 1


def test_every_measure_stands_in_one_block_and_the_rest_in_the_order_of_the_questionnaire() -> None:
    found = lines(compared(everyone()[4]))
    made = blocks(found)
    assert [block.key for block in made] == [GAPS, NOT_IN_PLACE, IN_PLACE]
    assert sorted(line.key for block in made for line in block.lines) == sorted(line.key for line in found)
    order = [line.key for line in found]
    for block in made[1:]:
        places = [order.index(line.key) for line in block.lines]
        assert places == sorted(places)


def two_favourable(*answers: str, baseline: Baseline | None = None) -> list[Line]:
    """The gaps of a body that chose the first answer where two others are both favourable."""
    found = questionnaire("single")
    (section, *others) = found.sections
    question = section.question_by_id["colour"]
    good = tuple(option.code for option in question.options[1:3])
    section = replace(section, questions=(replace(question, favourable=good),))
    found = replace(found, sections=(section, *others))
    rows = [body_row(f"01000{n}", answers={"colour": {"value": code}}) for n, code in enumerate(answers)]
    return gaps(compare_body(own(rows[0]), found, now(found, rows), baseline))


def test_the_shares_of_answers_that_are_both_favourable_add_up() -> None:
    first, second, third = [option.code for option in questionnaire("single").question_by_id["colour"].options[:3]]
    (gap,) = two_favourable(first, second, third)
    assert [bar.percent for bar in gap.bars] == [Decimal("66.7"), Decimal("66.7"), None]
    fields: dict[str, Any] = {"percent": None, "value": None, "unit": "", "source": "s", "note": ""}
    printed = [Published("colour", code, "", "municipality", 1, 3, **fields) for code in (second, third)]
    (gap,) = two_favourable(first, second, third, baseline=Baseline(tuple(printed)))
    assert gap.bars[-1].percent == Decimal("66.7")
    (gap,) = two_favourable(first, second, third, baseline=Baseline(tuple(printed[:1])))
    assert gap.bars[-1].percent is None


def test_what_is_unanswered_is_neither_in_place_nor_not() -> None:
    mine = everyone()[4]
    found = compared(mine, {})
    assert {line.status for line in lines(found)} == {UNANSWERED} and found.unanswered == found.measures
    assert [block.key for block in blocks(lines(found))] == [UNANSWERED]
    assert {line.own for line in lines(found)} == {()}
    answers = dict(mine.answers or {})
    del answers["fig-01"]
    found = compared(mine, answers)
    assert statuses(found, "fig-01") == [UNANSWERED]
    assert (found.unanswered, found.sections[0].unanswered) == (1, 1)


def test_a_question_behind_an_unanswered_gate_is_unanswered_and_behind_a_closed_one_not_asked() -> None:
    mine = everyone()[4]
    gate = SHIPPED.question_by_id["fig-08"].gate
    assert gate is not None and gate.questions == ("face-website",)
    answers = {
        id: given for id, given in (mine.answers or {}).items() if id not in ("face-website", "fig-08", "fig-09")
    }
    assert set(statuses(compared(mine, answers), "fig-08")) == {UNANSWERED}
    closed = next(
        option.code for option in SHIPPED.question_by_id["face-website"].options if option.code not in gate.values
    )
    found = compared(mine, {**answers, "face-website": {"value": closed}})
    assert set(statuses(found, "fig-08")) == {NOT_ASKED}
    behind = [line for line in lines(found) if line.measure.question.id == "fig-08"]
    assert not any(line.is_gap or line.is_asked for line in behind), "it says nothing of this body"
    assert {block.key for block in blocks(behind)} == {NOT_IN_PLACE}


def test_the_own_answer_is_in_words() -> None:
    mine = everyone()[4]
    found = {line.key: line for line in lines(compared(mine))}
    for (id, places), line in found.items():
        question, given = SHIPPED.question_by_id[id], (mine.answers or {}).get(id, {})
        words = [str(text) for text in line.own]
        if line.status == NOT_ASKED:
            assert words == []
        elif question.rows:
            cell = given["cells"].get(places[0][0])
            assert words == [str(question.column_by_code[cell].label) if cell else "いいえ"]
        elif question.kind == "single-choice":
            assert words == [str(question.option_by_code[given["value"]].label)]
        else:
            assert words == ["はい" if line.status == IN_PLACE else "いいえ"]


# Filters


def taken(found: Comparison, **values: str) -> list[Line]:
    wanted = Filter.read(values, SHIPPED.sections)
    return [line for line in lines(found) if wanted.takes(line, frozenset())]


def test_filters_take_what_they_say() -> None:
    found = compared(everyone()[4])
    everything = lines(found)
    assert len(taken(found)) == len(everything) == found.measures
    assert len(taken(found, show=IN_PLACE)) == found.in_place
    assert len(taken(found, show=NOT_IN_PLACE)) == found.measures - found.in_place
    assert taken(found, show=UNANSWERED) == taken(found, show=CHANGED) == []
    of_section = taken(found, part="website")
    assert {line.section.section.id for line in of_section} == {"website"}
    of_chapter = taken(found, part="2", show=IN_PLACE)
    assert {line.section.section.chapter for line in of_chapter} == {"2"}
    assert {line.status for line in of_chapter} == {IN_PLACE}


def test_a_filter_is_kept_in_links_and_what_is_unknown_shows_everything() -> None:
    wanted = Filter.read({"show": IN_PLACE, "part": "website"}, SHIPPED.sections)
    assert wanted.query == "?show=in_place&part=website" and wanted
    unknown = Filter.read({"show": "x", "part": "9"}, SHIPPED.sections)
    assert unknown.query == "" and not unknown


def alone(answers: Any, found: Questionnaire = SHIPPED) -> Comparison:
    return compare_body(own(everyone()[4], answers), found, None, None)


def test_what_changed_since_an_earlier_round() -> None:
    before = complete_answers(SHIPPED, "city", random.Random(1))
    after = {**before, "fig-01": {"value": "not_appointed"}}
    before = {**before, "fig-01": {"value": "appointed"}}
    del before["fig-02"], after["fig-03"]
    found = changed(alone(after), alone(before))
    assert [id for id, _ in found] == ["fig-01"], "what is unanswered on either side has not changed"
    (line,) = (line for line in lines(alone(after)) if line.key in found)
    assert Filter(CHANGED).takes(line, found)
    assert changed(alone(before), alone(before)) == frozenset()


# The pages


def test_the_page_puts_the_gaps_first_and_folds_the_rest_up(run: object, person: User) -> None:
    page = text(signed_in(person), url("compare"))
    found = report.for_body(run, Response.objects.get(body__code="202037"))
    first, *rest = blocks(lines(found))
    assert first.key == GAPS
    assert f"まだ整っていないが、一般市の多くが整えている取組 {len(first.lines)}" in page
    assert "割合が高い順に並べています。" in page
    assert f"整っている取組 {len(rest[-1].lines)}" in page and "<details open" not in page
    assert "比べる相手：一般市（対象団体数2）。" in page
    assert "上田市の人口が登録されていないため、規模で分けずに、一般市の全体と比べています。" in page


def test_a_filter_by_plain_parameters(run: object, person: User) -> None:
    client = signed_in(person)
    page = text(client, f"{url('compare')}?show=in_place&part=organisation")
    assert 'value="in_place" selected' in page and 'value="organisation" selected' in page
    assert "を表示しています。" in page and "まだ整っていないが" not in page
    assert f"{url('compare-section')}?show=in_place&amp;part=organisation#" in page
    section = text(client, f"{url('compare-section')}?show=in_place&part=organisation")
    assert f'href="{url("compare")}?show=in_place&amp;part=organisation"' in section
    assert f"{url('compare-section', section='website')}?show=in_place&amp;part=organisation" in section


@pytest.mark.parametrize("show", [UNANSWERED, CHANGED])
def test_a_filter_that_finds_nothing_says_so_and_leads_back(run: object, person: User, show: str) -> None:
    page = text(signed_in(person), f"{url('compare')}?show={show}")
    assert "この条件に合う取組はありません。" in page
    assert f'href="{url("compare")}#measures">すべての取組を表示する' in page
    assert "前回から変わったもの" not in page, "there is no earlier round"


def test_the_filter_for_changes_needs_an_earlier_round(run: object, person: User) -> None:
    later = open_round(2021, "2020")
    answers = Response.objects.get(body__code="202037", survey__year=2020).answers()
    value = "not_appointed" if answers["fig-01"]["value"] == "appointed" else "appointed"
    draft = {**answers, "fig-01": {"value": value}}
    answer(later, Body.objects.get(code="202037"), {"fig-01": draft["fig-01"], "fig-05": draft["fig-05"]})
    page = text(signed_in(person), url("compare").replace("2020", "2021", 1) + "?show=changed")
    assert "204の取組のうち1を表示しています。" in page and "前回から変わったもの" in page


def test_a_draft_says_what_is_unanswered_instead_of_counting_it(run: object) -> None:
    """長野市 has a draft with one question answered; in the other sections nothing is said about more or fewer."""
    nagano = Body.objects.get(code="202011")
    draft = Response.objects.get(body=nagano).section("organisation")
    draft.put({"fig-01": {"value": "appointed"}}, by=None)
    draft.save()
    client = signed_in(make_member(nagano))
    page = text(client, url("compare", "202011"))
    assert "204の取組のうち1が整っています。 203は未回答です。" in page
    assert "提出前の、入力中の回答を比べています。" in page and "?show=unanswered#measures" in page
    assert "<strong>1</strong>／9" in page and "未回答8" in page
    assert "<strong>0</strong>" not in page and "中央値より少ない" not in page
    assert 'aria-label="長野市 未回答' in page
    assert "未回答の取組 203" in page
    section = text(client, url("compare-section", "202011", "website"))
    assert "24の取組は、どれも未回答です。" in section
    assert "8は未回答です。" in text(client, url("compare-section", "202011"))


def test_peers_of_the_same_kind_and_size(survey: Survey) -> None:
    """Five cities of one size are peers of their own; queries stay the same however many there are."""
    bodies = [make_body(f"20{number}0", f"市{number}") for number in range(301, 306)]
    Body.objects.filter(code__in=[body.code for body in bodies]).update(
        population=60_000, population_source="register", population_date=survey.reference_date
    )
    survey = open_round(2021, "2020")
    for number, found in enumerate(bodies):
        answers = complete_answers(survey.questionnaire, "city", random.Random(number))
        answer(survey, found, answers, submit=True)
    publish(survey)
    address = url("compare", bodies[0].code).replace("2020", "2021", 1)
    client = signed_in(make_member(bodies[0]))
    page = text(client, address)
    assert "比べる相手：人口５万人以上10万人未満の一般市（対象団体数5）。" in page
    assert "人口５万人以上10万人未満の一般市（5団体）の中央値は" in page and "全体と比べています。" not in page
    assert "同じ種類・規模" in text(client, f"{address}organisation/")
    Body.objects.filter(pk=bodies[0].pk).update(population=4_000)
    page = text(client, address)
    assert (
        "この集計には、人口５千人未満の一般市の数がありません（数えた団体が5に満たない区分の数は示しません）。" in page
    )
    assert "比べる相手：一般市（対象団体数5）。" in page
