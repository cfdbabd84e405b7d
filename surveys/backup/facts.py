"""What a database holds, in numbers and hashes, read by plain SQL: the same of the database that was backed up, and of
the one that came out of it. Tables are named here and no models, since a backup holds every app's."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

Facts = dict[str, Any]
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
}
LISTS = {
    "migrations": ("django_migrations", "app, name"),
    "rounds": ("surveys_survey", "year, state, checksum"),
    "runs": ("aggregation_run", "id, answers_fingerprint, code_version"),
}
HEAD = "SELECT hash FROM surveys_event ORDER BY id DESC LIMIT 1"


class Cursor(Protocol):
    def execute(self, sql: str, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def tables(cursor: Cursor, vendor: str) -> list[str]:
    return [name for (name,) in _all(cursor, TABLES[vendor])]


def read(cursor: Cursor, vendor: str) -> Facts:
    names = tables(cursor, vendor)
    rows = {name: _all(cursor, f'SELECT count(*) FROM "{name}"')[0][0] for name in names}  # noqa: S608  names of tables
    lists = {
        what: [list(row) for row in _all(cursor, f"SELECT {columns} FROM {table} ORDER BY {columns}")]  # noqa: S608  ours
        for what, (table, columns) in LISTS.items()
        if table in names
    }
    head = _all(cursor, HEAD) if "surveys_event" in names else []
    return {"vendor": vendor, **lists, "head": head[0][0] if head else "", "rows": rows}


def _all(cursor: Cursor, sql: str) -> list[Any]:
    cursor.execute(sql)
    return cursor.fetchall()


def differences(kept: Mapping[str, Any], found: Facts) -> Iterator[str]:
    """What the manifest says otherwise than the database that was made from the dump."""
    for name in sorted({*kept["rows"], *found["rows"]}):
        was, now = kept["rows"].get(name), found["rows"].get(name)
        if was != now:
            yield f"table {name}: {_rows(was)} backed up, {_rows(now)} restored"
    for what in (*LISTS, "head"):
        if kept.get(what) != found.get(what):
            yield f"{what}: not the same as when it was backed up"


def _rows(count: int | None) -> str:
    return "no such table" if count is None else f"{count:,} rows"


def words(facts: Mapping[str, Any]) -> list[str]:
    rows = facts["rows"]
    return [
        f"{sum(rows.values()):,} rows in {len(rows)} tables; {rows.get('surveys_event', 0):,} entries of the history, "
        f"head {facts['head'] or '(none)'}",
        *(f"round {year}: {state}" for year, state, _ in facts.get("rounds", [])),
        *(f"run-{id:04}: answers {fingerprint[:16]}…" for id, fingerprint, _ in facts.get("runs", [])),
    ]


def unknown(migrations: Iterable[Iterable[str]], known: set[tuple[str, str]]) -> list[str]:
    """Migrations of apps that this version has, and that it does not know: a newer version made them."""
    apps = {app for app, _ in known}
    return [f"{app}.{name}" for app, name in migrations if app in apps and (app, name) not in known]
