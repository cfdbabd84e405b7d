"""The definition of a round at the desk: taken, changed, previewed and confirmed; its pages as bodies see them."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from surveys.models import Event, SectionAnswers, Survey
from surveys.workbook import archive
from tests.conftest import signed_in
from tests.factories import document, make_body, make_ministry, make_round, open_round
from tests.workbooks import definition_book

pytestmark = pytest.mark.django_db
TEXT = ("問", "H2", "CIOを置いていますか。")


@pytest.fixture
def desk() -> Client:
    return signed_in(make_ministry("manager"))


@pytest.fixture
def draft() -> Survey:
    """The draft of 2021 after the round of 2020."""
    return make_round().make_next()


def url(survey: Survey, page: str = "definition") -> str:
    return reverse(f"admin:surveys_survey_{page}", args=[survey.pk])


def upload(desk: Client, survey: Survey, *cells: tuple[str, str, Any]) -> Any:
    data = definition_book(survey.document, *cells)
    return desk.post(url(survey), {"file": SimpleUploadedFile("definition.xlsx", data)})


def confirm(desk: Client, survey: Survey, page: Any, **fields: Any) -> Any:
    return desk.post(url(survey, "definition_confirm"), {"proposal": page.context["token"], **fields}, follow=True)


def words(page: Any) -> str:
    return str(page.content.decode())


def test_the_next_round_is_made_by_a_step_that_says_what_it_does(desk: Client) -> None:
    survey = make_round()
    step = reverse("admin:surveys_survey_step", args=[survey.pk, "next"])
    assert "年度の言葉は、1年進めます" in words(desk.get(step))
    desk.post(step)
    assert Survey.objects.get(year=2021).document == document(year=2021)
    assert "翌年度の調査は、もうあります" in words(desk.post(step, follow=True))
    assert step not in words(desk.get(url(survey, "change")))
    assert Event.objects.get(kind="survey.made").actor is not None


def test_the_round_s_page_leads_to_the_file_and_the_page_of_the_definition(desk: Client, draft: Survey) -> None:
    page = words(desk.get(url(draft, "change")))
    assert url(draft, "definition_file") in page and url(draft) in page
    file = desk.get(url(draft, "definition_file"))
    assert file.headers["Content-Disposition"] == 'attachment; filename="definition-2021.xlsx"'
    assert load_workbook(io.BytesIO(file.content))["表題"]["A2"].value == 2021


def test_every_year_word_that_moved_is_listed_for_checking(desk: Client, draft: Survey) -> None:
    page = desk.get(url(draft))
    assert page.context["since_last"] == [] and "の調査票と同じです" in words(page)
    assert {change.sort for change in page.context["moved_words"]} == {"year"}
    assert "令和２年４月１日現在" in words(page) and "令和３年４月１日現在" in words(page)
    first = Survey.objects.get(year=2020)
    assert "前の調査がない" in words(desk.get(url(first)))


def test_what_differs_from_the_year_before_stands_apart_from_year_words(desk: Client, draft: Survey) -> None:
    confirm(desk, draft, upload(desk, draft, ("問", "W4", 12345)))
    page = desk.get(url(draft))
    assert [change.field for change in page.context["since_last"]] == ["maximum"]
    assert page.context["moved_words"]


def test_an_upload_is_previewed_and_stored_only_when_confirmed(desk: Client, draft: Survey) -> None:
    page = upload(desk, draft, ("問", "W4", 12345))
    assert page.status_code == 200 and "12345" in words(page)
    assert Survey.objects.get(pk=draft.pk).checksum == draft.checksum
    assert "調査票を入れ替えました" in words(confirm(desk, draft, page))
    assert Survey.objects.get(pk=draft.pk).questionnaire.question_by_id["staff"].maximum == 12345
    again = confirm(desk, draft, page)
    assert again.status_code == 409 and "確かめている間に調査票が変わりました" in words(again)
    assert Event.objects.filter(kind="survey.redefined").count() == 1


def test_an_upload_without_a_change_says_so(desk: Client, draft: Survey) -> None:
    page = words(upload(desk, draft))
    assert "変わるところはありません" in page and "入れ替える</button>" not in page


def test_a_reworded_question_is_ticked_by_name(desk: Client, draft: Survey) -> None:
    page = upload(desk, draft, TEXT)
    assert "cioの意味は変わっていない" in words(page)
    asked = confirm(desk, draft, page)
    assert asked.status_code == 409 and "1問ずつ確かめてください" in words(asked)
    confirm(desk, draft, asked, same=["cio"])
    assert Event.objects.get(kind="survey.redefined").after["same_meaning"] == ["cio"]


def test_faults_are_named_by_sheet_and_cell_and_nothing_is_stored(desk: Client, draft: Survey) -> None:
    page = upload(desk, draft, ("問", "C2", "single"), ("選択肢", "D2", "任命していない"))
    assert page.status_code == 400
    assert "シート「問」のC2：種類「single」はありません。" in words(page)
    assert "直すところが1つあります" in words(page)
    swapped = upload(desk, draft, ("選択肢", "D2", "任命していない"))
    assert swapped.status_code == 400 and "シート「選択肢」のC2：" in words(swapped)
    assert Survey.objects.get(pk=draft.pk).checksum == draft.checksum


@pytest.mark.parametrize(
    ("size", "message"), [(0, "ファイルが選ばれていません"), (archive.MAX_BYTES + 1, "大きすぎます")]
)
def test_no_file_and_too_large_a_file(desk: Client, draft: Survey, size: int, message: str) -> None:
    files = {"file": SimpleUploadedFile("a.xlsx", b"x" * size)} if size else {}
    page = desk.post(url(draft), files)
    assert page.status_code == 400 and message in words(page)


def test_an_open_round_takes_wording_only(desk: Client) -> None:
    make_body()
    survey = open_round()
    assert "変えられるのは文言だけです" in words(desk.get(url(survey)))
    refused = upload(desk, survey, ("問", "W4", 12345))
    assert "変えられないもの：問「職員数」（staff）の最大の数" in words(refused)
    assert "入れ替える</button>" not in words(refused)
    assert confirm(desk, survey, refused).status_code == 409
    confirm(desk, survey, upload(desk, survey, TEXT), same=["cio"])
    assert Survey.objects.get().questionnaire.question_by_id["cio"].text.ja == TEXT[2]


def test_a_table_whose_question_is_gone_is_reported_before_opening(desk: Client, draft: Survey) -> None:
    found = {**draft.document, "01-people.toml": {**draft.document["01-people.toml"]}}
    found["01-people.toml"]["question"] = found["01-people.toml"]["question"][:2]
    page = desk.post(url(draft), {"file": SimpleUploadedFile("d.xlsx", definition_book(found))})
    lost = "表「職員数（staff）」：この問が調査票にないので、この表は作られません。"
    assert lost in words(page)
    confirm(desk, draft, page)
    assert lost in words(desk.get(url(draft)))
    assert lost in words(desk.get(reverse("admin:surveys_survey_step", args=[draft.pk, "open"])))


def test_a_proposal_of_somebody_else_or_another_round_or_cut_off_is_refused(desk: Client, draft: Survey) -> None:
    page = upload(desk, draft, ("問", "W4", 12345))
    other = signed_in(make_ministry("manager"))
    first = Survey.objects.get(year=2020)
    for client, survey in ((other, draft), (desk, first)):
        refused = confirm(client, survey, page)
        assert refused.status_code == 400 and "もう一度読み込んでください" in words(refused)
    cut = desk.post(url(draft, "definition_pages"), {"proposal": page.context["token"][:-1]})
    assert cut.status_code == 404
    assert Survey.objects.get(pk=draft.pk).checksum == draft.checksum


def sample(desk: Client, survey: Survey, **given: str) -> Any:
    return desk.get(url(survey, "definition_pages"), given)


def test_the_sample_shows_the_real_page_for_a_kind_of_body(desk: Client) -> None:
    survey = make_round(2020, "pages")
    page = sample(desk, survey, kind="city", section="people")
    assert [question.id for question in page.context["sample"].form.shown][:1] == ["cio"]
    assert 'name="post"' not in words(page) and "どこにも保存されません" in words(page)
    assert sample(desk, survey).context["sample"].kind == "prefecture"
    assert sample(desk, survey, kind="x", section="x").context["sample"].section.id == "people"
    assert "この種類の団体には聞かない項目です" in words(sample(desk, survey, kind="city", section="police"))


def test_answers_are_tried_and_open_what_follows_without_being_saved(desk: Client) -> None:
    make_body()
    survey = open_round(2020, "pages")
    given = {"kind": "city", "section": "people", "page": "x", "seen|cio": "0-", "cio": "yes"}
    page = desk.post(url(survey, "definition_pages"), given)
    assert 'name="post"' in words(page)
    assert not SectionAnswers.objects.exists() and Event.objects.filter(kind__startswith="answers").count() == 0


def test_an_upload_that_is_not_taken_in_yet_has_its_pages(desk: Client, draft: Survey) -> None:
    token = upload(desk, draft, TEXT).context["token"]
    page = desk.post(url(draft, "definition_pages"), {"proposal": token, "kind": "city", "section": "people"})
    assert TEXT[2] in words(page) and "まだ入れ替えていません" in words(page)
    assert TEXT[2] not in words(sample(desk, draft, kind="city", section="people"))


@pytest.mark.parametrize("group", ["viewer", "reviewer", "manager"])
def test_who_may_see_and_who_may_change_the_definition(group: str, draft: Survey) -> None:
    client = signed_in(make_ministry(group))
    for page in ("definition", "definition_file", "definition_pages"):
        assert client.get(url(draft, page)).status_code == 200
    may = group == "manager"
    assert ('name="file"' in words(client.get(url(draft)))) is may
    assert upload(client, draft).status_code == (200 if may else 403)
    assert client.post(url(draft, "definition_confirm"), {}).status_code == (400 if may else 403)
    step = reverse("admin:surveys_survey_step", args=[draft.pk, "next"])
    assert client.get(step).status_code == (200 if may else 403)


@pytest.mark.parametrize("role", ["officer", "approver", "prefecture", "nobody", "without_group", None])
def test_nobody_else_comes_near_a_definition(request: pytest.FixtureRequest, role: str | None, survey: Survey) -> None:
    client = signed_in(request.getfixturevalue(role)) if role else Client()
    refused = 403 if role == "without_group" else 302
    for page in ("definition", "definition_file", "definition_pages"):
        assert client.get(url(survey, page)).status_code == refused
    assert client.post(url(survey, "definition_confirm"), {}).status_code == refused
    assert client.post(url(survey), {}).status_code == refused


def test_a_round_that_is_not_there(desk: Client) -> None:
    for page in ("definition", "definition_file", "definition_pages"):
        assert desk.get(reverse(f"admin:surveys_survey_{page}", args=[0])).status_code == 404


def test_the_pages_speak_english(desk: Client, draft: Survey) -> None:
    desk.cookies["django_language"] = "en"
    assert "Changes since the round before" in words(desk.get(url(draft)))
    assert "Sheet 問, C2" in words(upload(desk, draft, ("問", "C2", "single")))


def test_no_page_of_the_definition_needs_many_queries(
    desk: Client, draft: Survey, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for page in ("definition", "definition_file", "definition_pages"):
        with django_assert_max_num_queries(15):
            desk.get(url(draft, page))
