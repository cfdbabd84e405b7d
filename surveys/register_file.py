"""The register of bodies as a CSV file. Pure."""

from collections import Counter
from collections.abc import Iterator

from surveys import csv_file
from surveys.codes import check_digit, is_code

REQUIRED = ("code", "prefecture_code", "prefecture", "name", "name_kana", "kind")
OPTIONAL = ("population",)
LENGTHS = {"prefecture": 10, "name": 40, "name_kana": 80}  # as the database holds them


def read(data: bytes, kinds: frozenset[str]) -> list[csv_file.Line]:
    """The bodies of a register file, checked.

    Raises csv_file.FileFaults naming every fault by line: wrong check digit, duplicate code, unknown kind, empty
    value, prefecture that does not fit the code, population that is no number.
    """
    lines = csv_file.read(data, REQUIRED, OPTIONAL)
    count = Counter(line.values["code"] for line in lines)
    found = (csv_file.at(line.number, *fault) for line in lines for fault in _faults(line.values, kinds, count))
    faults = csv_file.first(found)
    if not lines:
        faults = [csv_file.at(1, "見出しだけで、団体がありません。", "the file has a header but no body")]
    if faults:
        raise csv_file.FileFaults(faults)
    return lines


def _faults(values: dict[str, str], kinds: frozenset[str], count: Counter[str]) -> Iterator[tuple[str, str]]:
    """What is wrong with a body, in Japanese and in English."""
    code, prefecture = values["code"], values["prefecture_code"]
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        yield f"団体コード「{code}」が6桁の数字ではありません。", f"code {code!r} is not six digits"
    elif not is_code(code):
        right = check_digit(code)
        ja = f"団体コード{code}の検査数字が違います。{code[:5]}の検査数字は{right}です。"
        yield ja, f"code {code}: wrong check digit; {code[:5]} has the check digit {right}"
    if count[code] > 1:
        yield f"団体コード{code}が{count[code]}回あります。", f"code {code} is there {count[code]} times"
    if not code.startswith(prefecture) or len(prefecture) != 2:
        ja = f"都道府県コード「{prefecture}」が、団体コード{code}の初めの2桁ではありません。"
        yield ja, f"prefecture_code {prefecture!r} is not the first two digits of code {code}"
    for name in (name for name in ("prefecture", "name", "name_kana") if not values[name].strip()):
        yield f"列「{name}」が空です。", f"{name} is empty"
    if (kind := values["kind"]) not in kinds:
        known = ", ".join(sorted(kinds))
        yield f"知らない種別「{kind}」です。使えるのは{known}です。", f"unknown kind {kind!r}; known are {known}"
    for name, limit in LENGTHS.items():
        if len(values[name]) > limit:
            yield f"列「{name}」が{limit}字を超えています。", f"{name} is longer than {limit} characters"
    population = values.get("population", "")
    if population and not (population.isascii() and population.isdigit() and len(population) <= 9):
        yield f"人口「{population}」が数字ではありません。", f"population {population!r} is not a number"
