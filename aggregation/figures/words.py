"""What charts say in words: numbers beside their marks, titles, and descriptions with all values. Pure."""

from collections.abc import Iterable
from decimal import Decimal

from aggregation.tables import Cell, GroupLabel, Table
from surveys.questionnaire import Text

BASE = Text("対象団体数{}", "{} bodies asked")
REDEFINED = Text("定義の変更", "Redefined")


def is_english(language: str) -> bool:
    return language.startswith("en")


def bracketed(text: str, language: str) -> str:
    return f" ({text})" if is_english(language) else f"（{text}）"


def share(percent: Decimal | None) -> str:
    return "" if percent is None else f"{percent}%"


def counted(percent: Decimal | None, count: int, language: str) -> str:
    """74.5%（35）"""
    return share(percent) + bracketed(f"{count:,}", language)


def amount(value: int, unit: Text | None, language: str) -> str:
    """9,915人; 9,915 persons"""
    name = unit.in_language(language) if unit else ""
    return f"{value:,} {name}".rstrip() if is_english(language) else f"{value:,}{name}"


def number(cell: Cell, language: str) -> str:
    """A number as it stands beside its mark."""
    if cell.value is not None:
        return amount(cell.value, cell.unit, language)
    return share(cell.percent) if cell.count is None else counted(cell.percent, cell.count, language)


def title(table: Table, side: GroupLabel | None, language: str) -> str:
    """第１図　CIOの任命の有無（都道府県）"""
    numbered = (text.in_language(language) for text in (table.number, table.title) if text)
    name = ("  " if is_english(language) else "　").join(numbered)
    return name + bracketed(side.label.in_language(language), language) if side else name


def description(sentences: Iterable[str], language: str) -> str:
    stop = ". " if is_english(language) else "。"
    return "".join(f"{sentence}{stop}" for sentence in sentences if sentence).rstrip()


def value_sentence(name: str, values: Iterable[tuple[str, str]], language: str) -> str:
    """任命している 35（74.5%）; with names of columns: 財務会計：導入済 85.1%（40）、導入予定 0.0%（0）"""
    found = list(values)
    if not any(column for column, _ in found):
        return " ".join([name, *(value for _, value in found)])
    comma, colon = (", ", ": ") if is_english(language) else ("、", "：")
    return name + colon + comma.join(f"{column} {value}" for column, value in found)
