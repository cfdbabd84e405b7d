"""Every string of the pages goes through gettext and has an English text."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
APPS = ("surveys", "aggregation")
CALLS = {"_", "_g", "gettext", "gettext_lazy", "ngettext"}
JAPANESE = re.compile("[ぁ-んァ-ン一-龠]")
TEMPLATES = [
    path
    for path in (ROOT / "templates").rglob("*.html")
    if path.name not in ("_bare_page.html", "500.html", "503.html")  # pages for when nothing works: both languages
]


def english() -> dict[str, object]:
    found: dict[str, object] = {}
    for app in APPS:
        with (ROOT / app / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
            for message in read_po(file):
                found[message.id if isinstance(message.id, str) else message.id[0]] = message.string
    return found


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args:
            text = node.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


def in_template(path: Path) -> Iterator[str]:
    source = templatize(path.read_text("utf-8"), origin=str(path))
    for found in re.findall(r"""gettext\(u?(?:'.*?',)?\s*u?(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')""", source):
        yield ast.literal_eval(found)


def test_every_string_has_an_english_text() -> None:
    known = english()
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    found = {text for path in sources for text in in_python(path)}
    found |= {text for path in TEMPLATES for text in in_template(path)}
    assert len(found) > 200
    assert sorted(text for text in found if not known.get(text)) == []


def test_no_template_speaks_outside_gettext() -> None:
    loose = {}
    for path in TEMPLATES:
        text = re.sub(
            r"{% (comment|blocktranslate).*?end\1 %}|{%.*?%}|{{.*?}}|<!--.*?-->",
            "",
            path.read_text("utf-8"),
            flags=re.S,
        )
        if words := [
            found for found in re.findall(r"[^<>\n]*[ぁ-んァ-ン一-龠][^<>\n]*", text) if "日本語" not in found
        ]:
            loose[path.name] = words
    assert loose == {}
