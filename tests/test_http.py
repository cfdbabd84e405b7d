"""Headers, sizes, rates and the small files that every site has. Cookies and settings: tests/test_settings.py."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.test.utils import override_settings
from django.urls import get_resolver, reverse
from pytest_django import Settings

from aggregation.models import Kept
from config import limits
from config.headers import ALLOWED, CLOSED
from config.limits import LIMITS, Limit, address
from surveys.models import Event, Response, User
from tests.conftest import signed_in
from tests.factories import make_ministry, publish
from tests.walk import patterns

pytestmark = pytest.mark.django_db
EVERYWHERE = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), ",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "",
    "Cache-Control": "",
}


def url_of(name: str) -> str:
    return reverse(name, args=(2020, "202037"))


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/report/", 200),
        ("/report/2020/tables.csv", 404),
        ("/api/v1/rounds", 200),
        ("/api/v1/none", 404),
        ("/static/surveys/base.css", 200),
        ("/favicon.ico", 302),
        ("/guide", 301),  # by the common middleware
        ("/guide/", 302),
        ("/none/", 404),
    ],
)
def test_headers_are_on_every_answer(url: str, status: int) -> None:
    found = Client().get(url)
    assert found.status_code == status
    for name, part in EVERYWHERE.items():
        assert part in found.headers[name], name
    assert "Server" not in found.headers and "X-Powered-By" not in found.headers
    found.close()  # a static file is open


def test_headers_are_on_what_is_refused_before_a_view(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    refused = [
        strict.post("/accounts/login/"),
        client.put("/report/"),
        client.get("/", headers={"Host": "else.example"}),
    ]
    with override_settings(SECURE_SSL_REDIRECT=True):
        refused.append(Client().get("/report/"))
    assert [found.status_code for found in refused] == [403, 405, 400, 301]
    for found in refused:
        assert found.headers.keys() >= EVERYWHERE.keys()


def test_an_error_tells_nothing_of_the_program(settings: Settings) -> None:
    client = Client(raise_request_exception=False)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": ["no.such.thing"]}}]
    found = client.get("/report/")
    assert found.status_code == 500 and found.headers.keys() >= EVERYWHERE.keys()
    page = found.content.decode()
    assert "いま表示できません" in page and found.headers["X-Request-ID"] in page
    assert "no.such" not in page and "Traceback" not in page


def test_of_this_device_a_page_asks_only_what_it_uses() -> None:
    policy = Client().get("/report/").headers["Permissions-Policy"]
    assert all(f"{name}=()" in policy for name in CLOSED) and all(f"{name}=(self)" in policy for name in ALLOWED)


def test_only_what_other_sites_may_read_is_theirs_to_show(response: Response) -> None:
    publish(response.survey)
    for url in ("/api/v1/rounds", "/report/2020/tables.csv", "/report/2020/data.zip", "/report/corrections.atom"):
        found = Client().get(url)
        assert found.status_code == 200 and found.headers["Cross-Origin-Resource-Policy"] == "cross-origin", url
    assert Client().get("/report/2020/").headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert signed_in(make_ministry()).get("/admin/").headers["Cross-Origin-Resource-Policy"] == "same-origin"


# How long an answer is kept


def test_nothing_of_a_signed_in_person_is_kept_by_the_browser(officer: User, response: Response) -> None:
    client = signed_in(officer)
    for name in ("response", "answers", "history", "team", "history-file", "workbook-file", "paper-blank"):
        found = client.get(url_of(name))
        assert found.status_code == 200 and "no-store" in found.headers["Cache-Control"], name
    assert "no-store" in client.get("/report/").headers["Cache-Control"]  # with the person's name
    assert "no-store" in client.get("/none/").headers["Cache-Control"]


def test_what_is_for_everybody_is_asked_for_again_and_files_keep_their_etag(response: Response) -> None:
    publish(response.survey)
    assert Client().get("/report/").headers["Cache-Control"] == "private, no-cache"
    first = Client().get("/report/2020/tables.csv")
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = Client().get("/report/2020/tables.csv", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


# Small files


def test_robots_security_and_icon(client: Client, settings: Settings) -> None:
    robots = client.get("/robots.txt")
    assert "Disallow: /admin/\n" in robots.content.decode() and robots["Content-Type"] == "text/plain; charset=utf-8"
    assert client.get("/favicon.ico").headers["Location"].endswith("surveys/icon.svg")
    assert client.get("/.well-known/security.txt").status_code == 404  # nobody is named
    settings.SECURITY_CONTACT, settings.PUBLIC_URL = "mailto:security@survey.example", "https://survey.example"
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith("Contact: mailto:security@survey.example\nExpires: 2")
    assert text.endswith("Canonical: https://survey.example/.well-known/security.txt\n")
    settings.PUBLIC_URL = ""
    assert "Canonical" not in client.get("/.well-known/security.txt").content.decode()


# Sizes


def test_what_is_too_large_is_refused_before_it_is_read(officer: User, response: Response) -> None:
    """Files by the length of the request, so that nothing of them is stored."""
    client, count = signed_in(officer), Event.objects.count()
    large = SimpleUploadedFile("large.xlsx", b"0" * 11_000_000)
    found = client.post(url_of("workbook"), {"file": large})
    assert found.status_code == 413 and "送られた内容が大きすぎます" in found.content.decode()
    assert "5MBまで" in client.post(url_of("workbook"), {"file": BytesIO(b"0" * 6_000_000)}).content.decode()
    two = {"file": BytesIO(b"one"), "other": BytesIO(b"two")}
    assert client.post(url_of("workbook"), two).status_code == 413
    section = reverse("section", args=(2020, "202037", "people"))
    assert client.post(section, {f"f{n}": "" for n in range(5_001)}).status_code == 413
    assert client.post(section, {"page": "0" * 2_600_000}).status_code == 413
    assert Event.objects.count() == count


# Rates


@pytest.fixture
def few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits as in production, but for their numbers: two."""
    cache.clear()
    settings.RATELIMIT_ENABLE = True
    few = {name: limit._replace(rate="2/h") for name, limit in LIMITS.items()}
    monkeypatch.setattr(limits, "LIMITS", few)
    yield
    cache.clear()


def test_every_limit_is_of_urls_that_there_are() -> None:
    admin = get_resolver().namespace_dict["admin"][1].reverse_dict
    known = {name for name, _wanted in patterns(get_resolver())} | {f"admin:{name}" for name in admin}
    assert {url for limit in LIMITS.values() for url in limit.urls} <= known
    assert len(limits.GROUPS) == sum(len(limit.urls) for limit in LIMITS.values())  # no URL has two limits


def test_who_asks_too_often_waits_and_nobody_else(few: None, officer: User, approver: User, response: Response) -> None:
    mine, url = signed_in(officer), url_of("history-file")
    assert [mine.get(url).status_code for _ in range(3)] == [200, 200, 429]
    refused = mine.get(url_of("workbook-file"))  # of the same limit
    assert refused.status_code == 429 and 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "短い間に多くの操作がありました" in refused.content.decode() and "no-store" in refused["Cache-Control"]
    assert mine.get(url_of("response")).status_code == 200  # what is no file goes on
    assert signed_in(approver).get(url).status_code == 200  # a colleague at the same address


def test_uploads_count_when_they_are_sent(few: None, officer: User, response: Response) -> None:
    client, count = signed_in(officer), Event.objects.count()
    assert [client.get(url_of("workbook")).status_code for _ in range(4)] == [200] * 4
    assert [client.post(url_of("workbook")).status_code for _ in range(3)] == [400, 400, 429]
    assert Event.objects.count() == count


def test_the_api_says_it_in_json_by_address(few: None) -> None:
    found = [Client().get("/api/v1/rounds") for _ in range(3)]
    assert [each.status_code for each in found] == [200, 200, 429]
    assert found[2].json()["message"]["en"].startswith("Too many requests") and "Retry-After" in found[2].headers
    assert Client(REMOTE_ADDR="192.0.2.7").get("/api/v1/rounds").status_code == 200


def test_behind_a_proxy_the_address_is_the_one_that_it_names(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    made_up = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}  # the proxy adds the last one
    assert address(RequestFactory().get("/", headers=made_up)) == "192.0.2.7"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert address(RequestFactory().get("/", headers=made_up)) == "127.0.0.1"


def test_no_limit_comes_near_the_work_of_a_day() -> None:
    """A prefecture behind one address reads and takes files; a person takes and sends some."""
    each_minute = {name: int(limit.rate.split("/")[0]) for name, limit in LIMITS.items() if limit.rate.endswith("/m")}
    assert min(each_minute.values()) >= 60 and {"numbers", "files", "api"} <= each_minute.keys()
    assert isinstance(LIMITS["imports"], Limit) and LIMITS["imports"].method == "POST"


def test_the_cache_in_the_database_has_its_table(settings: Settings) -> None:
    """From the migrations, without `createcachetable`."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "aggregation_kept"}
    }
    kept: Any = cache
    kept.set("file", b"\x00\xff" * 1000)
    assert kept.get("file") == b"\x00\xff" * 1000 and kept.add("file", b"") is False
    assert str(Kept.objects.get()) == ":1:file"
