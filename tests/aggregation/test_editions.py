"""公表: what keeps a run from it, what an edition keeps and changes, and that others publish what one corrected."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aggregation import editions, report
from aggregation.errata import Reason
from aggregation.models import Run, RunErrata
from aggregation.publishing import SHOWN
from surveys.models import Body, Correction, Disclosure, Event, NotAllowed, Response, Survey, User
from surveys.models.rounds import RoundNotOpen
from tests.conftest import signed_in
from tests.factories import (
    COMPLETE,
    answer,
    make_body,
    make_member,
    make_ministry,
    make_prefecture,
    open_round,
    publish,
)

pytestmark = pytest.mark.django_db
NO = {"cio": {"value": "no"}}
YES = {"cio": COMPLETE["cio"], "post": COMPLETE["post"]}
REASON = "任命は翌年度でした。"


@pytest.fixture
def survey() -> Survey:
    """Two cities of one prefecture have submitted, and the prefecture has not."""
    cities = [make_body(), make_body("202088", "小諸市")]
    make_prefecture()
    survey = open_round()
    for city in cities:
        answer(survey, city, COMPLETE, submit=True)
    return survey


@pytest.fixture
def reviewer() -> User:
    return make_ministry("manager", "reviewer", name="訂正 太郎")


@pytest.fixture
def other() -> User:
    return make_ministry("manager", "other", name="公表 花子")


def correct(by: User, answers: Any = NO, code: str = "202037") -> Correction:
    response = Response.objects.select_related("survey", "body", "submission").get(body__code=code)
    assert response.submission
    return Correction.enter(response, answers, REASON, seen=response.submission.receipt, by=by)


def refusal(run: Run, by: User | None = None) -> str:
    with pytest.raises(NotAllowed) as found:
        run.publish(by=by)
    return str(found.value)


def bytes_of(run: Run) -> list[tuple[str, str]]:
    return list(run.tables.values_list("table", "document"))


def test_a_round_is_closed_before_it_is_published(survey: Survey) -> None:
    run = report.compute(survey).run
    assert "先に、調査のページで受付を終えて" in refusal(run)
    with pytest.raises(RoundNotOpen, match="受付を終えた調査だけ"):
        survey.publish()
    survey.close()
    run.publish(by=None)
    assert (run.edition, run.edition_name, Survey.objects.get().state) == (1, "r1", "published")
    run.publish(by=None)
    survey.publish()
    assert Event.objects.filter(kind__in=["survey.published", "run.published"]).count() == 2
    assert not RunErrata.objects.exists(), "there is nothing before the first edition"


def test_what_is_published_is_what_is_counted_now(survey: Survey, reviewer: User) -> None:
    survey.close()
    run = report.compute(survey).run
    correct(reviewer)
    assert "計算し直してから公表してください" in refusal(run)
    newer = report.compute(survey).run
    assert "計算し直してから公表してください" in refusal(run)
    Run.objects.filter(pk=newer.pk).update(questionnaire_checksum="0" * 64)
    assert "計算し直してから公表してください" in refusal(newer)
    with pytest.raises(CommandError, match="計算し直してから"):
        call_command("publish_run", newer.pk)


def test_the_next_edition_leaves_the_first_as_it_is(survey: Survey, reviewer: User, other: User) -> None:
    first = publish(survey, by=other)
    before = bytes_of(first)
    made = correct(reviewer)
    second = publish(survey, by=other)
    assert (second.edition_name, Run.objects.published_of(2020)) == ("r2", second)
    assert bytes_of(Run.objects.get(pk=first.pk)) == before != bytes_of(second)
    assert Survey.objects.get().state == "published"

    found = second.errata.content
    (body,) = found.bodies
    assert made.submission
    assert (body.code, body.before, body.after) == ("202037", "R2-202037-01", "R2-202037-02")
    assert body.reasons == (Reason("R2-202037-02", REASON),)
    cells = {(table.id, cell.row, cell.breakdown, cell.group): cell for table in found.tables for cell in table.cells}
    yes = cells["cio", "yes", "national", "municipality"]
    assert [(each.what, each.before, each.after) for each in yes.differences] == [
        ("count", 2, 1),
        ("percent", "100.0", "50.0"),
    ]
    assert yes.bodies == ("202037",) == cells["post", "head", "kind", "city"].bodies, (
        "the closed gate reaches its table"
    )
    assert {table for table, *_ in cells} == {"cio", "post"}


def test_a_correction_waits_for_another_person_to_publish_it(survey: Survey, reviewer: User, other: User) -> None:
    survey.close()
    correct(reviewer)
    run = report.compute(survey).run
    assert "訂正した人とは別の人" in refusal(run, reviewer)
    run.publish(by=other)
    newer = publish_again(survey)
    newer.publish(by=reviewer)
    assert newer.edition == 2, "what an earlier edition counts is no hindrance any more"


def publish_again(survey: Survey) -> Run:
    """A new run with the same answers."""
    Run.objects.update(code_version="older")
    return report.compute(survey).run


def test_the_operator_of_the_server_publishes_for_anybody(survey: Survey, reviewer: User) -> None:
    survey.close()
    correct(reviewer)
    call_command("recompute", 2020)
    call_command("publish_run", Run.objects.get().pk)
    assert Run.objects.get().edition == 1


def test_whoever_is_counted_no_longer_or_anew_is_named(survey: Survey, reviewer: User, other: User) -> None:
    survey.close()
    publish(survey)
    Response.objects.get(body__code="202088").send_back("直してください。", by=other)
    second = publish(survey)
    (gone,) = second.errata.content.bodies
    assert (gone.code, gone.before, gone.after, gone.reasons) == ("202088", "R2-202088-01", "", ())
    back = Response.objects.get(body__code="202088")
    Response.objects.filter(pk=back.pk).update(state="submitted", return_reason="")
    Body.objects.filter(code="202037").update(population=150_000, population_source="x", population_date="2020-10-01")
    third = publish(survey)
    (again,) = third.errata.content.bodies
    assert (again.before, again.after, again.reasons) == ("", "R2-202088-01", (Reason("R2-202088-01", ""),))
    bands = [
        cell.bodies
        for table in third.errata.content.tables
        for cell in table.cells
        if cell.breakdown == "population_band"
    ]
    assert bands and not any(bands), "nobody's answer stands behind a population"


def test_corrections_wait_until_an_edition_has_them(survey: Survey, reviewer: User, other: User) -> None:
    survey.close()
    assert editions.unpublished(survey, None) == []
    first = publish(survey, by=other)
    made = correct(reviewer)
    assert editions.unpublished(survey, first) == [made]
    correct(reviewer, YES)
    assert editions.unpublished(survey, first) == [], "corrected there and back again"
    correct(reviewer)
    second = publish(survey, by=other)
    assert editions.unpublished(survey, second) == []
    assert len(editions.newly_counted(first, second)) == 3


def test_the_database_refuses_impossible_editions(survey: Survey) -> None:
    run = publish(survey)
    newer = publish_again(survey)
    for change in (
        {"edition": 1, "published_at": run.published_at},
        {"edition": 2},
        {"published_at": run.published_at},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.filter(pk=newer.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=newer.pk).update(edition=0, published_at=run.published_at)
    newer.publish(by=None)
    assert str(newer.errata) == f"{newer} r2"


# At the desk


@pytest.fixture
def desk(other: User) -> Client:
    return signed_in(other)


def html(desk: Client, name: str, *args: Any) -> str:
    page = desk.get(reverse(f"admin:{name}", args=args))
    assert page.status_code == 200
    return " ".join(page.content.decode().split())


def test_the_page_that_asks_says_what_changes(survey: Survey, desk: Client, reviewer: User) -> None:
    first = publish(survey)
    page = html(desk, "aggregation_run_step", first.pk, "publish")
    assert "提出していない団体：1団体" in page and "まだ受理していない団体：2団体" in page
    correct(reviewer)
    run = report.compute(survey).run
    page = html(desk, "aggregation_run_step", run.pk, "publish")
    assert "新しく数える訂正：1件（訂正した人：訂正 太郎）。訂正した人は公表できません。" in page
    assert "いま公表しているr1に代わります。r1も残ります。" in page and "r1から変わる欄：" in page
    assert "／市区町村 団体 2 → 1、割合（％） 100.0 → 50.0" in page and "か所 </span>" not in page
    refused = signed_in(reviewer).post(reverse("admin:aggregation_run_step", args=[run.pk, "publish"]), follow=True)
    assert "訂正した人とは別の人が公表してください" in refused.content.decode()
    desk.post(reverse("admin:aggregation_run_step", args=[run.pk, "publish"]))
    assert Run.objects.get(pk=run.pk).edition == 2


def test_many_changes_are_cut_short_where_they_are_asked_about(survey: Survey, desk: Client, reviewer: User) -> None:
    publish(survey)
    for code in ("202037", "202088"):
        correct(reviewer, {**NO, "measures": {"values": ["counter"]}}, code)
    run = report.compute(survey).run
    (row,) = desk.get(reverse("admin:aggregation_run_step", args=[run.pk, "publish"])).context["rows"]
    count = editions.compare(Run.objects.get(edition=1), run).count
    assert f"r1から変わる欄：{count}か所" in row.about
    assert sum(" → " in line for line in row.about) == SHOWN
    assert row.about[-1] == f"ほか{count - SHOWN}か所"


def test_who_publishes_is_told_what_an_edition_less_the_one_before_it_gives_away(
    survey: Survey, desk: Client, reviewer: User, other: User
) -> None:
    publish(survey, by=other)
    correct(reviewer)
    place = reverse("admin:aggregation_run_step", args=[report.compute(survey).run.pk, "publish"])
    warning = "団体ごとに公表していない問の回答が変わる団体：1団体"
    assert warning not in desk.get(place).content.decode()
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    assert warning in desk.get(place).content.decode()


def test_an_edition_shows_its_errata_and_gives_them_as_csv(
    survey: Survey, desk: Client, reviewer: User, other: User
) -> None:
    first = publish(survey)
    assert desk.get(reverse("admin:aggregation_run_errata", args=[first.pk])).status_code == 404
    assert desk.get(reverse("admin:aggregation_run_errata", args=[0])).status_code == 404
    correct(reviewer)
    second = publish(survey)
    page = html(desk, "aggregation_run_change", second.pk)
    assert "正誤表（r2で変わった欄）" in page and REASON in page and "R2-202037-02" in page
    assert "正誤表（" not in html(desk, "aggregation_run_change", first.pk)
    found = desk.get(reverse("admin:aggregation_run_errata", args=[second.pk]))
    assert 'filename="errata-r2-2020.csv"' in found["Content-Disposition"]
    assert REASON in found.content.decode("utf-8-sig")
    assert ">r2<" in html(desk, "aggregation_run_changelist")
    without = make_member(Body.objects.get(code="202037"), is_staff=True)
    assert signed_in(without).get(reverse("admin:aggregation_run_errata", args=[second.pk])).status_code == 403


def test_the_work_list_tells_of_corrections_to_publish(survey: Survey, desk: Client, reviewer: User) -> None:
    def waiting(client: Client) -> dict[str, int]:
        return {line.title: line.count for line in client.get(reverse("admin:index")).context["lines"]}

    publish(survey)
    assert "公表していない訂正" not in waiting(desk)
    correct(reviewer)
    found = waiting(desk)
    assert (found["公表していない訂正"], found["最後の計算のあとに、提出、差戻し、訂正があった団体"]) == (1, 1)
    publish(survey)
    assert "公表していない訂正" not in waiting(desk)
    nobody = make_member(Body.objects.get(code="202037"), is_staff=True)
    assert waiting(signed_in(nobody)) == {}


# What everybody sees of editions


def second_edition(survey: Survey, reviewer: User, other: User) -> tuple[Run, Run]:
    first = publish(survey)
    correct(reviewer)
    return first, publish(survey, by=other)


def test_each_edition_keeps_its_address_and_an_older_one_says_that_it_was_replaced(
    client: Client, survey: Survey, reviewer: User, other: User
) -> None:
    second_edition(survey, reviewer, other)
    before, after, latest = (client.get(f"/report/{edition}/cio/") for edition in ("2020-r1", "2020-r2", "2020"))
    assert [page.context["run"].edition for page in (before, after, latest)] == [1, 2, 2]
    replaced = "r2で置き換えられました"
    assert [replaced in page.content.decode() for page in (before, after, latest)] == [True, False, False]
    assert (
        'href="/report/2020/cio/"' in before.content.decode() and "/report/2020-r1/cio.csv" in before.content.decode()
    )
    assert replaced in client.get("/report/2020-r1/").content.decode()
    assert client.get("/report/2020-r3/").status_code == 404
    assert client.get("/report/2020-r1/tables.csv").content != client.get("/report/2020/tables.csv").content


def test_the_public_errata_are_a_page_and_a_file(client: Client, survey: Survey, reviewer: User, other: User) -> None:
    first, second = second_edition(survey, reviewer, other)
    page = client.get("/report/2020/editions/").content.decode()
    assert "202037　上田市" in page and REASON in page and "/report/2020-r1/" in page
    data = client.get("/report/2020-r2/errata.csv")
    assert data["Content-Disposition"] == 'attachment; filename="errata-r2-2020.csv"'
    errata = RunErrata.objects.get(run=second).content
    assert data.content.decode().count("\n") == 1 + sum(len(c.differences) for t in errata.tables for c in t.cells)
    assert "正誤表はありません" in client.get("/report/2020-r1/editions/").content.decode()
    assert client.get("/report/2020-r1/errata.csv").status_code == 404


def test_errata_of_what_is_not_public_name_no_body_and_no_reason(
    client: Client, survey: Survey, reviewer: User, other: User
) -> None:
    second_edition(survey, reviewer, other)
    Disclosure.objects.decide(survey, {"cio": (False, None)}, by=None)
    page = client.get("/report/2020/editions/").content.decode()
    data = client.get("/report/2020/errata.csv").content.decode()
    assert REASON not in page + data, "the reason may tell the answer"
    assert ",cio," not in data, "two bodies are too few for a public number"
    assert ",post," not in data and "202037" not in data, "whether it was asked tells the answer at its gate"
    assert "上田市" not in page and "0か所が変わりました" in page
    Disclosure.objects.decide(survey, {"cio": (True, None), "post": (False, None)}, by=None)
    data = client.get("/report/2020/errata.csv").content.decode()
    assert ",cio," in data and "202037" in data, "of an open question all is said"
    assert ",post," not in data


def test_corrections_are_announced(client: Client, survey: Survey, reviewer: User, other: User) -> None:
    publish(survey)
    assert "<entry>" not in client.get("/report/corrections.atom").content.decode()
    correct(reviewer)
    publish(survey, by=other)
    feed = client.get("/report/corrections.atom").content.decode()
    assert feed.count("<entry>") == 1 and "令和2年度　r2を公表しました" in feed and "/report/2020-r2/editions/" in feed
