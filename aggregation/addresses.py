"""Addresses of editions: /report/2020/ is the latest one, /report/2020-r1/ stays that of the first."""

import re
from typing import NamedTuple

from aggregation.export.package import FILES


class Edition(NamedTuple):
    """An edition as an address names it; without a number it is the latest of its year."""

    year: int
    number: int | None = None

    def __str__(self) -> str:
        return f"{self.year}-r{self.number}" if self.number else f"{self.year}"


class EditionConverter:
    """For URLs. A year alone may be given where an address is made."""

    regex = r"[0-9]{4}(?:-r[1-9][0-9]{0,3})?"

    def to_python(self, value: str) -> Edition:
        year, *number = map(int, re.findall(r"[0-9]+", value))
        return Edition(year, *number)

    def to_url(self, value: Edition | int) -> str:
        return str(value)


class DataFileConverter:
    """For URLs: the name of a file of the open data that has an address of its own."""

    regex = "|".join(map(re.escape, FILES))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
