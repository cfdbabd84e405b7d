"""The sheets of the workbook and their columns. Pure.

A column carries one value of a TOML table; its key is the path to it ("label.ja"). Both languages stand side by side.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from surveys.definition import KINDS, RESPONDENTS, SOURCES
from surveys.questionnaire import Text
from surveys.rules import CHECKS, GATES
from surveys.soft_checks import OPERATORS

# What a cell holds: a text, a code, several codes, a whole number, yes or no.
TEXT, CODE, CODES, NUMBER, YES_NO = "text", "code", "codes", "number", "yes-no"
# When it must be filled in: always, or where its group (the texts of an example, both languages) is.
ALWAYS, WITH_GROUP, NEVER = "always", "with its group", ""
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Column:
    """One column. `words`: only these may be entered. `has_places`: {row} and the like are filled in later."""

    key: str
    heading: Text
    holds: str = TEXT
    needed: str = NEVER
    width: int = 12
    words: tuple[str, ...] = ()
    has_places: bool = False

    @property
    def group(self) -> str:
        return self.key.split(".")[0]


@dataclass(frozen=True)
class Sheet:
    """One sheet: a line of headings, then a line a thing. `about` stands on the sheet that explains the others."""

    name: str
    about: Text
    columns: tuple[Column, ...]

    @cached_property
    def column_by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}


def _both(key: str, ja: str, en: str, *, needed: str = ALWAYS, width: int = 36, places: bool = False) -> list[Column]:
    return [
        Column(f"{key}.{language}", Text(f"{ja}（{name}）", f"{en} ({language})"), TEXT, needed, width, (), places)
        for language, name in (("ja", "日"), ("en", "英"))
    ]


def _column(key: str, ja: str, en: str, width: int = 12, *, holds: str = TEXT, needed: str = NEVER) -> Column:
    return Column(key, Text(ja, en), holds, needed, width)


def _code(key: str, ja: str, en: str, width: int = 16, *, needed: str = ALWAYS) -> Column:
    return _column(key, ja, en, width, holds=CODE, needed=needed)


def _codes(*entries: tuple[str, str, str]) -> list[Column]:
    return [_column(key, ja, en, 18, holds=CODES) for key, ja, en in entries]


def _word(key: str, ja: str, en: str, words: Iterable[str], width: int = 16, *, needed: str = ALWAYS) -> Column:
    return Column(key, Text(ja, en), TEXT, needed, width, tuple(words))


def _yes(key: str, ja: str, en: str) -> Column:
    return Column(key, Text(ja, en), YES_NO, NEVER, 10, (YES, NO))


def _number(key: str, ja: str, en: str, *, needed: str = NEVER) -> Column:
    return _column(key, ja, en, 10, holds=NUMBER, needed=needed)


_QUESTION = _code("question", "問のID", "Question id", 22)
_LABELLED = (_QUESTION, _code("code", "コード", "Code"), *_both("label", "名前", "Label"))
_SOURCE = (_word("source", "出典", "Source", SOURCES, 18), _column("evidence", "出典の説明", "Evidence", 30))
_MESSAGE = ("message", "知らせる文", "Message")

TITLE = Sheet(
    "表題",
    Text("調査の年度と名前。1行だけです。", "The year and the title of the survey: one line."),
    (_number("year", "調査年度（西暦）", "Year", needed=ALWAYS), *_both("title", "調査の名前", "Title", width=44)),
)
CHAPTERS = Sheet(
    "章",
    Text("報告書の節。", "The chapters of the report."),
    (
        _column("number", "番号", "Number", needed=ALWAYS),
        *_both("title", "節の名前", "Title", width=44),
        _yes("individual", "団体ごとに公表", "Public by body"),
    ),
)
SECTIONS = Sheet(
    "項目",
    Text(
        "1行が1つの項目（1つの画面）です。「並び」の順に並びます。",
        "A line is a section (a page). They stand in the order of “Order”.",
    ),
    (
        _code("file", "並び", "Order", 30),
        _code("id", "項目のID", "Section id"),
        _column("number", "番号", "Number", needed=ALWAYS),
        _column("chapter", "章の番号", "Chapter", needed=ALWAYS),
        *_both("title", "項目の名前", "Title"),
        *_both("department", "主に答える課", "Division", width=24),
    ),
)
QUESTIONS = Sheet(
    "問",
    Text(
        "1行が1つの問です。上から順に並びます。報告書での番号（第5図など）は毎年変えられます。",
        "A line is a question, in this order. The number printed in the report may change every year.",
    ),
    (
        _code("section", "項目のID", "Section id"),
        _code("id", "問のID", "Question id", 22),
        _word("kind", "種類", "Kind", KINDS, 18),
        *_both("number", "報告書での番号", "Printed number", needed=WITH_GROUP, width=14),
        *_both("title", "表の題", "Title"),
        *_both("text", "問の文", "Question", width=48),
        *_both("heading", "報告書での見出し", "Heading", width=30),
        *_both("reference", "いつの状況か", "Reference date", width=24),
        _word("respondents", "答える団体", "Respondents", RESPONDENTS),
        *_both("help", "説明", "Help", needed=WITH_GROUP, width=48),
        *_both("example.text", "例", "Example", needed=WITH_GROUP),
        _word("example.source", "例の出典", "Source of the example", SOURCES, 18, needed=WITH_GROUP),
        _column("example.evidence", "例の出典の説明", "Evidence of the example", 30),
        *_both("unit", "単位", "Unit", needed=WITH_GROUP, width=10),
        _number("maximum", "最大の数", "Maximum"),
        _code("part_of", "分けて聞く表のID", "Part of", 18, needed=NEVER),
        _code("group", "表の中のまとまり", "Group", 18, needed=NEVER),
        *_codes(("terms", "説明する用語", "Terms"), ("favourable", "取組ありとする答え", "Favourable")),
    ),
)
OPTIONS = Sheet(
    "選択肢",
    Text(
        "1行が1つの選択肢です。「列のコード」は、表の列の中で選ぶもの（有・無など）だけに書きます。",
        "A line is an option. “Column” only where the choice stands inside a column of a table.",
    ),
    (
        _QUESTION,
        _code("column", "列のコード", "Column", needed=NEVER),
        *_LABELLED[1:],
        _word("source", "出典", "Source", SOURCES, 18, needed=NEVER),
        _SOURCE[1],
        _yes("exclusive", "ほかと選べない", "Exclusive"),
        _yes("other_text", "内容を書く", "Text asked"),
    ),
)
ROWS = Sheet(
    "行",
    Text("表の行です。「合計する行」があれば計算し、聞きません。", "The rows of tables. A computed row is not asked."),
    (
        *_LABELLED,
        *_SOURCE,
        _yes("exclusive", "ほかと選べない", "Exclusive"),
        _yes("other_text", "内容を書く", "Text asked"),
        *_codes(("computed", "合計する行", "Sum of")),
        _word("respondents", "答える団体", "Respondents", RESPONDENTS, needed=NEVER),
    ),
)
COLUMNS = Sheet(
    "列",
    Text("表の列です。", "The columns of tables."),
    (*_LABELLED, *_SOURCE, _yes("absent", "ないことを表す", "Absent"), _yes("unknown", "不明を選べる", "Unknown")),
)
GATES_SHEET = Sheet(
    "条件",
    Text(
        "その問を、どの問に何と答えた団体に聞くか。ここにない問は、全ての団体に聞きます。",
        "Which answers to which questions lead to a question. What is not here is asked of all.",
    ),
    (
        _QUESTION,
        _word("operator", "条件の種類", "Operator", sorted(GATES), 20),
        _column("questions", "元になる問", "Questions", 30, holds=CODES, needed=ALWAYS),
        _column("values", "答え", "Answers", 30, holds=CODES, needed=ALWAYS),
    ),
)
CHECKS_SHEET = Sheet(
    "点検",
    Text("矛盾した数字を提出させない点検です。", "Checks that keep contradictory numbers from being submitted."),
    (
        _QUESTION,
        _word("operator", "点検の種類", "Operator", sorted(CHECKS)),
        _code("left", "左", "Left"),
        _code("right", "右", "Right"),
        *_both(*_MESSAGE, width=48),
    ),
)
SOFT = Sheet(
    "確かめ",
    Text(
        "「よろしいですか」と確かめる点検です。「項目のID」が空なら、項目どうしの間の点検です。",
        "Checks that ask whether an answer is right. Without a section id they stand between sections.",
    ),
    (
        _code("section", "項目のID", "Section id", needed=NEVER),
        _code("id", "点検のID", "Check id", 26),
        _word("operator", "点検の種類", "Operator", sorted(OPERATORS)),
        _column("questions", "問", "Questions", 18, holds=CODES, needed=ALWAYS),
        *_codes(
            ("rows", "行", "Rows"),
            ("was", "前回の答え", "Answers last time"),
            ("now", "今回の答え", "Answers this time"),
        ),
        _code("other", "比べる問", "Other question", needed=NEVER),
        _code("other_row", "比べる行", "Other row", needed=NEVER),
        *_codes(("expected", "比べる問の答え", "Answers expected")),
        _number("least", "小さい差は見ない", "Least difference"),
        _number("times", "何倍から", "Times"),
        *_both(*_MESSAGE, needed=WITH_GROUP, width=48, places=True),
    ),
)
TERMS = Sheet(
    "用語",
    Text("用語の説明です。", "The glossary."),
    (
        _code("id", "用語のID", "Term id", 20),
        *_both("term", "用語", "Term", width=28),
        *_both("definition", "説明", "Meaning", width=60),
        _column("source", "出典", "Source", 16, needed=ALWAYS),
    ),
)
DERIVED = Sheet(
    "集計だけの図表",
    Text("問がなく、集計だけで作る図表です。", "Tables of the report that no question asks for."),
    (
        _code("id", "図表のID", "Table id", 20),
        *_both("number", "番号", "Number", width=16),
        *_both("title", "題", "Title"),
    ),
)

SHEETS = (
    *(TITLE, CHAPTERS, SECTIONS, QUESTIONS, OPTIONS, ROWS, COLUMNS),
    *(GATES_SHEET, CHECKS_SHEET, SOFT, TERMS, DERIVED),
)
