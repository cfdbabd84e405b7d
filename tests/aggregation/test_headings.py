"""Every heading of the 2020 report appears in the product, where the list of headings says."""

import csv
import html
import re
from collections import Counter
from pathlib import Path

import pytest
from django.test import Client

from aggregation.models import Run
from tests.aggregation.makers import questionnaire
from tests.factories import make_body, make_prefecture, open_round, publish

HEADINGS = Path(__file__).parents[1] / "data" / "report-2020-headings.csv"


def headings() -> list[dict[str, str]]:
    return list(csv.DictReader(line for line in HEADINGS.read_text("utf-8").splitlines() if line[0] != "#"))


def squeezed(text: str) -> str:
    return "".join(html.unescape(text).split())


@pytest.fixture
def run(db: None) -> Run:
    make_body()
    make_prefecture()
    return publish(open_round(2020, "2020"))


def page(client: Client, path: str) -> str:
    """The text of a page of the report, without spaces."""
    return squeezed(re.sub("<[^>]+>", "", client.get(f"/report/2020/{path}").content.decode()))


def test_each_heading_appears_where_the_list_says(client: Client, run: Run) -> None:
    found = run.survey.questionnaire
    written = squeezed("／".join(question.heading.ja for question in found.question_by_id.values()))
    contents, introduction = page(client, ""), page(client, "introduction/")
    for line in headings():
        heading, what = squeezed(line["heading"]), line["what"]
        match line["where"]:
            case "introduction":
                assert heading.removeprefix("Ⅰはじめに").replace("・IT戦略", "とIT戦略") in introduction, heading
            case "outline":
                assert heading.removeprefix("Ⅰはじめに") in introduction
            case "chapter":
                assert heading[3:] in contents
            case "heading":
                assert heading in written, heading
            case "table":
                number, title = line["heading"].split(" ", 1)
                shown = page(client, f"{what}/")
                assert squeezed(number) in shown and squeezed(title) in shown, heading
            case "terms":
                assert any(term.source.startswith(what) for term in found.terms)
                assert all(term.term.ja in client.get("/glossary/2020/").content.decode() for term in found.terms[:3])
            case "chronology":
                assert heading in page(client, "chronology/")


def test_every_table_and_figure_of_the_report_is_in_the_list() -> None:
    found, listed = questionnaire("2020"), headings()
    numbered = {id for id, parts in found.parts.items() if parts[0].number} | set(found.derived_by_id)
    assert {line["what"] for line in listed if line["where"] == "table"} == numbered and len(numbered) == 58
    assert Counter(line["where"] for line in listed)["heading"] == 41
