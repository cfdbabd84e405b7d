"""Japanese era years and the year words of a questionnaire. Pure.

Only 令和 is needed: the first round the product can run is 2020 (令和２年度). 令和 began on 2019-05-01; its first
year is written 元年.
"""

from datetime import date

REIWA_BEFORE = 2018
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_WEEKDAYS = "月火水木金土日"


def era_year(year: int, *, full_width: bool = False) -> str:
    """A calendar or fiscal year in the era: 2019 is 令和元, 2020 is 令和2 (令和２ in full width)."""
    number = year - REIWA_BEFORE
    digits = "元" if number == 1 else str(number)
    return "令和" + (digits.translate(_FULL_WIDTH) if full_width else digits)


def era_date(day: date) -> str:
    """A date as office papers write it: 令和3年5月28日（金）."""
    return f"{era_year(day.year)}年{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def year_words(year: int) -> dict[str, dict[str, str]]:
    """The words that stand for years in the texts of a questionnaire, for the survey of a fiscal year."""
    japanese = {
        name: era_year(value, full_width=True) + "年度"
        for name, value in (("fy", year), ("next_fy", year + 1), ("last_fy", year - 1))
    }
    japanese["date"] = era_year(year, full_width=True) + "年４月１日"
    english = {"fy": f"FY{year}", "next_fy": f"FY{year + 1}", "last_fy": f"FY{year - 1}", "date": f"1 April {year}"}
    return {"ja": japanese, "en": english}
