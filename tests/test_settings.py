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
    ],
)
def test_unsafe_settings_are_refused(environment: dict[str, str], message: str) -> None:
    refused = manage("check", **environment)
    assert refused.returncode != 0 and message in refused.stderr


def test_a_production_start_has_no_warning() -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING")
    assert checked.returncode == 0, checked.stderr


def test_a_database_url_keeps_its_options() -> None:
    shown = manage(
        "shell", "-v0", "-c", "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS'])"
    )
    assert shown.stdout.strip() == "{'sslmode': 'require', 'pool': {'min_size': 1, 'max_size': 8}}", shown.stderr
