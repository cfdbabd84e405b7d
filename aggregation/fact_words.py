"""Facts of a table in words, in Japanese and English. Pure."""

from collections.abc import Callable, Sequence

from aggregation.tables import TOTAL, Cell
from aggregation.telling import Fact
from surveys.era import era_year
from surveys.questionnaire import MUNICIPALITY, PREFECTURE

LANGUAGES = ("ja", "en")
YEARS: dict[str, Callable[[int], str]] = {"ja": lambda year: f"{era_year(year)}年度", "en": lambda year: f"FY{year}"}
MANY = 3  # more rows than these with the same number are not all named
INNER = {"ja": str.maketrans("「」", "『』"), "en": str.maketrans("“”", "‘’")}
NAMES = {
    "ja": {PREFECTURE: "都道府県", MUNICIPALITY: "市区町村", TOTAL: "全国"},
    "en": {PREFECTURE: "prefectures", MUNICIPALITY: "municipalities", TOTAL: "the whole country"},
}


def _in_japanese(operator: str, facts: Sequence[Fact]) -> str:
    """都道府県では35団体（74.5％）、市区町村では1,474団体（84.7％）."""
    names, ranked = NAMES["ja"], operator in ("largest", "second")
    if operator == "everyone":
        return "、".join(f"{names[fact.side]}（{fact.cell.base:,}団体）では{_quoted(fact)}" for fact in facts)
    if len(facts) == 2 and ranked and facts[0].rows == facts[1].rows:
        numbers = "、".join(f"{names[fact.side]}では{_number_ja(fact.cell)}" for fact in facts)
        return f"{_quoted(facts[0])}で、{numbers}"
    if len(facts) == 2 and all(_is_all(fact.cell) for fact in facts) and not ranked:
        bases = "、".join(f"{fact.cell.base:,}団体" for fact in facts)
        return "、".join(names[fact.side] for fact in facts) + f"ともに全団体（{bases}）"
    told = [f"{_quoted(fact)}の{_number_ja(fact.cell)}" if ranked else _number_ja(fact.cell) for fact in facts]
    return "、".join(f"{names[fact.side]}では{words}" for fact, words in zip(facts, told, strict=True))


def _quoted(fact: Fact) -> str:
    shown, more = _named(fact, "ja")
    return "".join(f"「{label}」" for label in shown) + (f"など{len(fact.rows)}項目" if more else "")


def _named(fact: Fact, language: str) -> tuple[list[str], int]:
    """The labels of the rows, quotation marks within them turned into inner ones, and how many rows are not named."""
    labels = [row.label.in_language(language).translate(INNER[language]) for row in fact.rows]
    return (labels[:MANY], len(labels) - MANY) if len(labels) > MANY + 1 else (labels, 0)


def _is_all(cell: Cell) -> bool:
    return cell.count is not None and cell.count == cell.base


def _number_ja(cell: Cell) -> str:
    if cell.value is not None:
        return f"{cell.value:,}{cell.unit.ja if cell.unit else ''}"
    if cell.count is None:
        return f"{cell.percent}％"
    return f"全団体（{cell.count:,}団体）" if _is_all(cell) else f"{cell.count:,}団体（{cell.percent}％）"


def _in_english(operator: str, facts: Sequence[Fact]) -> str:
    """35 prefectures (74.5%) and 1,474 municipalities (84.7%)."""
    if operator == "everyone":
        return "; ".join(f"all {fact.cell.base:,} {NAMES['en'][fact.side]}: {_listed(fact)}" for fact in facts)
    if operator in ("largest", "second"):
        if len(facts) == 2 and facts[0].rows == facts[1].rows:
            return f"{_listed(facts[0])}: {_joined([_number_en(fact) for fact in facts])}"
        return "; ".join(f"{_listed(fact)} for {NAMES['en'][fact.side]} ({_bare_en(fact.cell)})" for fact in facts)
    return _joined([_number_en(fact) for fact in facts])


def _listed(fact: Fact) -> str:
    shown, more = _named(fact, "en")
    return ", ".join(f"“{label}”" for label in shown) + (f" and {more} more" if more else "")


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(parts)


def _bare_en(cell: Cell) -> str:
    return f"all {cell.count:,}" if _is_all(cell) else f"{cell.count:,}, {cell.percent}%"


def _number_en(fact: Fact) -> str:
    cell, name = fact.cell, NAMES["en"][fact.side]
    if cell.value is not None:
        return f"{cell.value:,} {cell.unit.en if cell.unit else ''} in {name}"
    if cell.count is None:
        return f"{cell.percent}% in {name}"
    return f"all {cell.count:,} {name}" if _is_all(cell) else f"{cell.count:,} {name} ({cell.percent}%)"


TOLD: dict[str, Callable[[str, Sequence[Fact]], str]] = {"ja": _in_japanese, "en": _in_english}
