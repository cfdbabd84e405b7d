"""For what watches over the program: whether this process answers, and whether it can do its work."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_tasks_db.models import DBTaskResult

TEXT = "text/plain; charset=utf-8"


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. It asks nothing else, so that a database that is away restarts no process."""
    return HttpResponse("ok\n", TEXT)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """What the work needs, a line each; 503 unless all of it is there. Nothing of the set-up is told."""
    found = {name: _tried(check) for name, check in CHECKS.items()}
    lines = [f"{name}: {'ok' if is_well else 'not ready'}" for name, is_well in found.items()]
    return HttpResponse("\n".join(lines) + "\n", TEXT, status=200 if all(found.values()) else 503)


def _tried(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:  # whatever it is: not ready is the answer
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache() -> bool:
    cache.set("readyz", "here", 10)
    return bool(cache.get("readyz") == "here")


def _queue() -> bool:
    DBTaskResult.objects.exists()
    return True


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "queue": _queue,
}
