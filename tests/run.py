"""`make test`: lint, types, then every test on SQLite, on PostgreSQL and in a real browser.

What cannot run here is named at the end; with CI=true that is a failure.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import postgresql  # noqa: E402  the project is not installed, so its folder goes on the path first

BIN = Path(sys.executable).parent
CI = os.environ.get("CI") == "true"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ENVIRONMENT = {
    **os.environ,
    "DEBUG": "1",
    "SECRET_KEY": "for-the-tests-only-for-the-tests-only-for-the-tests-only",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "SHOW_DEMO_STRIP": "0",
    "DEMO_PASSWORD": "for-the-tests-only",
    "DATABASE_POOL_SIZE": "0",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # playwright runs an event loop in the process of the tests
}

# What reaches the lines that run on PostgreSQL only. Measuring makes tests take half as long again, so that everything
# is measured once, on SQLite, and only these on PostgreSQL.
ONLY_POSTGRESQL = [
    "tests/surveys/reminders/test_mails.py",
    "tests/surveys/test_audit.py",
    "tests/surveys/test_backup.py",
    "tests/surveys/test_history.py",
]


def run(*command: str, **extra: str) -> bool:
    print("\n$", " ".join(command), flush=True)
    return subprocess.run(command, cwd=ROOT, env={**ENVIRONMENT, **extra}).returncode == 0


def browser() -> str | None:
    """A Chromium; installed from Debian's packages if that is possible."""
    if not (found := next(filter(None, map(shutil.which, BROWSERS)), None)):
        if os.getuid() == 0 and shutil.which("apt-get"):
            run("apt-get", "update", "-qq")
            run(
                "apt-get",
                "install",
                "-y",
                "-qq",
                "--no-install-recommends",
                "chromium",
                DEBIAN_FRONTEND="noninteractive",
            )
        found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found


def main() -> int:
    skipped, failed = [], []
    chromium = browser()
    if not chromium:
        skipped.append("browser tests: no Chromium here and no right to install one")
    tests = [str(BIN / "pytest"), "-n", str(os.cpu_count() or 1), "--dist", "loadfile", "-q"]
    chosen = [*tests, *([] if chromium else ["-m", "not browser"])]
    extra = {"CHROMIUM": chromium or ""}
    if not run("make", "--no-print-directory", "lint"):
        failed.append("lint and types")
    if not run(*chosen, "--cov", "--cov-report=", DATABASE_URL=f"sqlite:///{ROOT / 'var' / 'tests.sqlite3'}", **extra):
        failed.append("tests on SQLite")
    with postgresql.server() as url:
        apart = [f"--ignore={path}" for path in ONLY_POSTGRESQL]
        if not run(*chosen, *apart, DATABASE_URL=url, ONLY_DATABASE="1", WITHOUT_AXE="1", **extra):
            failed.append("tests on PostgreSQL")
        cover = ["--cov", "--cov-append", "--cov-report=term", "--cov-fail-under=100"]
        if not run(*chosen, *cover, *ONLY_POSTGRESQL, DATABASE_URL=url, **extra):
            failed.append("tests of what only PostgreSQL does, or coverage")
    for line in skipped:
        print(f"skipped: {line}")
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed or (CI and skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
