"""The cover of the workbook for people: what it is, how to read it, how to use it. Pure."""

from collections.abc import Iterator

from aggregation.export.book import COVER, INDEX, MADE_UP, Column, Line, Put, Sheet, strip
from aggregation.export.facts import REPORT, Against, Facts, citation, facts_of
from surveys.answers_file import SYNTHETIC

READING = (
    "目次のシート名を選ぶと、その表へ移ります。表のシートには、図、表、注、出どころが、この順にあります。",
    "対象団体数は、回答した団体のうち、その問をたずねた団体の数です。割合は、対象団体数に対するものです（四捨五入）。",
    "公表値は、報告書に印刷された数値です。印刷されていないところは空欄にしています。差は、割合についてはポイントです。",
    "図は、表のセルを参照しています。同じ図の数値は、図の下の表でも読めます。図の説明は、代替テキストにもあります。",
)
ALL_BREAKDOWNS = {
    True: "「データ」のシートに、都道府県別、人口規模別を含むすべての区分があります。",
    False: "都道府県別、人口規模別を含むすべての区分は、「統計表（機械で読む用）」のブックか、CSV、JSONにあります。",
}
USING = (
    "出典を書けば、自由に使えます（政府標準利用規約（第2.0版）に準じます）。"
    "編集や加工をしたときは、そのことも書いてください。"
)
NO_STATISTICS = "統計として引用しないでください。出典を書くときは、合成データであることも書いてください。"


def cover(facts: Facts, against: Against, alone: bool) -> Sheet:
    """The first sheet. `alone`: of a single table, which brings all its breakdowns."""
    lines: list[Line] = [
        [],
        [Put(REPORT, "heading")],
        [Put(facts.title, "cover")],
        *strip(facts.origin, 2),
        [],
        *([Put(name, "strong line"), Put(value, "line wrap")] for name, value in facts_of(facts, against)),
        [],
        [Put(f"{INDEX}へ", "link", to=INDEX)],
        *_part("読み方", (*READING, ALL_BREAKDOWNS[alone])),
        *_part("利用のきまりと出典の書き方", (USING, *_citing(facts))),
    ]
    return Sheet(COVER, (Column(26), Column(90)), tuple(lines), (0, 0), (1, 2))


def _part(title: str, words: tuple[str, ...]) -> Iterator[Line]:
    yield []
    yield [Put(title, "heading")]
    yield from ([Put(each, "wrap", 2)] for each in words)


def _citing(facts: Facts) -> Iterator[str]:
    yield f"出典の例：{citation(facts)}"
    if facts.origin == SYNTHETIC:
        yield MADE_UP + NO_STATISTICS
