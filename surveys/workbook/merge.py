"""What a workbook would change in the answers as they are stored now. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from surveys import rules
from surveys.csv_file import restore
from surveys.questionnaire import Questionnaire
from surveys.workbook.faults import Fault
from surveys.workbook.layout import TEXT, Block, Field, Value
from surveys.workbook.read import Upload

Changes = dict[str, dict[str, Any]]


class CellChange(NamedTuple):
    """A cell whose answer differs from the stored one, in the words of the workbook; empty is not answered."""

    label: str
    sheet: str
    cell: str
    before: str
    after: str


def cell_changes(block: Block, stored: Mapping[str, Any], answer: Mapping[str, Any]) -> list[CellChange]:
    """The cells in which an answer differs from the stored one."""
    before, after = block.contents(stored), block.contents(answer)
    return [
        CellChange(each.label, block.sheet, each.cell, *(_words(each, side.get(each.cell)) for side in (before, after)))
        for each in block.fields.values()
        if before.get(each.cell) != after.get(each.cell)
    ]


def _words(each: Field, value: Value | None) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return restore(value or "") if each.kind == TEXT else value or ""


def settle(
    upload: Upload, questionnaire: Questionnaire, kind: str, stored: rules.Answers
) -> tuple[Changes, list[Fault]]:
    """The changes that can be read, by section, and what is to be mended.

    As on the form, what does not apply is not checked: an unreadable cell there neither stops anything nor wipes out
    the answer kept for later.
    """
    given = {id: answer for section in upload.changes.values() for id, answer in section.items()}
    asked = rules.asked_anywhere(questionnaire, kind, {**stored, **given})
    changes = {
        section: {id: answer for id, answer in answers.items() if id not in upload.faults}
        for section, answers in upload.changes.items()
    }
    found = [fault for id, faults in upload.faults.items() if id in asked for fault in faults]
    return {section: answers for section, answers in changes.items() if answers}, found
