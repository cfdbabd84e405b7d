"""An independent look in the manner of a ZAP baseline scan: each rule of tests/zap.py at every page of some roles.

With the cookies and the transport of production; that these are what production has: tests/test_settings.py.
"""

import hashlib
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings

from tests import access, zap
from tests.access_bodies import BODIES
from tests.access_urls import PUBLIC, address, names, of
from tests.test_settings import PRODUCTION_COOKIES
from tests.world import SUBMITTED, World, make_world

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))


@pytest.fixture
def in_production(settings: Settings) -> None:
    for name, value in PRODUCTION_COOKIES.items():
        setattr(settings, name, value)
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.PUBLIC_URL = "https://testserver"


def urls(world: World, role: str) -> list[str]:
    """What a role is to look at: the public pages, those about its body, and the ministry's desk."""
    found = [of(name, PUBLIC) for name in names(get_resolver().url_patterns, "admin") if name in PAGES]
    found += ["/none/", "/api/none", "/2020/999999/", "/static/surveys/"]
    if role != "anonymous":
        found += [of(name, world.thing("own", SUBMITTED).arguments) for name, row in BODIES.items() if row.get]
        found += [of(name, {"year": 2021}) for name in access.BY_ROLE]
    if role == "manager":
        found += [address(place, world.desk) for place in access.ADMIN]
    return found


PAGES = {*access.GET, *access.EVERYBODY}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["anonymous", "approver", "prefecture", "manager"])
def test_no_rule_of_the_baseline_finds_anything(role: str, in_production: None) -> None:
    world = make_world()
    ids = tuple(user.sign_in_id for user in world.people.values())
    client = Client()
    if role != "anonymous":
        client.force_login(world.people[role])
    findings: dict[int, list[str]] = {}
    looked = 0
    for url in urls(world, role):
        if url == "/accounts/logout/":
            continue
        seen = zap.Seen(role, url, client.get(url, secure=True), ids)
        looked += 1
        for id, (_name, check) in zap.RULES.items():
            findings.setdefault(id, []).extend(f"{url}: {found}" for found in check(seen))
    assert "\n".join(f"{id} {zap.RULES[id][0]}: {found}" for id, found in findings.items() if found) == ""
    assert looked > 50


@pytest.mark.django_db
def test_the_cookies_that_a_visit_leaves(in_production: None) -> None:
    """Signing in, choosing a language and being told something: all the cookies that there are."""
    world, client = make_world(), Client()
    client.force_login(world.people["officer"])
    client.post("/i18n/setlang/", {"language": "ja", "next": "/"}, secure=True)
    client.get("/guide/", secure=True)
    client.post(of("withdraw", world.thing("own", SUBMITTED).arguments), secure=True)
    client.post(of("team-revoke", world.thing("own", SUBMITTED).arguments), secure=True)
    names = {"sessionid", "csrftoken", "django_language", "messages"}
    assert {zap.plain(name) for name in client.cookies} == names
    assert client.cookies["__Host-messages"]["httponly"] and client.cookies["__Host-messages"]["secure"]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_run_no_text_and_tell_nothing(path: Path) -> None:
    """10110 Dangerous JS Functions, 10027 Suspicious Comments."""
    text = path.read_text("utf-8")
    assert (
        re.findall(r"\beval\(|new Function|document\.write|setTimeout\(['\"`]|innerHTML\s*=|outerHTML\s*=", text) == []
    )
    comments = re.findall(r"/\*.*?\*/|(?<!:)//[^\n]*", text, flags=re.S)
    assert [each for each in comments if zap.SUSPICIOUS.search(each)] == []


def test_a_rule_can_fail() -> None:
    """Each finds something in an answer that has every fault, or in a redirect that has."""
    page = (
        '<!-- TODO --><a target="_blank" href="http://x.example/?token=1">1700000000</a>{% if %}'
        '<script src="http://x.example/a.js"></script><form method="post" action="http://x.example/"></form>'
        "192.168.0.1 Traceback (most recent argon2$abcdefgh$abcdefgh"
    )
    page += hashlib.sha256(b"officer").hexdigest()
    bad = HttpResponse(page, status=500, content_type="text/html; charset=latin-1")
    for name, value in (("Server", "x"), ("WWW-Authenticate", "Basic"), ("Access-Control-Allow-Credentials", "true")):
        bad.headers[name] = value
    bad.set_cookie("other", "1", domain="example")
    away = HttpResponse("x" * 2000, status=302, headers={"Location": "https://x.example/"})
    del away.headers["Content-Type"]
    seen = [zap.Seen("officer", "/", answer, ("officer",)) for answer in (bad, away)]
    silent = [id for id, (_name, check) in zap.RULES.items() if not any(list(check(each)) for each in seen)]
    assert silent == []
    assert not zap.RULES.keys() & zap.NOT_HERE.keys()
