"""New migrations only add, so that the code of before works while they run (docs/running.md)."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# The last migration of each app at the first version: those up to it have never met code of before.
FIRST_VERSION = {"surveys": 17, "aggregation": 11}
REMOVING = (
    *("RemoveField", "DeleteModel", "RenameField", "RenameModel", "AlterField", "AlterModelTable", "RemoveConstraint"),
    *("AddConstraint", "AlterUniqueTogether", "AddIndex", "RunSQL", "SeparateDatabaseAndState"),
)
NEW = [
    path
    for app, last in FIRST_VERSION.items()
    for path in sorted((ROOT / app / "migrations").glob("[0-9]*.py"))
    if int(path.name[:4]) > last
]


def faults(text: str) -> list[str]:
    """Operations that code of before may not survive, unless the file says why it does."""
    found = re.findall(rf"\.({'|'.join(REMOVING)})\(", text)
    added = re.findall(r"\.AddField\((?:[^()]|\([^()]*\))*\)", text)
    found += ["AddField" for each in added if "null=True" not in each and "db_default=" not in each]
    return [] if "Downtime:" in text else found


def test_new_migrations_only_add() -> None:
    assert {path.stem: found for path in NEW if (found := faults(path.read_text()))} == {}


def test_what_takes_away_or_locks_is_found_unless_it_says_why() -> None:
    text = 'operations = [migrations.RemoveField(model_name="body", name="kind")]'
    assert faults(text) == ["RemoveField"] and faults(f'"""Downtime: none, nobody reads it."""\n{text}') == []
    field = 'migrations.AddField("body", "new", models.TextField({}))'
    assert faults(field.format("")) == ["AddField"] and faults(field.format("null=True")) == []


def test_the_first_version_is_there() -> None:
    for app, last in FIRST_VERSION.items():
        assert list((ROOT / app / "migrations").glob(f"{last:04}_*.py")), app
