"""The words of the page of a number: how bodies stand to it, and by what rule it was counted."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from aggregation import provenance as p
from aggregation.estimate import ESTIMATE, EXISTS, ONLINE, ONLINE_COUNT, RATE
from surveys import words
from surveys.questionnaire import Column, Option, Question, Questionnaire
from surveys.templatetags.surveys import in_brackets

NAMES = {
    p.COUNTED: _("数えた団体"),
    p.OTHERWISE: _("ほかの回答をした団体"),
    p.BLANK: _("空欄の団体"),
    p.ELSE: _("ほかの回答をした団体と、空欄の団体"),
    p.BASE: _("対象団体数"),
    p.NOT_ASKED: _("設問対象外の団体（前の問の回答により、うかがっていない）"),
    p.NOT_APPLICABLE: _("対象外の団体（この種類の団体にはうかがっていない）"),
    p.NOT_COUNTED: _("対象外・設問対象外の団体（うかがっていない）"),
    p.RESPONDED: _("回答した団体"),
    p.NO_RESPONSE: _("未回答の団体"),
    p.EVERYBODY: _("この区分の団体"),
}
NAMES_OF_SUMS = NAMES | {p.COUNTED: _("数を答えた団体")}
NAMES_OF_ONLINE = NAMES | {
    p.COUNTED: _("オンライン化した団体"),
    p.OTHERWISE: _("オンライン化していない団体"),
    p.NOT_ASKED: _("設問対象外の団体（その手続がないか、あるかの回答がない）"),
}
NAMES_OF_ESTIMATES = NAMES_OF_ONLINE | {
    p.COUNTED: _("推計の基礎にした団体（オンライン化し、件数を答えた）"),
    p.UNKNOWN: _("不明（オンライン化しているが、件数が分からないと答えた）"),
    p.BASE: _("その手続がある団体"),
}
NAMES_BY_RULE: dict[str, dict[str, Any]] = {
    "matrix-integer": NAMES_OF_SUMS,
    "computed": NAMES_OF_SUMS,
    ONLINE: NAMES_OF_ONLINE,
    **dict.fromkeys(p.ESTIMATED, NAMES_OF_ESTIMATES),
}

ASKED = _("回答した団体のうち、この問をうかがった団体を対象団体数とします。空欄の団体も対象団体数に入ります。")
RULES: dict[str, tuple[Any, ...]] = {
    "single-choice": (_("この選択肢を選んだ団体を数えます。選べるのは1つだけです。"), ASKED),
    "multiple-choice": (
        _("この選択肢を選んだ団体を数えます。いくつでも選べるので、割合の合計は100％を超えることがあります。"),
        ASKED,
    ),
    "matrix": (_("この行で、この列を選んだ団体を数えます。各行で選べるのは1つだけです。"), ASKED),
    "tick-matrix": (
        _("この行に印を付けた団体を数えます。ほかの行にだけ印を付けた団体は、ほかの回答をした団体です。"),
        ASKED,
    ),
    "matrix-integer": (_("回答した団体が入れた数の合計です。空欄や未回答の団体の数を推計で補うことはしていません。"),),
    "computed": (_("下の行の合計です。団体ごとに足し、その結果を合計します。どれかの行が空欄の団体は入りません。"),),
    EXISTS: (_("この手続があると答えた団体を数えます。"), ASKED),
    ONLINE: (_("この手続がある団体を対象団体数とし、そのうちオンライン化したと答えた団体を数えます。"),),
    ESTIMATE: (
        _(
            "全国で1年間に行われる件数の推計です。都道府県と市区町村のそれぞれについて、オンライン化し件数を答えた団体の総件数を、"
            "その手続がある団体の人口に引きのばし、1未満を四捨五入してから足します。"
        ),
    ),
    ONLINE_COUNT: (_("オンライン化し件数を答えた団体の、オンラインで行われた件数の合計です。推計はしていません。"),),
    RATE: (_("オンラインで行われた件数を、推計した総件数で割ったものです。"),),
    "sum": (_("下の行の合計です。直接うかがった問はありません。"),),
    "continued": (_("この調査の年の値です。次の表の数をそのまま使っています。"),),
    "past": (_("この調査より前の年に公表された値です。この調査の回答から計算したものではありません。"),),
}


def names(rule: str) -> dict[str, Any]:
    """What each part of the bodies is called where a rule holds."""
    return NAMES_BY_RULE.get(rule, NAMES)


def gate(question: Question | None, questionnaire: Questionnaire, language: str) -> str:
    """To whom a gated question goes, by the figures of the questions it looks at; empty without a gate."""
    if question is None or question.gate is None:
        return ""
    sources = [questionnaire.question_by_id[id] for id in question.gate.questions]
    labels = {code: each.label for source in sources for code, each in _choices(source)}
    values = [words.QUOTED.in_language(language).format(label=labels[code].in_language(language))
              for code in question.gate.values]  # fmt: skip
    either = words.EITHER.in_language(language)
    said = words.GATES[question.gate.operator].in_language(language)
    return said.format(source=either.join(_name(source, language) for source in sources), values=either.join(values))


def _choices(question: Question) -> Iterator[tuple[str, Option | Column]]:
    yield from question.option_by_code.items()
    yield from question.column_by_code.items()


def _name(question: Question, language: str) -> str:
    """第１図（CIOの任命の有無）."""
    title = question.title.in_language(language)
    if question.number is None:
        return title
    return f"{question.number.in_language(language)}{in_brackets(title)}"
