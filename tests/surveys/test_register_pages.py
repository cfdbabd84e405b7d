"""The register at the ministry's desk: a file previewed and taken, changes registered, and a body over time."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import dumps
from django.test import Client
from django.urls import reverse

from surveys.admin import register_upload
from surveys.models import Body, Event, Population, RegisterChange, User
from surveys.models.proposals import Proposal
from tests.conftest import signed_in
from tests.factories import change_register, make_body, make_ministry, open_round

pytestmark = pytest.mark.django_db
LOAD, ADD = reverse("admin:surveys_body_load"), reverse("admin:surveys_registerchange_add")
HEADER = "code,prefecture_code,prefecture,name,name_kana,kind,population"
DAY = date(2020, 10, 1)


@pytest.fixture
def manager() -> User:
    return make_ministry("manager", "manager")


@pytest.fixture
def desk(manager: User) -> Client:
    return signed_in(manager)


def upload(desk: Client, *lines: str, name: str = "bodies.csv") -> Any:
    file = SimpleUploadedFile(name, "\n".join([HEADER, *lines]).encode("cp932"))
    return desk.post(LOAD, {"file": file})


def words(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_a_register_file_is_previewed_and_then_taken(desk: Client, manager: User) -> None:
    make_body()
    make_body("202045", "岡谷市")
    page = upload(desk, "202037,20,長野県,新上田市,うえだし,core_city,157000", "202053,20,長野県,飯田市,いいだし,city,")
    shown = words(page)
    for text in ("202053 長野県飯田市", "団体名：上田市 → 新上田市", "種別：一般市 → 中核市", "人口： → 157000"):
        assert text in shown.replace("　", " ")
    assert "ファイルにない団体（1団体。そのまま残ります）" in shown and "岡谷市" in shown
    assert Body.objects.count() == 2 and not Event.objects.filter(kind="register.loaded").exists()

    token = page.context["upload"].token
    assert "追加1団体、変更1団体" in str(
        next(iter(desk.post(LOAD, {"proposal": token}, follow=True).context["messages"]))
    )
    ueda = Body.objects.get(code="202037")
    assert (ueda.name, ueda.kind, ueda.population, ueda.population_source) == (
        "新上田市",
        "core_city",
        157_000,
        "bodies.csv",
    )
    event = Event.objects.get(kind="register.loaded")
    assert event.actor == manager and event.before["202037"] == {"name": "上田市", "kind": "city", "population": None}
    desk.post(LOAD, {"proposal": token})
    assert Event.objects.filter(kind="register.loaded").count() == 1, "a double click changes nothing"
    assert "変わるところはありません" in words(upload(desk, "202037,20,長野県,新上田市,うえだし,core_city,157000"))


def test_a_file_that_cannot_be_taken_says_why_by_line(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    page = upload(desk, "202038,20,長野県,上田市,うえだし,city,", "202011,20,長野県,長野市,ながのし,county,")
    assert page.status_code == 400
    assert "2行目：団体コード202038の検査数字が違います。20203の検査数字は7です。" in words(page)
    assert "3行目：知らない種別「county」です。" in words(page)
    assert "ファイルを選んでください" in words(desk.post(LOAD, {}))
    monkeypatch.setattr(register_upload, "MOST_BYTES", 10)
    assert "ファイルが大きすぎます" in words(upload(desk))


def test_a_preview_is_taken_by_the_one_who_saw_it(desk: Client, manager: User) -> None:
    other = dumps({"file": HEADER, "name": "", "for": manager.pk + 1}, salt=register_upload.SALT)
    for token in ("broken", other):
        page = desk.post(LOAD, {"proposal": token})
        assert page.status_code == 400 and "もう一度読み込んで" in words(page)


def test_only_those_who_may_change_the_register_are_offered_it() -> None:
    body = make_body()
    for group, may in (("viewer", False), ("reviewer", False), ("manager", True)):
        desk = signed_in(make_ministry(group))
        assert (LOAD in words(desk.get(reverse("admin:surveys_body_changelist")))) is may
        assert (ADD in words(desk.get(reverse("admin:surveys_registerchange_changelist")))) is may
        for url in (LOAD, ADD):
            assert (desk.post(url, {}).status_code == 403) is not may
        assert "団体の移り変わり" in words(desk.get(reverse("admin:surveys_body_change", args=[body.pk])))


MERGER = {"day": "2020-10-01", "kind": "merger", "before": "203254、203262", "after": "202193", "source": "告示第1号"}


@pytest.fixture
def towns() -> None:
    for code, name in (("203254", "東部町"), ("203262", "北御牧村"), ("202193", "東御市")):
        make_body(code, name, "town")


def test_a_merger_is_shown_before_it_is_registered(desk: Client, towns: None, manager: User) -> None:
    page = desk.post(ADD, MERGER)
    assert "2020年10月1日に廃止されます。" in words(page) and "受付を始めた調査は変わりません" in words(page)
    assert not RegisterChange.objects.exists()
    page = desk.post(ADD, {**MERGER, "back": "1"})
    assert 'value="203254、203262"' in words(page) and page.context["proposal"] is None
    page = desk.post(ADD, {**MERGER, "confirmed": "1"}, follow=True)
    change = RegisterChange.objects.get()
    assert page.redirect_chain[-1][0] == reverse("admin:surveys_registerchange_change", args=[change.pk])
    assert "長野県東部町" in words(page) and "長野県東御市" in words(page)
    assert Event.objects.get(kind="register.changed").actor == manager
    listed = desk.get(reverse("admin:surveys_registerchange_changelist"), {"q": "203254"})
    assert "長野県東部町、長野県北御牧村 → 長野県東御市" in words(listed)
    history = desk.get(reverse("admin:surveys_registerchange_history", args=[change.pk]))
    assert "団体の合併などを登録" in words(history)
    page = desk.post(ADD, {**MERGER, "confirmed": "1"})
    assert page.status_code == 400 and "もう登録されています" in words(page)
    assert RegisterChange.objects.count() == 1


def test_what_is_missing_is_said_at_its_field(desk: Client, towns: None) -> None:
    page = desk.post(ADD, {**MERGER, "before": "203254 209999", "source": ""})
    assert "209999は名簿にありません" in str(page.context["form"].errors["before"])
    assert set(page.context["form"].errors) == {"before", "source"}
    page = desk.post(ADD, {**MERGER, "after": ""})
    assert "「後の団体」に書くのは1団体です" in str(page.context["form"].non_field_errors())


def test_who_is_faster_wins(desk: Client, towns: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came between the check of the form and the act is found under the lock."""
    seen = iter([[], ["もう登録されています"]])
    monkeypatch.setattr(Proposal, "faults", lambda self: next(seen))
    page = desk.post(ADD, {**MERGER, "confirmed": "1"})
    assert page.status_code == 400 and "もう登録されています" in words(page)


def test_a_body_shows_what_it_came_from_and_its_populations(desk: Client, towns: None) -> None:
    town, city = Body.objects.get(code="203254"), Body.objects.get(code="202193")
    change_register(DAY, "code", [town], [city])
    change_register(date(2020, 11, 1), "rename", [city], name="新東御市", name_kana="しんとうみし")
    for day, value in ((DAY, 30_000), (date(2015, 10, 1), 30_107)):
        Population.objects.register({"202193": value}, day, "国勢調査", by=None)
    shown = words(desk.get(reverse("admin:surveys_body_change", args=[city.pk])))
    for text in ("団体コードの変更", "長野県東部町", "長野県東御市", "長野県新東御市", "30,000", "30,107"):
        assert text in shown
    assert "団体の移り変わり" not in words(desk.get(reverse("admin:surveys_body_add")))


def save(desk: Client, body: Body, **fields: str) -> Any:
    data = {"name": body.name, "name_kana": body.name_kana, "kind": body.kind, "prefecture_code": "20"}
    inline = {f"memberships-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    page = reverse("admin:surveys_body_change", args=[body.pk])
    return desk.post(page, {**data, "prefecture": "長野県", **inline, **fields})


def test_a_newer_population_typed_in_keeps_the_one_before(desk: Client) -> None:
    body = make_body(population=5, population_source="国勢調査", population_date=date(2015, 10, 1))
    save(desk, body, population="6", population_source="国勢調査", population_date="2020-10-01")
    assert list(body.populations.values_list("value", "date")) == [(5, date(2015, 10, 1))]
    save(desk, body, population="7", population_source="国勢調査", population_date="2020-10-01")
    body.refresh_from_db()
    assert body.population == 7 and body.populations.count() == 1, "a correction"
    for day in ("2015-10-01", ""):
        page = save(desk, body, population="8", population_source="国勢調査", population_date=day)
        assert "2015年10月1日の人口が、もう登録されています" in words(page)


def test_bodies_are_listed_with_the_name_and_kind_of_the_round(desk: Client) -> None:
    body = make_body()
    response = open_round().responses.get()
    change_register(DAY, "rename", [body], name="真田市", name_kana="さなだし")
    change_register(DAY, "kind", [body], body_kind="core_city")
    page = desk.get(reverse("admin:surveys_response_changelist"), {"q": "上田", "kind__exact": "city"})
    assert page.context["cl"].result_count == 1
    shown = words(desk.get(reverse("admin:surveys_response_change", args=[response.pk])))
    assert "長野県上田市" in shown and "真田市" not in shown
