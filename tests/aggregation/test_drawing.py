"""Charts as SVG: readable without seeing them, several in one page, and allowed by a strict content policy."""

import re
from xml.etree import ElementTree

import pytest

from aggregation import drawing, figures
from aggregation.figures.palette import FILLS
from tests.aggregation.test_figures import made, planned

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn() -> list[tuple[dict[str, object], str]]:
    """One chart of each kind, both languages of the first: spec and SVG."""
    found, kinds = [], set()
    for table in made():
        plan = planned(table)
        if plan and plan.kind not in kinds:
            kinds.add(plan.kind)
            for language in ("ja", "en") if len(kinds) == 1 else ("ja",):
                spec = figures.spec(table, plan, plan.sides[0], language)
                found.append((spec, drawing.draw(spec)))
    assert len(kinds) == 5
    return found


def test_a_drawing_is_an_image_with_title_and_description(drawn: list[tuple[dict[str, object], str]]) -> None:
    for spec, svg in drawn:
        root = ElementTree.fromstring(svg)
        title, text = root[0], root[1]
        assert (title.tag, text.tag) == (f"{SVG}title", f"{SVG}desc")
        assert text.text == spec["description"] and title.text == spec["usermeta"]["title"]
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {text.attrib['id']}"
        assert root.attrib["lang"] == spec["usermeta"]["language"]
        assert "".join(each.text or "" for each in root.iter(f"{SVG}text"))


def test_nothing_in_a_drawing_needs_style_or_leads_outside(drawn: list[tuple[dict[str, object], str]]) -> None:
    for _, svg in drawn:
        root = ElementTree.fromstring(svg)
        assert not any({"style", "class", "href"} & set(each.attrib) for each in root.iter())
        assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
            *("svg", "title", "desc", "defs", "pattern", "g", "path", "text", "rect", "circle")
        }
        assert "://" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_ids_differ_between_drawings_and_every_pattern_is_there(drawn: list[tuple[dict[str, object], str]]) -> None:
    ids = [id for _, svg in drawn for id in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))
    for _, svg in drawn:
        used = set(re.findall(r"url\(#([^)]+)\)", svg))
        assert used <= set(re.findall(r'<pattern id="([^"]+)"', svg))
    assert any("<pattern" in svg for _, svg in drawn)


def test_the_same_spec_is_drawn_alike_under_the_same_name(drawn: list[tuple[dict[str, object], str]]) -> None:
    for spec, svg in drawn[:2]:
        assert drawing.draw(dict(spec)) == svg and drawing.key(dict(spec)) == drawing.key(spec)
    assert len({drawing.key(spec) for spec, _ in drawn}) == len(drawn)


def test_a_pattern_has_its_colour_and_marks() -> None:
    assert FILLS[0].paint == FILLS[0].colour and FILLS[0].pattern == "" and FILLS[0].is_dark
    assert FILLS[1].paint == "url(#p2)" and "rotate(45)" in FILLS[1].pattern and FILLS[1].colour in FILLS[1].pattern
    assert "rotate" not in FILLS[2].pattern and not FILLS[2].is_dark
