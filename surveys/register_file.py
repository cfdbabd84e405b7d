"""The register of bodies as a CSV file. Pure."""

from collections import Counter
from collections.abc import Iterator

from surveys import csv_file
from surveys.codes import check_digit, is_code

REQUIRED = ("code", "prefecture_code", "prefecture", "name", "name_kana", "kind")
OPTIONAL = ("population",)


def read(data: bytes, kinds: frozenset[str]) -> list[csv_file.Line]:
    """The bodies of a register file, checked.

    Raises csv_file.FileFaults naming every fault by line: wrong check digit, duplicate code, unknown kind, empty
    value, prefecture that does not fit the code, population that is no number.
    """
    lines = csv_file.read(data, REQUIRED, OPTIONAL)
    count = Counter(line.values["code"] for line in lines)
    faults = [f"line {line.number}: {fault}" for line in lines for fault in _faults(line.values, kinds, count)]
    if not lines:
        faults = ["line 1: the file has a header but no body"]
    if faults:
        raise csv_file.FileFaults(faults)
    return lines


def _faults(values: dict[str, str], kinds: frozenset[str], count: Counter[str]) -> Iterator[str]:
    code = values["code"]
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        yield f"code {code!r} is not six digits"
    elif not is_code(code):
        yield f"code {code}: wrong check digit; {code[:5]} has the check digit {check_digit(code)}"
    if count[code] > 1:
        yield f"code {code} is there {count[code]} times"
    if not code.startswith(values["prefecture_code"]) or len(values["prefecture_code"]) != 2:
        yield f"prefecture_code {values['prefecture_code']!r} is not the first two digits of code {code}"
    yield from (f"{name} is empty" for name in ("prefecture", "name", "name_kana") if not values[name].strip())
    if values["kind"] not in kinds:
        yield f"unknown kind {values['kind']!r}; known are {', '.join(sorted(kinds))}"
    population = values.get("population", "")
    if population and not (population.isascii() and population.isdigit()):
        yield f"population {population!r} is not a number"
