"""The rules of the house, checked by reading the source."""

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APPS = [
    path
    for app in ("surveys", "aggregation")
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
SOURCES = [*APPS, *sorted((ROOT / "config").glob("*.py")), *sorted((ROOT / "tests").rglob("*.py"))]

# Where Django may be used. Everything else in the two apps is pure: no Django, no database.
WITH_DJANGO = {
    *("surveys/accounts", "surveys/apps", "surveys/blocks", "surveys/bulk", "surveys/context", "surveys/desk"),
    *("surveys/dossier", "surveys/forms", "surveys/layout", "surveys/live", "surveys/mail", "surveys/notes"),
    *("surveys/doubt_blocks", "surveys/needed"),
    *("surveys/away",),
    *("surveys/delivery", "surveys/nothing_views", "surveys/one_at_a_time", "surveys/tasks"),
    *("surveys/attention", "surveys/prefecture_page", "surveys/prefecture_views"),
    *("surveys/prefecture_reminding",),
    *("surveys/query_views", "surveys/said_form", "surveys/threads"),
    *("surveys/body_page", "surveys/paper_views", "surveys/papers", "surveys/same", "surveys/section_views"),
    *("surveys/account_form", "surveys/comment_form", "surveys/comment_views"),
    *("surveys/event_words", "surveys/history", "surveys/history_views"),
    *("surveys/invitation_views", "surveys/replace_views"),
    *("surveys/account_link_views", "surveys/people_import"),
    *("surveys/device", "surveys/factor_forms", "surveys/factor_history", "surveys/locking", "surveys/second_factor"),
    *("surveys/security_views", "surveys/session_limits", "surveys/sign_in_history"),
    *("surveys/team", "surveys/team_forms", "surveys/team_page", "surveys/team_views"),
    *("surveys/correction_form", "surveys/correction_views", "surveys/correction_page"),
    *("surveys/urls", "surveys/views", "surveys/workbook_page", "surveys/workbook_views"),
    "surveys/text_door",
    *("surveys/attention", "surveys/body_list", "surveys/overview", "surveys/standing"),
    *("surveys/progress_files", "surveys/progress_views"),
    *("aggregation/admin", "aggregation/apps", "aggregation/dataset", "aggregation/models", "aggregation/report"),
    *("aggregation/editions", "aggregation/publishing"),
    *("aggregation/introduction_admin", "aggregation/kept_models", "aggregation/text_models"),
    *("aggregation/body_reports", "aggregation/making", "aggregation/reports_admin", "aggregation/tasks"),
    *("aggregation/comparison_urls", "aggregation/comparison_views", "aggregation/urls", "aggregation/views"),
    *("aggregation/downloads", "aggregation/download_views", "aggregation/edition_views"),
    *("aggregation/body_views", "aggregation/explore_views", "aggregation/trend_views"),
    *("aggregation/panels", "aggregation/public_bodies", "aggregation/trends"),
    *("aggregation/kept_figures", "aggregation/report_page"),
    "aggregation/introduction_views",
    *("aggregation/provenance_page", "aggregation/provenance_views", "aggregation/provenance_words"),
    *("aggregation/verify",),
    *("surveys/password_words",),
    *("aggregation/data_views", "aggregation/open_data"),
    *("aggregation/api/reading", "aggregation/api/urls", "aggregation/api/views"),
    "surveys/sample",
    *("surveys/backup/postgresql", "surveys/backup/store"),
    *("surveys/audit", "surveys/purging", "surveys/taking"),
}  # fmt: skip
FOLDERS_WITH_DJANGO = (
    *("surveys/admin/", "surveys/models/", "surveys/management/", "surveys/templatetags/"),
    "aggregation/management/",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def uses(path: Path, *modules: str) -> list[str]:
    return [found for found in imports(path) if any(f"{found}.".startswith(f"{module}.") for module in modules)]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))


def length(node: ast.FunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def test_one_way() -> None:
    assert [name(path) for path in APPS if name(path).startswith("surveys/") and uses(path, "aggregation")] == []


@pytest.mark.parametrize("path", APPS, ids=name)
def test_what_is_pure_uses_neither_django_nor_models(path: Path) -> None:
    if name(path) not in WITH_DJANGO and not name(path).startswith(FOLDERS_WITH_DJANGO):
        assert uses(path, "django", "crispy_forms", "surveys.models", "aggregation.models") == []


def test_only_the_dataset_reads_answers_for_the_numbers() -> None:
    readers = [
        name(path) for path in APPS if name(path).startswith("aggregation/") and uses(path, "surveys.models.Response")
    ]
    assert readers == ["aggregation/dataset", "aggregation/management/commands/demo_answers"]


def test_one_module_draws() -> None:
    """It hangs in a forked process whose parent has drawn, so nobody else may come near it."""
    assert [name(path) for path in APPS if uses(path, "vl_convert")] == ["aggregation/drawing"]


def test_the_numeric_modules_know_no_year_question_or_option() -> None:
    """No `if` on a question or a year: definitions are data (the demo's own command apart)."""
    numeric = [path for path in APPS if name(path).startswith("aggregation/") and "management" not in path.parts]
    for path in numeric:
        constants = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        assert not [value for value in constants if isinstance(value, str) and value.startswith(("fig-", "face-"))], (
            path
        )
        assert not {2020, 2021} & constants, path


def test_sizes() -> None:
    lines = {name(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert [found for found, count in lines.items() if count > 400] == []
    # Of the product's code; a file of tests is as long as what it proves.
    assert statistics.median(count for found, count in lines.items() if not found.startswith("tests/")) <= 100
    found = [(name(path), node.name, length(node)) for path in SOURCES for node in functions(path)]
    assert [entry for entry in found if entry[2] > 40] == []
    assert statistics.median(entry[2] for entry in found if not entry[0].startswith("tests/")) <= 10
    views = [node for path in APPS if path.stem.endswith("views") for node in functions(path)]
    assert [node.name for node in views if length(node) > 25] == []


def test_every_signature_has_types() -> None:
    for path in APPS:
        for node in functions(path):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            missing = [each.arg for each in arguments if each.annotation is None and each.arg not in ("self", "cls")]
            assert node.returns is not None and not missing, f"{name(path)}: {node.name}"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*/static/*/*.css")), ids=lambda path: path.name)
def test_every_rule_of_a_stylesheet_ends(path: Path) -> None:
    """A brace that is missing makes all that follows part of one rule, and no page says so."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    depth = 0
    for line in text.splitlines():
        depth += line.count("{") - line.count("}")
        assert 0 <= depth <= 2, line
    assert depth == 0
