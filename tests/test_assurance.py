"""What docs/ and SECURITY.md say of the product's safety: each requirement is answered once, and what is named exists.

Whether a test shows what its row says, a person has to read.
"""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "SECURITY.md"]
STATUSES = {"met", "partly", "not met", "not applicable"}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s#]*)#?([^)\s]*)\)")


def rows() -> list[list[str]]:
    """id, level, requirement, status, how, shown by."""
    lines = (DOCS / "asvs.md").read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| V")]


@cache
def functions_of(path: Path) -> set[str]:
    found = ast.walk(ast.parse(path.read_text("utf-8"))) if path.is_file() else ()
    return {node.name for node in found if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@cache
def headings(path: Path) -> set[str]:
    """The anchors of a page, as they are commonly made."""
    found = re.findall(r"^#+ +(.+)$", path.read_text("utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", each).strip().lower().replace(" ", "-") for each in found}


def test_each_requirement_of_levels_1_and_2_is_answered_once_in_order() -> None:
    lines = (ROOT / "tests" / "data" / "asvs-5.0.0.csv").read_text("utf-8").splitlines()
    expected = [(each["id"], each["level"]) for each in csv.DictReader(line for line in lines if line[0] != "#")]
    assert len(expected) == 253
    assert [(row[0], row[1]) for row in rows()] == expected


def test_each_answer_is_whole() -> None:
    for row in rows():
        assert len(row) == 6, row
        _, _, requirement, status, how, shown = row
        assert status in STATUSES and requirement and how, row
        assert shown or status != "met", f"met, but nothing shows it: {row}"
        assert ("Missing" in how) == (status in ("partly", "not met")), row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_and_page_that_is_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text.count("::test_") == len(TEST.findall(text)), "each is written as `tests/….py::test_…`"
    assert [f"{path}::{name}" for path, name in TEST.findall(text) if name not in functions_of(ROOT / path)] == []
    for target, anchor in LINK.findall(text):
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in headings(found), f"{page.name}: {target}#{anchor}"


def test_the_summary_counts_the_table() -> None:
    counts = Counter((row[3], row[1]) for row in rows())
    summary = re.findall(r"^\| ([a-z ]+) \| (\d+) \| (\d+) \|$", (DOCS / "assurance.md").read_text("utf-8"), re.M)
    assert {name: (int(one), int(two)) for name, one, two in summary} == {
        status: (counts[status, "1"], counts[status, "2"]) for status in STATUSES
    }
