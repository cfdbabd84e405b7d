"""The faults that `surveys.definition` finds, each with its sheet and cell and in words for the officer. Pure.

`definition` names file, place and fault in English, for developers. Here each of its sentences is recognised; a test
sees to it that none is forgotten. One that is not known stands at its question, in English.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from surveys.definition import parse
from surveys.definition_book import columns as c
from surveys.definition_book.columns import Sheet
from surveys.definition_book.from_rows import Line, Lines
from surveys.questionnaire import DefinitionError, Document, Text
from surveys.workbook.faults import Fault

PARTS = {"option": c.OPTIONS, "row": c.ROWS, "column": c.COLUMNS}
_V, _PART = r"['\"](?P<v>.*?)['\"]", r"(?P<part>option|row|column)"


class Rule(NamedTuple):
    """A sentence of the definition. The cell is `key` of the line of `sheet` (that of the part that is named, if
    none) which belongs to the thing and has the value {v} in one of `match`."""

    pattern: str
    sheet: Sheet | None
    key: str
    ja: str
    match: tuple[str, ...] = ()


# Faults of a question.
QUESTION = (
    Rule(
        rf"{_PART} {_V} is there twice",
        None,
        "code",
        "この問にコード「{v}」が2つあります。片方を変えます。",
        ("code",),
    ),
    Rule(rf"{_PART} {_V}: source", None, "source", "出典を一覧から選んでください。", ("code",)),
    Rule(rf"row {_V}: respondents", c.ROWS, "respondents", "答える団体を一覧から選んでください。", ("code",)),
    Rule(r"kind ", c.QUESTIONS, "kind", "種類を一覧から選んでください。"),
    Rule(r"respondents ", c.QUESTIONS, "respondents", "答える団体を一覧から選んでください。"),
    Rule(r"example: source", c.QUESTIONS, "example.source", "例の出典を一覧から選んでください。"),
    Rule(r"options are needed", c.QUESTIONS, "kind", "この種類の問には、選択肢が要ります。行と列は書けません。"),
    Rule(r"rows and columns are", c.QUESTIONS, "kind", "この種類の問には、行と列が要ります。選択肢は書けません。"),
    Rule(r"maximum is missing", c.QUESTIONS, "maximum", "この種類の問には、最大の数が要ります。"),
    Rule(r"the only column", c.QUESTIONS, "kind", "matrix-integerの列は、コードがcountの1つだけです。"),
    Rule(r"a tick matrix", c.QUESTIONS, "kind", "tick-matrixの列は1つだけです。"),
    Rule(r"the columns are (?P<v>.*)", c.QUESTIONS, "kind", "proceduresの列は、この順に{v}です。"),
    Rule(
        r"no body is asked",
        c.QUESTIONS,
        "respondents",
        "どの団体にも聞かない問です。行の「答える団体」も見てください。",
    ),
    Rule(
        r"only a multiple choice",
        c.QUESTIONS,
        "kind",
        "「ほかと選べない」は、multiple-choiceの選択肢とtick-matrixの行だけに付けられます。",
    ),
    Rule(
        r"asked of every body",
        c.QUESTIONS,
        "kind",
        "全ての団体に聞く問です。「どれもない」のような、「ほかと選べない」選択肢を1つ加えてください。",
    ),
    Rule(rf"row {_V}: computed rows", c.ROWS, "computed", "合計する行は、matrix-integerだけに書けます。", ("code",)),
    Rule(
        rf"row .*: unknown row {_V} in computed",
        c.ROWS,
        "computed",
        "合計する行「{v}」が、この問にありません。",
        ("computed",),
    ),
    Rule(r"computed rows refer", c.ROWS, "computed", "合計する行が、互いを指しています。どれかを除いてください。"),
    Rule(r"check operator", c.CHECKS_SHEET, "operator", "点検の種類を一覧から選んでください。"),
    Rule(rf"check: unknown {_V}", c.CHECKS_SHEET, "", "「{v}」が、この問の行や列にありません。", ("left", "right")),
    Rule(rf"favourable: unknown {_V}", c.QUESTIONS, "favourable", "「{v}」が、この問の選択肢や列にありません。"),
    Rule(r"gate operator", c.GATES_SHEET, "operator", "条件の種類を一覧から選んでください。"),
    Rule(rf"gate: there is no question {_V}", c.GATES_SHEET, "questions", "元になる問「{v}」がありません。"),
    Rule(
        rf"gate: {_V} is in another section",
        c.GATES_SHEET,
        "questions",
        "「{v}」は別の項目の問です。条件の元にできるのは、同じ項目の問だけです。",
    ),
    Rule(
        rf"gate: {_V} does not come before",
        c.GATES_SHEET,
        "questions",
        "「{v}」は、この問より前の問ではありません。元になる問を前に置いてください。",
    ),
    Rule(rf"gate: {_V} has no ['\"](?P<w>.*?)['\"]", c.GATES_SHEET, "values", "「{v}」に答え「{w}」がありません。"),
    Rule(
        rf"gate: (?P<w>\w+) looks at (?P<kinds>.*); {_V}",
        c.GATES_SHEET,
        "operator",
        "{w}の元にできる問の種類は{kinds}です。「{v}」は違います。",
    ),
    Rule(rf"there is no term {_V}", c.QUESTIONS, "terms", "用語「{v}」が、シート「用語」にありません。"),
    Rule(r"this question id is there twice", c.QUESTIONS, "id", "同じIDの問が2つあります。片方を別のIDにします。"),
)
# Faults of the rows or ids of a table asked in parts, which name the table.
TABLE = (
    Rule(rf"row {_V} stands in two parts", c.ROWS, "code", "「{v}」が、この表の2つの問にあります。", ("code",)),
    Rule(r"is both a question", c.QUESTIONS, "id", "分けて聞く表のIDは、問のIDには使えません。", ("id",)),
)
SECTION = (
    Rule(
        rf"section id {_V} is there twice",
        c.SECTIONS,
        "id",
        "同じIDの項目が2つあります。片方を別にします。",
        ("id",),
    ),
    Rule(
        rf"there is no chapter {_V}",
        c.SECTIONS,
        "chapter",
        "番号「{v}」がシート「章」にありません。",
        ("chapter",),
    ),
)
SOFT = (
    Rule(r"this id is there twice", c.SOFT, "id", "同じIDの点検が2つあります。片方を別のIDにしてください。"),
    Rule(r"operator ", c.SOFT, "operator", "点検の種類を一覧から選んでください。"),
    Rule(r"questions is empty", c.SOFT, "questions", "「問」が空です。入れてください。"),
    Rule(r"(?P<v>\w+) needs (?P<key>\w+)", c.SOFT, "", "点検の種類{v}では、ここが要ります。"),
    Rule(
        r"(?P<v>\w+) does not take (?P<key>\w+)", c.SOFT, "", "点検の種類{v}では、ここは使いません。空にしてください。"
    ),
    Rule(r"message: unknown place (?P<v>.*)", c.SOFT, "message.ja", "この点検の文では、{v}は使えません。"),
    Rule(r"message: ", c.SOFT, "message.ja", "{{ と }} の組が合っていません。"),
    Rule(
        rf"there is no question {_V}",
        c.SOFT,
        "",
        "問「{v}」がありません。別の項目の問なら、「項目のID」を空にしてください。",
        ("questions", "other"),
    ),
    Rule(
        rf"(?P<w>\w+) looks at (?P<kinds>.*); {_V}",
        c.SOFT,
        "operator",
        "{w}で見られる問の種類は{kinds}です。「{v}」は違います。",
    ),
    Rule(
        rf"{_V} has no (?P<what>row|option or column) ['\"](?P<w>.*?)['\"]",
        c.SOFT,
        "",
        "「{v}」に「{w}」がありません。",
        ("rows", "other_row", "was", "now", "expected"),
    ),
)
DERIVED = (Rule(r"this id is there twice", c.DERIVED, "id", "このIDは、問か別の図表にもあります。別のIDにします。"),)
NO_FILE = "there is no section file beside it"
NO_SECTION = Text("項目が1つもありません。1つは入れてください。", "There is no section; there must be one.")

# Which thing a sentence is about, with the rules for such things, and the column that names it in their sheets.
PLACES = (
    (r"questionnaire\.toml: derived (?P<of>[^:]+): ", DERIVED, "id"),
    (r"(?:[^:]+\.toml: )?soft (?P<of>[^:]+): ", SOFT, "id"),
    (r"[^:]+\.toml: (?P<of>)(?=section id|there is no chapter)", SECTION, ""),
    (r"[^:]+\.toml: (?P<of>[^: ]+): ", QUESTION, "question"),
    (r"(?P<of>[^: ]+): ", TABLE, "part_of"),
)


def find(document: Document, lines: Lines) -> list[Fault]:
    """What `surveys.definition` finds wrong with a document, at the lines it was made from."""
    try:
        parse(document)
    except DefinitionError as error:
        return [_fault(sentence, lines) for sentence in error.faults]
    return []


def _fault(sentence: str, lines: Lines) -> Fault:
    if sentence.endswith(NO_FILE):
        return Fault(NO_SECTION, c.SECTIONS.name)
    for place, rules, owner in PLACES:
        if at := re.match(place, sentence):
            what = sentence[at.end() :]
            for rule in rules:
                if found := re.match(rule.pattern, what):
                    return _located(rule, what, {**found.groupdict(), "of": at["of"]}, owner, lines)
            break
    return Fault(Text(sentence, sentence), c.QUESTIONS.name)


def _located(rule: Rule, what: str, said: Mapping[str, str], owner: str, lines: Lines) -> Fault:
    """The last line that fits: of two of the same, the one that was added. Without a cell where none fits, since what
    is wrong stands in for something that could not be read."""
    sheet = rule.sheet or PARTS[said["part"]]
    message = Text(rule.ja.format(**said), f"{what[0].upper()}{what[1:]}.")
    own = [line for line in reversed(lines[sheet.name]) if _belongs(line, owner, said["of"], lines)]
    if rule.match:
        value = next(said[name] for name in ("w", "v", "of") if name in said)
        places = [(line, rule.key or key) for line in own for key in rule.match if _holds(line, key, value)]
    else:
        key = rule.key or said["key"]
        places = [(line, key) for line in sorted(own, key=lambda line: key not in line.values)]
    return places[0][0].fault(places[0][1], message) if places else Fault(message, sheet.name)


def _belongs(line: Line, owner: str, name: str, lines: Lines) -> bool:
    """Whether a line is about the thing: a section or check by its id, a question or a part of a table by theirs."""
    if owner in ("", "id"):
        return not owner or line.values.get(owner, line.nameless) == name
    question = line.values.get("id", line.nameless) if line.sheet is c.QUESTIONS else line.values.get("question")
    parts = [part.values.get("id") for part in lines[c.QUESTIONS.name] if part.values.get("part_of") == name]
    return question == name or (owner == "part_of" and question in parts)


def _holds(line: Line, key: str, value: str) -> bool:
    found = line.values.get(key, ())
    return value in found if isinstance(found, list) else value == found
