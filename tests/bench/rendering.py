"""The form of the largest page, in a process of its own: made, rendered, and beside a plain Django form."""

import gc
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from crispy_forms.utils import render_crispy_form

from surveys import blocks
from surveys.dossier import Dossier
from surveys.forms import SectionForm
from surveys.models import User
from surveys.questionnaire import Section
from tests.bench import plain_form
from tests.bench.clock import client_of, milliseconds, queries

CITY, EDITOR, STAFF = "202037", "ueda.tanto", "soumu"
YEAR, NEXT = 2020, 2021  # complete, without earlier answers; open, with those of 2020 beside


@dataclass(frozen=True)
class Page:
    section: Section
    cells: int
    controls: int


def main(times: str) -> dict[str, Any]:
    found = Dossier.find(User.objects.get(sign_in_id=STAFF), YEAR, CITY)
    later = Dossier.find(User.objects.get(sign_in_id=EDITOR), NEXT, CITY)
    pages = [_page(found, section) for section in found.questionnaire.sections_for(found.kind)]
    return _measured(max(pages, key=lambda page: (page.cells, page.controls)), found, later, int(times))


def _page(dossier: Dossier, section: Section) -> Page:
    """Its cells (those of a row of a procedure are its columns), and its radio buttons, checkboxes and text fields."""
    form = _form(dossier, section)
    prepared = [blocks.prepare(form, question) for question in form.shown]
    lines = [line for block in prepared if block.question.rows for line in block.lines]
    cells = sum(len(line.marks) + len(line.cells) for line in lines)
    html = _rendered(form, dossier)
    return Page(section, cells, html.count("<input ") - html.count('type="hidden"') + html.count("<textarea"))


def _form(dossier: Dossier, section: Section, *, beside: bool = False) -> SectionForm:
    return SectionForm(
        section,
        dossier.kind,
        dossier.section_answers(section.id),
        person=dossier.user.name,
        terms=dossier.questionnaire.term_by_id,
        earlier=dossier.earlier_side if beside else None,
    )


def _rendered(form: SectionForm, dossier: Dossier) -> str:
    return str(render_crispy_form(form, context={"dossier": dossier}))


def _measured(page: Page, found: Dossier, later: Dossier, times: int) -> dict[str, Any]:
    def form() -> str:
        return _rendered(_form(found, page.section), found)

    def plain() -> str:
        return plain_form.render(asked)

    def beside() -> str:
        return _rendered(_form(later, later.section(page.section.id), beside=True), later)

    asked = _form(found, page.section)
    get = partial(client_of(EDITOR).get, f"/{NEXT}/{CITY}/{page.section.id}/")
    size = len(get().content)
    return {
        **{"section": page.section.id, "cells": page.cells, "controls": page.controls},
        **{"form": _cost(form, times), "plain": _cost(plain, times), "beside_last_year": _cost(beside, times)},
        "page": {"time": milliseconds(times, get), "queries": queries(get), "size": size},
    }


def _cost(render: Callable[[], str], times: int) -> dict[str, float]:
    """Milliseconds; then, apart from them, bytes at the peak and blocks at the end of one rendering; bytes of HTML."""
    return {"time": milliseconds(times, render), "size": len(render().encode()), **_memory(render)}


def _memory(render: Callable[[], str]) -> dict[str, float]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    html = render()
    peak = tracemalloc.get_traced_memory()[1]
    blocks_alive = sum(each.count for each in tracemalloc.take_snapshot().statistics("filename"))
    tracemalloc.stop()
    gc.enable()
    assert html
    return {"peak": peak, "blocks": blocks_alive}
