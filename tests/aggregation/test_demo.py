"""The demonstration: what `make demo` prepares, and where synthetic answers are refused."""

import csv
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from aggregation import report
from aggregation.management.commands import demo, demo_answers
from aggregation.models import Run
from surveys.models import Body, Comment, Correction, Event, Response, Survey, User
from tests.factories import COMPLETE, answer, make_body, make_ministry, make_prefecture, make_round, open_round, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo_settings(settings: Settings, tmp_path: Path) -> None:
    settings.ALLOW_DEMO, settings.DEMO_PASSWORD, settings.BASE_DIR = True, "a-password-for-the-demo", tmp_path


def test_demo_reproduces_the_report_and_a_second_time_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("demo")
    out = capsys.readouterr().out.splitlines()
    (reproduced,) = (line for line in out if line.startswith("published numbers reproduced"))
    (agreeing,) = (line for line in out if line.startswith("printed percentages agreeing"))
    n, of = reproduced.removeprefix("published numbers reproduced: ").split(" of ")
    m, of_m = agreeing.removeprefix("printed percentages agreeing: ").removesuffix(" (第12図)").split(" of ")
    assert n == of and int(n) >= 220 and int(of_m) == int(m) + 1
    written = {path.name for path in (tmp_path / "var" / "reports").iterdir()}
    assert written == {f"synthetic-tables-2020{end}" for end in (".csv", ".json", ".xlsx", "-machine.xlsx", ".pdf")}

    assert Response.objects.filter(survey__year=2020, synthetic=True, state="submitted").count() == 1788
    practice = Survey.objects.get(year=2021)
    assert unfinished_sections(practice) == {"organisation"}
    doubted = practice.responses.get(body__code="202037").doubted()
    assert doubted and all(each.is_settled for each in doubted), "nothing but the first section stands in the way"
    assert User.objects.get(sign_in_id="ueda.kessai").check_password("a-password-for-the-demo")
    assert Run.objects.published_of(2020) == Run.objects.get()
    comments = Comment.objects.values_list("response__survey__year", "response__body__code", "audience")
    assert list(comments) == [(2020, "202037", "body"), (2021, "202037", "ministry")]

    events = Event.objects.count()
    monkeypatch.setattr(demo, "TABLE_FORMATS", {"csv": demo.TABLE_FORMATS["csv"]})  # that the others are made is seen
    call_command("demo")
    assert reproduced in capsys.readouterr().out.splitlines()
    assert (Run.objects.count(), Event.objects.count(), Comment.objects.count()) == (1, events, 2)

    with pytest.raises(CommandError, match="another seed"):
        call_command("demo_answers", 2020, seed=1)
    call_command("export_answers", 2020, tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(encoding="utf-8") as file:
        assert {line["origin"] for line in csv.DictReader(file)} == {"synthetic"}


def test_where_a_correction_was_tried_the_first_edition_is_still_that_of_the_report() -> None:
    body = make_body()
    survey = open_round()
    answer(survey, body, COMPLETE, submit=True)
    first = publish(survey)
    by, seen = make_ministry("reviewer"), "R2-202037-01"
    Correction.enter(body.responses.get(), {"cio": {"value": "no"}}, "翌年度でした。", seen=seen, by=by)
    publish(survey)
    assert demo.Command().published() == first
    assert Run.objects.count() == 2


def unfinished_sections(practice: Survey) -> set[str]:
    """What a newcomer has left to answer for Ueda in the round to try."""
    assert practice.is_open and practice.responses.filter(sections__isnull=False).distinct().count() == 1
    section_of = {id: section.id for section in practice.questionnaire.sections for id in section.question_by_id}
    return {section_of[problem.question] for problem in practice.responses.get(body__code="202037").problems()}


def test_the_demo_says_when_a_number_does_not_come_out(monkeypatch: pytest.MonkeyPatch) -> None:
    make_body()
    run = report.compute(make_round(2020, "2020")).run
    with pytest.raises(CommandError, match="Not every published number came out again"):
        demo.Command().reproduction(run)


def test_synthetic_answers_are_refused_where_they_do_not_belong(settings: Settings) -> None:
    body, _ = make_body(), make_prefecture()
    survey = make_round(2020, "2020")
    make_round(2021)
    with pytest.raises(CommandError, match="no published numbers of 2021"):
        call_command("demo_answers", 2021, seed=1)
    answer(survey, body, {"fig-01": {"value": "not_appointed"}})
    with pytest.raises(CommandError, match="holds reported answers"):
        call_command("demo_answers", 2020, seed=1)
    settings.ALLOW_DEMO = False
    for command in (["demo_answers", 2020, "--seed", "1"], ["demo"]):
        with pytest.raises(CommandError, match="ALLOW_DEMO=1"):
            call_command(*command)


def test_registered_populations_are_kept() -> None:
    """Populations that the register has are used; only the missing ones are made up, and marked. A prefecture's own
    does not count."""
    known = make_body(population=150_000, population_source="国勢調査", population_date="2020-10-01")
    make_body("202088", "小諸市")
    nagano = make_prefecture()
    nagano.population, nagano.population_source, nagano.population_date = 2_000_000, "国勢調査", date(2020, 10, 1)
    nagano.save()
    bodies = {body.code: body for body in demo_answers.Command().bodies(make_round(), 1)}
    known.refresh_from_db()
    komoro = Body.objects.get(code="202088")
    assert (known.population, known.population_source) == (150_000, "国勢調査")
    assert komoro.population_source == "synthetic"
    assert bodies["200000"].population == 150_000 + (komoro.population or 0)


def test_answers_that_break_the_rules_are_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    make_body()
    survey = make_round()
    incomplete = {"202037": {"cio": COMPLETE["cio"]}}
    monkeypatch.setattr(demo_answers, "generate", lambda *_: incomplete)
    monkeypatch.setattr(demo_answers, "Plan", lambda *_: None)
    with pytest.raises(CommandError, match="break the rules"):
        call_command("demo_answers", survey.year, seed=1)
    assert not Response.objects.exists()
