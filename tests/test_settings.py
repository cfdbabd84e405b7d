"""Settings refuse to start unsafely and name the fix; a production start has no warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOR_TESTS_ONLY = ("DJANGO_ALLOW_ASYNC_UNSAFE", "DATABASE_POOL_SIZE")
PRODUCTION = {
    "DEBUG": "0",
    "SECRET_KEY": "q3Zk8v-Tn5Rw_Yb2Lx7Hc4Jm9Pd6Fs1Ga0Ue-Io5Nt8Bv3Kq7Wz2",
    "ALLOWED_HOSTS": "survey.example",
    "DATABASE_URL": "postgres://u:p@db.example/survey?sslmode=require",
    "EMAIL_URL": "submission://survey:a%2Fb@mail.example",
    "MAIL_FROM": "survey@survey.example",
    "PUBLIC_URL": "https://survey.example/",
    "SHOW_DEMO_STRIP": "0",
    "DEMO_PASSWORD": "",
}
# The cookies of production: tests/test_baseline.py looks at them where the tests run.
PRODUCTION_COOKIES: dict[str, object] = {
    "SESSION_COOKIE_NAME": "__Host-sessionid",
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_NAME": "__Host-csrftoken",
    "CSRF_COOKIE_SECURE": True,
    "LANGUAGE_COOKIE_NAME": "__Host-django_language",
    "LANGUAGE_COOKIE_SECURE": True,
    "MESSAGES_COOKIE_NAME": "__Host-messages",
}


def manage(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in FOR_TESTS_ONLY}
    variables = {**inherited, **PRODUCTION, **environment}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=variables, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing or shorter than 32 characters: set it"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty: set it"),
        ({"ALLOWED_HOSTS": "*"}, "name the hosts of the site"),
        ({"DEMO_PASSWORD": "demo"}, "DEMO_PASSWORD is set, and this is no demo: remove"),
        ({"DATABASE_URL": "sqlite:///var/other.sqlite3"}, "names SQLite, which is for trying: set it to postgres://"),
        ({"SECURE_SSL_REDIRECT": "0"}, "without a proxy sends passwords in the open: remove it"),
        ({"PUBLIC_URL": "http://survey.example"}, "so write https://"),
        ({"REQUIRE_MFA": "0"}, "REQUIRE_MFA=0 lets the ministry and coordinators in with a password alone: remove"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is missing: set it to the mail server"),
        ({"EMAIL_URL": "mail.example"}, "EMAIL_URL cannot be read: write it like submission://"),
        ({"EMAIL_URL": "smtp://u:a/b@mail.example"}, "with %XX for special characters"),
        ({"MAIL_FROM": ""}, "MAIL_FROM is missing: set it"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is missing or no web address: set it"),
        ({"PUBLIC_URL": "survey.example"}, "PUBLIC_URL is missing or no web address: set it"),
        ({"CACHE_URL": "somewhere"}, "CACHE_URL cannot be read: leave it out"),
        ({"CACHE_URL": "locmem://"}, "CACHE_URL is a cache of one process"),
    ],
)
def test_unsafe_settings_are_refused(environment: dict[str, str], message: str) -> None:
    refused = manage("check", **environment)
    assert refused.returncode != 0 and message in refused.stderr


def test_a_production_start_has_no_warning() -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def shown(expression: str, **environment: str) -> str:
    """A value of the settings."""
    found = manage("shell", "-v0", "-c", f"from django.conf import settings as s; print({expression})", **environment)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


def test_cookies_go_over_https_to_this_host_alone() -> None:
    assert shown(f"{{name: getattr(s, name) for name in {list(PRODUCTION_COOKIES)}}}") == str(PRODUCTION_COOKIES)
    visit = "from django.test import Client; c = Client(headers={'host': 'survey.example'}); "
    visit += "f = c.post('/i18n/setlang/', {'language': 'en'}, secure=True); print(f.cookies, dict(f.headers)); "
    visit += "print(c.get('/robots.txt').headers['Location'])"
    found = manage("shell", "-v0", "-c", visit).stdout
    assert "Set-Cookie: __Host-django_language=en; HttpOnly; Path=/; SameSite=Lax; Secure" in found
    assert "max-age=31536000; includeSubDomains; preload" in found and "https://survey.example/robots.txt" in found


def test_all_processes_count_and_keep_in_one_place() -> None:
    where = "s.CACHES['default']['BACKEND'].rsplit('.')[-1], s.CACHES['default']['LOCATION'], s.RATELIMIT_ENABLE"
    assert shown(where) == "DatabaseCache aggregation_kept True"
    assert shown(where, CACHE_URL="redis://cache.example:6379/0") == "RedisCache redis://cache.example:6379/0 True"
    assert shown(where, DEBUG="1", RATE_LIMITS="0").startswith("LocMemCache ")


def test_mail_goes_to_the_server_of_the_url() -> None:
    server = shown("s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS, s.EMAIL_TIMEOUT, s.PUBLIC_URL")
    assert server == "mail.example 587 a/b True 10 https://survey.example"
    assert shown("s.EMAIL_TIMEOUT", EMAIL_URL="smtp://mail.example?timeout=3") == "3"


def test_long_work_is_left_to_a_worker_but_in_development() -> None:
    backend = "s.TASKS['default']['BACKEND'].rsplit('.')[-1]"
    assert shown(backend) == "DatabaseBackend"
    assert shown(backend, BACKGROUND_WORKER="0") == "ImmediateBackend"
    assert shown(backend, DEBUG="1") == "ImmediateBackend"


def test_a_second_factor_is_required_but_in_development() -> None:
    assert shown("s.REQUIRE_MFA, s.DEVICE_COOKIE_NAME, s.ALLAUTH_TRUSTED_PROXY_COUNT") == "True __Host-device 0"
    assert shown("s.REQUIRE_MFA, s.ALLAUTH_TRUSTED_PROXY_COUNT", DEBUG="1", BEHIND_PROXY="1") == "False 1"


def test_backups_are_for_the_keys_and_as_many_as_the_environment_says() -> None:
    given = {"BACKUP_KEEP_MONTHS": "3", "BACKUP_RECIPIENT": "age1a,age1b", "BACKUP_FOLDER": "/backup"}
    found = shown("s.BACKUP_KEEP, s.BACKUP_RECIPIENT, s.BACKUP_FOLDER", **given)
    assert found == "[14, 8, 3] ['age1a', 'age1b'] /backup"


def test_no_mail_on_purpose() -> None:
    off = {"EMAIL_URL": "none", "MAIL_FROM": "", "PUBLIC_URL": ""}
    assert shown("s.EMAIL_BACKEND, s.SENDS_MAIL", **off) == "django.core.mail.backends.dummy.EmailBackend False"


def test_in_development_mail_is_files() -> None:
    off = {"DEBUG": "1", "EMAIL_URL": "", "PUBLIC_URL": "http://localhost:8000", "MAIL_FROM": "survey@localhost"}
    found = shown("s.EMAIL_BACKEND, s.EMAIL_FILE_PATH.relative_to(s.BASE_DIR).as_posix()", **off)
    assert found == "django.core.mail.backends.filebased.EmailBackend var/mail"


def test_a_database_url_keeps_its_options() -> None:
    shown = manage(
        "shell", "-v0", "-c", "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    )
    pool = {"min_size": 1, "max_size": 8, "timeout": 10, "reconnect_timeout": 5}
    bounds = {"connect_timeout": 10, "options": "-c idle_in_transaction_session_timeout=600000"}
    assert shown.stdout.strip() == str({**bounds, "sslmode": "require", "pool": pool}), shown.stderr


def test_passwords_are_kept_with_argon2() -> None:
    hashed = "from django.contrib.auth.hashers import make_password; print(make_password('secret'))"
    assert manage("shell", "-v", "0", "-c", hashed).stdout.startswith("argon2$")


def test_no_request_gets_a_connection_of_before_the_database_was_away() -> None:
    assert shown("s.DATABASES['default']['CONN_HEALTH_CHECKS']") == "True"
