"""Downloads from the pages: who gets what, under what name, and when it need not be sent again."""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from aggregation import downloads, front_matter, report
from aggregation.export import COMPARISON_FORMATS, FORMATS, MACHINE, MEDIA_TYPES, PDF, TABLE_FORMATS
from aggregation.models import Run
from aggregation.text_models import ReportText
from surveys.era import era_date
from surveys.models import Disclosure, Response, Survey, User
from surveys.questionnaire import Text
from tests.aggregation.test_long_form import read
from tests.conftest import signed_in
from tests.factories import COMPLETE, answer, make_body, make_prefecture, open_round, publish

TABLES = [reverse("report-tables-file", args=[2020, suffix]) for suffix in FORMATS]
FOR_MACHINES = reverse("report-machine-file", args=[2020])
ON_PAPER = reverse("report-tables-file", args=[2020, PDF])
TABLE = [reverse("report-table-file", args=[2020, "cio", suffix]) for suffix in FORMATS]


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    cache.clear()


@pytest.fixture
def run(db: None) -> Run:
    """A published run: 上田市 has answered, 長野県 has not."""
    ueda = make_body()
    make_prefecture()
    survey = open_round()
    answer(survey, ueda, COMPLETE, submit=True)
    return publish(survey)


def name_of(response: HttpResponse) -> str:
    return response["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')


def test_addresses_are_those_that_others_rely_on() -> None:
    assert [f"/report/2020/tables.{suffix}" for suffix in ("csv", "json", "xlsx")] == TABLES
    assert TABLE[0] == "/report/2020/cio.csv" and FOR_MACHINES == "/report/2020/tables-machine.xlsx"
    assert reverse("compare-file", args=[2020, "202037", "xlsx"]) == "/2020/202037/compare.xlsx"


@pytest.mark.parametrize("suffix", FORMATS)
def test_anybody_gets_all_tables_or_one(client: Client, run: Run, suffix: str) -> None:
    one = report.public_one(run, "cio")
    assert one
    for url, name, found in (
        (f"/report/2020/tables.{suffix}", "tables-2020", downloads.public(run)),
        (f"/report/2020/cio.{suffix}", "cio-2020", downloads.tables(run, [one])),
    ):
        response = client.get(url)
        assert (response.status_code, name_of(response)) == (200, f"{name}.{suffix}")
        assert response["Content-Type"] == MEDIA_TYPES[suffix]
        assert response.content == FORMATS[suffix](found)
        assert client.post(url).status_code == 405


def test_what_the_files_of_one_table_hold(client: Client, run: Run) -> None:
    assert {line["table"] for line in read(client.get(TABLE[0]).content)} == {"cio"}
    assert {row[1] for row in json.loads(client.get(TABLE[1]).content)["rows"]} == {"cio"}
    assert load_workbook(io.BytesIO(client.get(TABLE[2]).content)).sheetnames == ["表紙", "目次", "第１図", "データ"]


def test_anybody_gets_the_workbook_for_machines(client: Client, run: Run) -> None:
    response = client.get(FOR_MACHINES)
    assert (name_of(response), response["Content-Type"]) == ("tables-2020-machine.xlsx", MEDIA_TYPES["xlsx"])
    assert response.content == TABLE_FORMATS[MACHINE](downloads.public(run))
    listed = load_workbook(io.BytesIO(response.content))["団体コード"]
    assert [row[0] for row in listed.iter_rows(min_row=2, values_only=True)] == ["200000", "202037"]
    assert client.post(FOR_MACHINES).status_code == 405
    assert client.get("/report/2020/tables.machine-xlsx").status_code == 404


def words_of(data: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_anybody_gets_the_report_on_paper(client: Client, run: Run) -> None:
    response = client.get(ON_PAPER, headers={"Accept-Language": "en"})
    assert (name_of(response), response["Content-Type"]) == ("tables-2020.pdf", "application/pdf")
    assert response.content == TABLE_FORMATS[PDF](downloads.public(run)), "in Japanese, whatever the language of pages"
    words = words_of(response.content)
    for part in (
        *("地方自治情報管理概要（電子自治体の推進状況）令和２年度", f"版r1公表{era_date(timezone.localdate())}"),
        *(
            f"計算番号{run}",
            "数えた団体1団体",
            "第１図",
            "都道府県1団体と市区町村1団体",
            "凡例（用語の説明）",
            "平成13年",
        ),
    ):
        assert part in words, part
    assert client.post(ON_PAPER).status_code == 405


def test_a_new_introduction_is_sent_at_once(client: Client, run: Run) -> None:
    first = client.get(ON_PAPER)
    text = Text("この年度の調査のはじめに。", "On the survey of this year.")
    ReportText.objects.write(run.survey, {front_matter.introduction()[0].id: text}, by=None)
    second = client.get(ON_PAPER, headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200 and text.ja in words_of(second.content) and text.ja not in words_of(first.content)


def test_synthetic_numbers_say_so_in_the_name(client: Client, run: Run) -> None:
    Run.objects.update(synthetic=True)
    assert name_of(client.get(FOR_MACHINES)) == "synthetic-tables-2020-machine.xlsx"
    assert [name_of(client.get(url)) for url in (TABLES[0], TABLE[0])] == [
        "synthetic-tables-2020.csv",
        "synthetic-cio-2020.csv",
    ]


@pytest.mark.parametrize("url", [*TABLES, *TABLE, FOR_MACHINES, ON_PAPER])
def test_before_publication_there_is_nothing_for_anybody(client: Client, run: Run, ministry: User, url: str) -> None:
    Run.objects.update(edition=None, published_at=None, published_by=None)
    assert client.get(url).status_code == 404
    assert signed_in(ministry).get(url).status_code == 404


@pytest.mark.parametrize("name", ["tables.docx", "cio.pdf", "fig-99.csv", "tables."])
def test_what_does_not_exist_is_not_found(client: Client, run: Run, name: str) -> None:
    assert client.get(f"/report/2020/{name}").status_code == 404


@pytest.mark.parametrize("url", [*TABLES, *TABLE, FOR_MACHINES, ON_PAPER])
def test_a_second_request_is_not_answered_again(client: Client, run: Run, url: str) -> None:
    first = client.get(url)
    assert first["Cache-Control"] == "public, no-cache"
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(url, headers={"If-None-Match": '"another"'}).status_code == 200


def test_what_may_not_be_public_is_in_no_file(client: Client, run: Run) -> None:
    first = client.get(TABLES[0])
    assert {line["table"] for line in read(first.content)} > {"cio", "post"}
    Disclosure.objects.decide(run.survey, {"cio": (False, None)}, by=None)
    second = client.get(TABLES[0], headers={"If-None-Match": first["ETag"]})
    assert "cio" not in {line["table"] for line in read(second.content)}
    assert read(client.get(TABLE[0]).content) == []
    book = load_workbook(io.BytesIO(client.get(FOR_MACHINES).content))
    assert "staff" in book.sheetnames and not {"cio", "post"} & set(book.sheetnames)
    read_by_people = load_workbook(io.BytesIO(client.get(TABLES[2]).content))["第１図"]
    assert not [cell for row in read_by_people for cell in row if isinstance(cell.value, int | float)]
    on_paper = words_of(client.get(ON_PAPER).content)
    assert "都道府県、市区町村、総数：対象が10団体に満たない数値は、公表の決まりにより、載せていません。" in on_paper
    row = "任命している01100.0%1100.0%"
    assert row not in on_paper and row in words_of(TABLE_FORMATS[PDF](downloads.national(run)))


def test_a_new_run_is_sent_at_once(client: Client, run: Run) -> None:
    first = client.get(TABLES[0])
    survey = Survey.objects.get()
    Run.objects.update(code_version="older")
    publish(survey)
    second = client.get(TABLES[0], headers={"If-None-Match": first["ETag"]})
    assert second.status_code == 200 and second["ETag"] != first["ETag"]


def test_all_tables_are_written_once_for_many(client: Client, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Run] = []
    public: Callable[..., object] = downloads.public
    monkeypatch.setattr(downloads, "public", lambda run: made.append(run) or public(run))
    assert client.get(TABLES[2]).content == client.get(TABLES[2]).content
    assert len(made) == 1


def test_the_pages_lead_to_the_files(client: Client, run: Run) -> None:
    contents = client.get(reverse("report-contents", args=[2020])).content.decode()
    table = client.get(reverse("report-table", args=[2020, "cio"])).content.decode()
    assert all(f'href="{url}"' in contents for url in [*TABLES, FOR_MACHINES, ON_PAPER])
    assert all(f'href="{url}"' in table for url in TABLE)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        *(("officer", 200), ("approver", 200), ("prefecture", 200), ("ministry", 200)),
        *(("neighbour", 404), ("elsewhere", 404), ("nobody", 404)),
    ],
)
def test_who_gets_a_comparison(response: Response, who: str, status: int, request: pytest.FixtureRequest) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert [client.get(f"/2020/202037/compare.{suffix}").status_code for suffix in FORMATS] == [status] * 3


def test_a_comparison_needs_a_sign_in(client: Client, response: Response) -> None:
    found = client.get("/2020/202037/compare.csv")
    assert found.status_code == 302 and found["Location"].startswith(reverse("account_login"))


def test_a_comparison_is_that_of_the_page(response: Response, officer: User) -> None:
    client = signed_in(officer)
    for published in (False, True):
        if published:
            publish(response.survey)
        run = Run.objects.published_until(2020)
        assert (run is not None) == published
        for suffix, write in COMPARISON_FORMATS.items():
            found = client.get(f"/2020/202037/compare.{suffix}")
            assert found.content == write(downloads.for_body(run, response))
            assert name_of(found) == f"comparison-2020-202037.{suffix}"
            assert found["Cache-Control"] == "private, no-store"
    assert client.get("/2020/202037/compare.doc").status_code == 404
    page = client.get("/2020/202037/compare/").content.decode()
    assert all(f'href="/2020/202037/compare.{suffix}"' in page for suffix in COMPARISON_FORMATS)


def test_a_run_that_is_not_published_yet_says_so(response: Response) -> None:
    run = report.compute(response.survey).run
    assert "公表前" in downloads.for_body(run, response).words
    assert downloads.national(run).facts.created == run.created_at


def test_the_command_writes_workbooks(run: Run, tmp_path: Path) -> None:
    call_command("export_tables", 2020, format="xlsx", out=tmp_path / "tables.xlsx")
    call_command("export_tables", 2020, format="xlsx", body="202037", out=tmp_path / "body.xlsx")
    call_command("export_tables", 2020, format="pdf", body="202037", out=tmp_path / "body.pdf")
    assert (tmp_path / "body.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert (tmp_path / "tables.xlsx").read_bytes() == FORMATS["xlsx"](downloads.national(run))
    assert load_workbook(tmp_path / "body.xlsx").sheetnames[-1] == "データ"


def test_the_command_writes_for_machines_and_says_how_long_it_took(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    call_command("export_tables", 2020, format=MACHINE)
    assert Path("tables-2020-machine.xlsx").read_bytes() == TABLE_FORMATS[MACHINE](downloads.national(run))
    assert re.search(r"written to tables-2020-machine\.xlsx, made in [0-9]+\.[0-9] s$", capsys.readouterr().out.strip())
    call_command("export_tables", 2020, format=PDF)
    assert Path("tables-2020.pdf").read_bytes() == TABLE_FORMATS[PDF](downloads.national(run))
    assert re.search(r"written to tables-2020\.pdf, made in [0-9]+\.[0-9] s$", capsys.readouterr().out.strip())
    with pytest.raises(CommandError, match="no format machine-xlsx; choose one of csv, json, xlsx, pdf"):
        call_command("export_tables", 2020, format=MACHINE, body="202037")
