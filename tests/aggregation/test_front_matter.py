"""What stands before and after the tables: the introduction, which the ministry edits, and the chronology."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from aggregation import front_matter
from aggregation.front_matter import Block, chronology, introduction
from aggregation.introduction_admin import introduction_buttons
from aggregation.models import ReportText, Run
from surveys.models import Event
from surveys.questionnaire import DefinitionError, Text
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_body, make_ministry, make_prefecture, make_round, open_round, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """上田市 has answered, 長野県 has not."""
    city = make_body()
    make_prefecture()
    survey = open_round()
    answer(survey, city, COMPLETE, submit=True)
    return publish(survey)


def page(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_chronology_runs_from_2001_to_2021_in_both_languages() -> None:
    years = chronology()
    assert [year.number for year in years] == list(range(2001, 2022))
    entries = [entry for year in years for entry in (*year.bureau, *year.government)]
    assert len(entries) == 153 and all(entry.text.ja and entry.text.en for entry in entries)
    for year in years:  # what has no month stands between its neighbours
        for side in (year.bureau, year.government):
            months = [entry.month for entry in side if entry.month]
            assert months == sorted(months), year
    names = {year.number: year.name.ja for year in years}
    assert (names[2001], names[2019], names[2020]) == ("平成13年", "平成31年・令和元年", "令和2年")


def test_a_fault_of_the_data_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chronology.toml"
    path.write_text('[[entry]]\nyear = 2020\nmonth = 13\ncolumn = "bureau"\ntext = { ja = "あ", en = "a" }\nday = 1\n')
    with pytest.raises(DefinitionError, match="unknown key 'day'"):
        front_matter._read(front_matter._Chronology, path)
    path.write_text('[[entry]]\nyear = 2020\nmonth = 13\ncolumn = "bureau"\ntext = { ja = "あ", en = "a" }\n')
    with pytest.raises(DefinitionError, match="あ: column is one of bureau, government, month 1 to 12"):
        front_matter._read(front_matter._Chronology, path)


def test_the_pages_of_an_edition(client: Client, run: Run) -> None:
    text = page(client, "report-introduction", 2020)
    assert (
        "大阪市が電子計算機を導入" in text and "都道府県1団体と市区町村1団体" in text and "令和2年4月1日（水）" in text
    )
    assert "回答は1団体から得た（未回答1団体）" in text
    Run.objects.update(responses=2)
    assert "すべての団体から回答を得た" in page(client, "report-introduction", 2020)
    years = page(client, "report-chronology", 2020)
    assert years.count("<li>") >= 153 and "10月" in years
    client.cookies["django_language"] = "en"
    assert "IT Basic Act in force" in page(client, "report-chronology", 2020)


def test_what_the_ministry_writes_stands_in_the_report_and_in_the_history(client: Client, run: Run) -> None:
    desk = signed_in(make_ministry("manager"))
    url = reverse("admin:aggregation_run_introduction", args=[2020])
    fields = {f"{b.id}-{language}": b.text.in_language(language) for b in introduction() for language in ("ja", "en")}
    assert "変わったところはありません" in desk.post(url, fields, follow=True).content.decode()
    assert not ReportText.objects.exists()
    fields["recent-ja"] = "令和２年度の取組み。\r\n次の段落。"
    assert "保存しました" in desk.post(url, fields, follow=True).content.decode()
    text = page(client, "report-introduction", 2020)
    assert "<p>令和２年度の取組み。</p>" in text and "<p>次の段落。</p>" in text
    assert "大阪市が電子計算機を導入" in text, "the other block stays"
    event = Event.objects.get(kind="survey.introduction")
    assert event.subject == "survey 2020 recent" and event.after["ja"] == "令和２年度の取組み。\n次の段落。\n"
    assert str(ReportText.objects.get()) == "令和2年度 recent"


def test_an_empty_text_is_refused_and_nothing_is_lost(run: Run) -> None:
    desk = signed_in(make_ministry("manager"))
    url = reverse("admin:aggregation_run_introduction", args=[2020])
    answered = desk.post(url, {"history-ja": "", "history-en": "kept", "recent-ja": "残る", "recent-en": "kept"})
    text = answered.content.decode()
    assert "空にはできません" in text and "残る" in text and not ReportText.objects.exists()


def test_who_may_only_read_finds_no_form(run: Run) -> None:
    desk = signed_in(make_ministry("viewer"))
    url = reverse("admin:aggregation_run_introduction", args=[2020])
    assert "<textarea" not in desk.get(url).content.decode() and desk.post(url).status_code == 403
    assert url in desk.get(reverse("admin:surveys_survey_change", args=[run.survey_id])).content.decode()


def test_who_may_not_see_runs_is_not_led_there(run: Run) -> None:
    request = type("Request", (), {"user": make_ministry("viewer", "somebody")})()
    request.user.groups.clear()
    assert introduction_buttons(request, run.survey) == []


def test_a_block_is_each_round_its_own(run: Run) -> None:
    other = make_round(2021)
    ReportText.objects.write(run.survey, {"recent": Text("あ\n", "a\n")}, by=None)
    assert ReportText.objects.blocks(run.survey)[1].text.ja == "あ\n"
    assert ReportText.objects.blocks(other) == [Block(b.id, b.heading, b.text) for b in introduction()]
