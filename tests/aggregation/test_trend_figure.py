"""The chart of a trend: which lines and years it has, and where they break."""

from decimal import Decimal

from aggregation import drawing, trend_figure
from aggregation.figures.palette import FILLS
from aggregation.tables import Entry
from aggregation.trend import Line, Moment, Printed, Side, Trend
from aggregation.trend import Point as P
from surveys.questionnaire import Text
from tests.aggregation.test_trend import trend


def described(found: Trend, language: str = "ja") -> list[str]:
    specs = [trend_figure.spec(found, side, language) for side in found.sides]
    return [spec["description"] for spec in specs if spec]


def test_each_side_has_its_shares_year_by_year() -> None:
    found = trend("cio", (2019, 2020, 2021))
    texts = described(found)
    assert len(texts) == len(found.sides) == 3
    for side, text in zip(found.sides, texts, strict=True):
        for line in side.lines:
            for _, point in line.points:
                assert point and f"{point.percent}%" in text and line.entry.label.ja in text
    assert "FY2021" in described(found, "en")[0]
    spec = trend_figure.spec(found, found.sides[0], "ja")
    assert spec and drawing.draw(spec).startswith("<svg ")


def test_a_computed_number_stands_for_the_printed_one_of_its_year() -> None:
    printed = (Printed(year, ("yes", "", "prefecture"), P(percent=Decimal("99.9"))) for year in (2019, 2020))
    text = described(trend("cio", (2020, 2021), *printed))[0]
    assert text.count("99.9%") == 1 and "令和元年度" in text


def test_there_is_no_line_without_two_years_or_without_shares() -> None:
    assert described(trend("cio", (2020,))) == []
    assert described(trend("staff", (2020, 2021))) == []


def test_of_many_lines_those_with_the_largest_latest_shares_are_drawn_in_their_order() -> None:
    before, after = (Moment(year, False, None) for year in (2020, 2021))
    shares = (30, 80, 10, 60, 20, 70, 50, 40)
    lines = [
        Line(Entry(f"o{n}", Text("", "")), ((before, P(percent=Decimal(100 - n))), (after, P(percent=Decimal(n)))))
        for n in shares
    ]
    lines.append(Line(Entry("none", Text("", "")), ((before, P(value=3)), (after, None))))
    drawn = trend_figure.lines(Side("total", Text("", ""), tuple(lines)))
    assert [line.entry.code for line in drawn] == ["o30", "o80", "o60", "o70", "o50", "o40"]
    assert len(FILLS) > trend_figure.MOST, "a white line could not be seen"
