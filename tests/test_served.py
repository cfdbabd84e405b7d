"""What is not a page or a collected file is not served, and no other method is answered."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/HEAD", "/.git/config", "/.gitignore", "/.env", "/manage.py", "/config/settings.py"),
        *("/requirements.lock", "/package.json", "/node_modules/htmx.org/package.json", "/docs/assurance.md"),
        *("/var/db.sqlite3", "/var/mail/", "/var/files/", "/media/", "/backups/", "/server-status"),
        *("/static/", "/static/surveys/", "/static/../manage.py", "/static/%2e%2e/manage.py", "/static//etc/passwd"),
        "/static/surveys/../../../config/settings.py",
    ],
)
def test_nothing_of_the_project_s_folder_is_served(path: str) -> None:
    """Neither sources nor what the program has written, and no list of a folder."""
    assert Client().get(path).status_code == 404


@pytest.mark.django_db
def test_no_trace_of_a_request_is_sent_back() -> None:
    for path in ("/", "/report/", "/accounts/login/", "/api/v1/rounds"):
        found = Client().trace(path, headers={"Cookie": "secret=1"})
        assert found.status_code in (302, 403, 405) and b"secret" not in found.content, path
