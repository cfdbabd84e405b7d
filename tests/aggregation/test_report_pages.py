"""The report as pages: contents, items, figures at addresses of their own, and their charts as files."""

import random
import re
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from aggregation import drawing, kept_figures, report
from aggregation.figures import pie
from aggregation.models import Run, RunFigure
from tests.aggregation.test_pages import text
from tests.factories import answer, make_body, make_prefecture, open_round, publish
from tests.random_answers import complete_answers


@pytest.fixture
def run(db: None) -> Run:
    """A published run of the shipped questionnaire: a prefecture and two cities have answered."""
    known = {"population": 150_000, "population_source": "国勢調査", "population_date": "2020-10-01"}
    bodies = [make_prefecture(), make_body(**known), make_body("202029", "松本市", **known)]
    survey = open_round(2020, "2020")
    for seed, body in enumerate(bodies):
        answer(survey, body, complete_answers(survey.questionnaire, body.kind, random.Random(seed)), submit=True)
    return publish(survey)


def sections(page: str) -> list[str]:
    return re.findall(r'<section class="report-figure" id="([^"]+)"', page)


def test_the_contents_lead_to_every_figure_in_its_item(client: Client, run: Run) -> None:
    page = text(client, "report-contents", 2020)
    led = re.findall(r'href="/report/2020/items/([0-9-]+)/#([^"]+)"', page)
    assert [table for _, table in led] == [head["id"] for head in report.heads(run)]
    shown = {item: sections(text(client, "report-item", 2020, item)) for item in dict.fromkeys(item for item, _ in led)}
    assert [(item, table) for item, tables in shown.items() for table in tables] == led


def test_the_contents_show_key_figures(client: Client, run: Run) -> None:
    page = text(client, "report-contents", 2020)
    assert page.count('class="key-number"') == 3, "that of 第４節 is not public with so few bodies"
    assert "全国 令和元年度" in page and re.search(r"市区町村 <span class=\"together\">\d／2</span>", page)


def test_an_item_shows_each_figure_with_all_that_belongs_to_it(client: Client, run: Run) -> None:
    page = text(client, "report-item", 2020, "1-2")
    assert sections(page) == ["fig-01", "fig-02"]
    first, second = page.split('<section class="report-figure"')[1:]
    assert "<h2" in first and "第１図 CIOの任命の有無" in first and 'class="figure-text"' in first
    for suffix in ("/", ".csv", ".xlsx", ".json", ".svg?lang=ja"):
        assert f'href="/report/2020/fig-01{suffix}"' in first
    assert first.count('<svg xmlns="http://www.w3.org/2000/svg"') == 2  # both sides
    assert "公表値（令和2年度）" in first
    assert "CIOを任命している" in second
    assert 'href="/report/2020/items/1-1/"' in page and 'href="/report/2020/items/1-3/"' in page
    assert "報告書に印刷された4の数値のうち" in page and "/glossary/2020/#cio" in page
    assert 'href="/report/trend/fig-02/"' in page


def test_pages_need_no_script_and_no_inline_style(client: Client, run: Run) -> None:
    for name, args in (("report-item", ["1-2"]), ("report-item", ["2-8"]), ("report-table", ["fig-32"])):
        page = text(client, name, 2020, *args)
        assert "<script" not in page and not re.search(r"\sstyle\s*=", page) and "<style" not in page


def test_no_id_is_twice_in_a_page(client: Client, run: Run) -> None:
    for item in ("1-2", "2-8", "3-8"):
        ids = re.findall(r'\sid="([^"]+)"', text(client, "report-item", 2020, item))
        assert len(ids) == len(set(ids))


def test_unknown_items_figures_and_files_are_not_found(client: Client, run: Run) -> None:
    for name, key in (("report-item", "9-9"), ("report-table", "fig-99"), ("report-figure-file", "fig-99")):
        assert client.get(reverse(name, args=[2020, key])).status_code == 404
    assert client.get(reverse("report-item", args=[2019, "1-1"])).status_code == 404


def test_pages_and_charts_follow_the_language(client: Client, run: Run) -> None:
    assert "Prefectures" not in text(client, "report-item", 2020, "1-2")
    client.cookies.load({"django_language": "en"})
    page = text(client, "report-item", 2020, "1-2")
    assert "Prefectures" in page and "都道府県" not in page and ".svg?lang=en" in page


def test_links_stay_within_the_edition_that_is_shown(client: Client, run: Run) -> None:
    page = client.get("/report/2020-r1/items/1-2/").content.decode()
    assert "/report/2020-r1/fig-01.csv" in page and not re.search(r'href="/report/2020/(items|fig)', page)


def file(client: Client, table: str, **query: str) -> str:
    response = client.get(reverse("report-figure-file", args=[2020, table]), query)
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("image/svg+xml")
    return response.content.decode()


def test_the_file_of_a_figure_has_both_sides_title_source_and_language(client: Client, run: Run) -> None:
    svg = ElementTree.fromstring(file(client, "fig-01"))
    said = [each.text for each in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert {"第１図　CIOの任命の有無", "都道府県", "市区町村", "1団体", "2団体"} <= set(said)
    assert any(f"計算番号 {run}" in (line or "") for line in said)
    assert svg[0].text == "第１図　CIOの任命の有無" and svg.attrib["lang"] == "ja"
    assert "Figure 1" in file(client, "fig-01", lang="en") and "第１図" in file(client, "fig-01", lang="xx")


def test_the_file_of_a_figure_of_synthetic_answers_says_so(client: Client, run: Run) -> None:
    assert "合成データ" not in file(client, "fig-01")
    Run.objects.update(synthetic=True)
    assert "合成データ" in "".join(ElementTree.fromstring(file(client, "fig-01")).itertext())
    name = client.get(reverse("report-figure-file", args=[2020, "fig-01"])).headers["Content-Disposition"]
    assert name == 'inline; filename="synthetic-fig-01-2020.svg"'


def test_a_file_says_that_small_parts_are_in_the_table(
    client: Client, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "5％未満" not in file(client, "fig-01")
    monkeypatch.setattr(pie, "LEAST", 60)
    assert "5％未満の区分の数は、表にあります。" in file(client, "fig-02")
    assert "5％未満の区分の数は、下の表にあります。" in text(client, "report-table", 2020, "fig-02")


def test_a_chart_is_drawn_once_and_kept(client: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not RunFigure.objects.exists()
    text(client, "report-table", 2020, "fig-01")
    assert RunFigure.objects.filter(run=run).count() == 2
    monkeypatch.setattr(drawing, "draw", lambda spec: pytest.fail("drawn again"))
    text(client, "report-table", 2020, "fig-01")


def test_what_may_not_be_public_is_in_no_chart(client: Client, run: Run) -> None:
    """第４節 is closed: with a base under ten nothing is drawn, neither now nor from what was kept for the ministry."""
    table = report.one(run, "fig-51")
    assert table is not None
    assert kept_figures.drawn(run, [table], "ja")["fig-51"].svgs
    page = text(client, "report-table", 2020, "fig-51")
    assert '<figure class="chart">' not in page
    assert client.get(reverse("report-figure-file", args=[2020, "fig-51"])).status_code == 404


def test_the_command_draws_everything_once_and_forgets_what_is_old(
    run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    old = RunFigure.objects.create(run=run, key="old", svg="<svg/>")
    assert str(old) == f"{run} old"
    call_command("draw_figures", "2020")
    count = run.figures.count()
    assert count > 140 and not run.figures.filter(key="old").exists()
    assert f"figures of {run}: {count} (1 kept before), " in capsys.readouterr().out
    call_command("draw_figures", "2020")
    assert f"{count} ({count} kept before)" in capsys.readouterr().out


def test_the_command_needs_a_published_run(db: None) -> None:
    with pytest.raises(CommandError, match="No run of 2020 is published"):
        call_command("draw_figures", "2020")
