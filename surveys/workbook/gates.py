"""The gates of a section as formulas of Excel, for the greying of what does not apply. Pure.

They follow `surveys.rules.GATES`; what the server asks is decided there and never by these formulas.
"""

from collections.abc import Callable

from surveys.questionnaire import Gate
from surveys.workbook.layout import CHOICE, TICK, Block, Field, Sheet


def fixed(cell: str) -> str:
    """D5 as $D$5: a formula for many cells looks at the same one."""
    return f"${cell[0]}${cell[1:]}"


def quoted(label: str) -> str:
    return '"' + label.replace('"', '""') + '"'


def is_one_of(cell: str, labels: tuple[str, ...]) -> str:
    """Whether a cell holds one of some labels."""
    return f"OR({','.join(f'{fixed(cell)}={quoted(label)}' for label in labels)})"


def _labels(each: Field, gate: Gate) -> tuple[str, ...]:
    return tuple(label for code, label in each.choices if code in gate.values)


def _fields(block: Block, kind: str) -> list[Field]:
    return [each for each in block.fields.values() if each.kind == kind]


def _choice(block: Block, gate: Gate) -> str:
    return is_one_of(_fields(block, CHOICE)[0].cell, _labels(_fields(block, CHOICE)[0], gate))


def _any_row(block: Block, gate: Gate) -> str:
    """Counted over stretches of rows, since texts may stand between them and an OR takes 255 parts at most."""
    counts = []
    fields = _fields(block, CHOICE)
    for label in _labels(fields[0], gate):
        pattern = "".join("~" + sign if sign in "*?~" else sign for sign in label)
        counts += [f"COUNTIF({stretch},{quoted('=' + pattern)})" for stretch in _stretches(fields)]
    return f"({'+'.join(counts)})>0"


def _any_option(block: Block, gate: Gate) -> str:
    ticks = [each for each in _fields(block, TICK) if each.code not in gate.values]
    return f"COUNTA({','.join(_stretches(ticks))})>0"


def _stretches(fields: list[Field]) -> list[str]:
    """The fields, which stand in one column, as ranges of lines without a gap."""
    runs: list[list[int]] = []
    for each in fields:
        if runs and runs[-1][1] == each.line - 1:
            runs[-1][1] = each.line
        else:
            runs.append([each.line, each.line])
    return [f"$D${first}:$D${last}" for first, last in runs]


FORMULAS: dict[str, Callable[[Block, Gate], str]] = {
    "is_one_of": _choice,
    "any_row_is": _any_row,
    "any_option_except": _any_option,
}


def is_open(block: Block, sheet: Sheet) -> str:
    """The formula that says whether a question is asked; an empty text if it always is.

    As in the rules, a gate looks at questions that are asked themselves.
    """
    gate = block.question.gate
    if gate is None:
        return ""
    tests = []
    for source in (sheet.block_by_id[id] for id in gate.questions if id in sheet.block_by_id):
        test = FORMULAS[gate.operator](source, gate)
        above = is_open(source, sheet)
        tests.append(f"AND({above},{test})" if above else test)
    return f"OR({','.join(tests)})"
