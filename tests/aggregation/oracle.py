"""A second, naive computation of every kind of table, straight from the contract: plain loops and exact fractions.

It shares nothing with `aggregation` and asks no rule engine: it decides by itself who is asked what. `cells` gives
{(row, column, breakdown, group): Expected}.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from surveys.questionnaire import Gate, Question, Questionnaire, Row

KINDS = ("designated_city", "core_city", "special_city", "city", "special_ward", "town", "village")
BANDS = (
    ("lt5k", 0, 4_999),
    ("5k-10k", 5_000, 9_999),
    ("10k-30k", 10_000, 29_999),
    ("30k-50k", 30_000, 49_999),
    ("50k-100k", 50_000, 99_999),
    ("100k-300k", 100_000, 299_999),
    ("ge300k", 300_000, 10**9),
)
Key = tuple[str, str, str, str]


class Expected(NamedTuple):
    bodies: int | None
    responded: int | None
    base: int | None
    count: int | None
    percent: Decimal | None
    value: int | None
    note: str = ""


def percent(count: int, base: int) -> Decimal | None:
    return None if base == 0 else Decimal(floor(Fraction(count * 1000, base) + Fraction(1, 2))) / 10


def side(body: Any) -> str:
    return "prefecture" if body.kind == "prefecture" else "municipality"


def takes_part(entry: Question | Row, body_side: str) -> bool:
    return entry.respondents in ("both", body_side)


def gate_opens(gate: Gate, questionnaire: Questionnaire, body: Any) -> bool:
    for id in gate.questions:
        answer = body.answers.get(id)
        if answer is None or not is_asked(questionnaire.question_by_id[id], questionnaire, body):
            continue
        if gate.operator == "is_one_of":
            said = [answer.get("value")]
        elif gate.operator == "any_row_is":
            said = list(answer.get("cells", {}).values())
        else:
            assert gate.operator == "any_option_except"
            if any(code not in gate.values for code in answer.get("values", [])):
                return True
            continue
        if any(code in gate.values for code in said):
            return True
    return False


def is_asked(question: Question, questionnaire: Questionnaire, body: Any) -> bool:
    """A question is asked of a side, has something to fill in for it, and its gate is open."""
    if not takes_part(question, side(body)):
        return False
    if question.rows and not any(takes_part(row, side(body)) for row in question.rows if not row.computed):
        return False
    return question.gate is None or gate_opens(question.gate, questionnaire, body)


def sides_of(question: Question) -> list[str]:
    return [
        name
        for name in ("prefecture", "municipality")
        if takes_part(question, name)
        and (not question.rows or any(takes_part(row, name) for row in question.rows if not row.computed))
    ]


def national(bodies: Sequence[Any], sides: Sequence[str]) -> Iterator[tuple[str, str, list[Any]]]:
    for name in sides:
        yield "national", name, [body for body in bodies if side(body) == name]
    if len(sides) == 2:
        yield "national", "total", list(bodies)


def all_groups(bodies: Sequence[Any], sides: Sequence[str]) -> Iterator[tuple[str, str, list[Any]]]:
    yield from national(bodies, sides)
    if "municipality" in sides:
        towns = [body for body in bodies if side(body) == "municipality"]
        for kind in KINDS:
            yield "kind", kind, [body for body in towns if body.kind == kind]
        for number in range(1, 48):
            yield "prefecture", f"{number:02}", [body for body in towns if body.prefecture == f"{number:02}"]
        for code, least, most in BANDS:
            yield (
                "population_band",
                code,
                [body for body in towns if body.population is not None and least <= body.population <= most],
            )


def head(group: list[Any]) -> tuple[int, int]:
    return len(group), len([body for body in group if body.answers is not None])


def tally(
    key: tuple[str, str],
    bodies: Sequence[Any],
    sides: list[str],
    asked: Callable[[Any], bool],
    chose: Callable[[Any], bool],
) -> dict[Key, Expected]:
    found = {}
    for breakdown, code, group in all_groups(bodies, sides):
        base = [body for body in group if body.answers is not None and asked(body)]
        count = len([body for body in base if chose(body)])
        if group:
            found[(*key, breakdown, code)] = Expected(*head(group), len(base), count, percent(count, len(base)), None)
    return found


def choice(question: Question, questionnaire: Questionnaire, bodies: Sequence[Any]) -> dict[Key, Expected]:
    found: dict[Key, Expected] = {}

    def asked(body: Any) -> bool:
        return is_asked(question, questionnaire, body)

    for option in question.options:

        def chose(body: Any, code: str = option.code) -> bool:
            answer = body.answers.get(question.id, {})
            return code == answer.get("value") or code in answer.get("values", [])

        found |= tally((option.code, ""), bodies, sides_of(question), asked, chose)
    return found


def matrix(question: Question, questionnaire: Questionnaire, bodies: Sequence[Any]) -> dict[Key, Expected]:
    found: dict[Key, Expected] = {}
    for row in question.rows:
        sides = [name for name in sides_of(question) if takes_part(row, name)]
        for column in question.columns:

            def chose(body: Any, row: str = row.code, column: str = column.code) -> bool:
                return bool(body.answers.get(question.id, {}).get("cells", {}).get(row) == column)

            def asked(body: Any, row: Row = row) -> bool:
                return is_asked(question, questionnaire, body) and takes_part(row, side(body))

            found |= tally((row.code, column.code), bodies, sides, asked, chose)
    return found


def row_value(question: Question, row: Row, cells: dict[str, int]) -> int | None:
    if not row.computed:
        return cells.get(row.code)
    parts = [row_value(question, question.row_by_code[code], cells) for code in row.computed]
    return None if None in parts else sum(part for part in parts if part is not None)


def sums(question: Question, questionnaire: Questionnaire, bodies: Sequence[Any]) -> dict[Key, Expected]:
    found = {}
    for row in question.rows:
        for breakdown, code, group in national(bodies, [name for name in sides_of(question) if takes_part(row, name)]):
            counted = [body for body in group if body.answers is not None and is_asked(question, questionnaire, body)]
            cells = [body.answers.get(question.id, {}).get("cells", {}) for body in counted]
            values = [value for value in (row_value(question, row, own) for own in cells) if value is not None]
            if group:
                value = sum(values) if values else None
                found[row.code, "count", breakdown, code] = Expected(*head(group), len(counted), None, None, value)
    return found


class Guess(NamedTuple):
    """An estimate: of a tier, a procedure, a group or all."""

    total: int | None
    online: int
    someone_online: bool
    no_population: set[str]
    tiers_without: list[str]


def procedures(
    questions: Sequence[Question], questionnaire: Questionnaire, bodies: Sequence[Any]
) -> dict[Key, Expected]:
    found: dict[Key, Expected] = {}
    guesses: dict[str, Guess] = {}
    groups: dict[str, list[Guess]] = {}
    for question in questions:
        for row in question.rows:
            found |= presence(question, row, questionnaire, bodies)
            guess = together([of_tier(name, question, row, questionnaire, bodies) for name in tiers(question, row)])
            guesses[row.code] = guess
            groups.setdefault(question.group, []).append(guess)
    for group, members in groups.items():
        if group == "":
            continue
        guesses[group] = together(members)._replace(tiers_without=[])
    guesses["all"] = together([guess for members in groups.values() for guess in members])._replace(tiers_without=[])
    concerned = [body for body in bodies if any(side(body) in sides_of(question) for question in questions)]
    for code, guess in guesses.items():
        found |= guess_cells(code, guess, concerned)
    return found


def tiers(question: Question, row: Row) -> list[str]:
    return [name for name in sides_of(question) if takes_part(row, name)]


def procedure(question: Question, row: Row, body: Any) -> dict[str, Any]:
    cell = body.answers.get(question.id, {}).get("cells", {}).get(row.code, {})
    assert isinstance(cell, dict)
    return cell


def presence(question: Question, row: Row, questionnaire: Questionnaire, bodies: Sequence[Any]) -> dict[Key, Expected]:
    def exists(body: Any) -> bool:
        return procedure(question, row, body).get("exists") == "yes"

    def online(body: Any) -> bool:
        return procedure(question, row, body).get("online") == "done"

    def asked(body: Any) -> bool:
        return is_asked(question, questionnaire, body) and takes_part(row, side(body))

    def asked_online(body: Any) -> bool:
        return asked(body) and exists(body)

    sides = tiers(question, row)
    return tally((row.code, "exists"), bodies, sides, asked, exists) | tally(
        (row.code, "online"), bodies, sides, asked_online, online
    )


def of_tier(name: str, question: Question, row: Row, questionnaire: Questionnaire, bodies: Sequence[Any]) -> Guess:
    having, basis = [], []
    for body in bodies:
        if side(body) != name or body.answers is None or not is_asked(question, questionnaire, body):
            continue
        cell = procedure(question, row, body)
        if cell.get("exists") == "yes":
            having.append(body)
            if cell.get("online") == "done" and "unknown" not in cell.values():
                basis.append((body, cell))
    if not basis:
        return Guess(0, 0, False, set(), [name])
    online = sum(cell["online_count"] for _, cell in basis)
    unpopulated = {body.code for body in having if body.population is None}
    reached = sum(body.population or 0 for body, _ in basis)
    if unpopulated or reached == 0:
        return Guess(None, online, True, unpopulated, [])
    people = sum(body.population for body in having)
    exact = Fraction(sum(cell["total"] for _, cell in basis) * people, reached)
    return Guess(floor(exact + Fraction(1, 2)), online, True, set(), [])


def together(parts: list[Guess]) -> Guess:
    totals = [part.total for part in parts]
    return Guess(
        None if None in totals else sum(total for total in totals if total is not None),
        sum(part.online for part in parts),
        any(part.someone_online for part in parts),
        set().union(*(part.no_population for part in parts)),
        [name for part in parts for name in part.tiers_without],
    )


def guess_note(guess: Guess) -> str:
    if not guess.someone_online:
        return "推計の基礎となるオンライン実施団体なし"
    if guess.no_population:
        return f"人口が登録されていない団体が{len(guess.no_population)}団体あるため、推計できない"
    if guess.total is None:
        return "オンライン実施団体の人口が０のため、推計できない"
    names = {"prefecture": "都道府県", "municipality": "市区町村"}
    without = "・".join(names[name] for name in guess.tiers_without)
    said = f"{without}は推計の基礎となるオンライン実施団体なし" if without else ""
    if guess.total == 0:
        return "実績なし；" + said if said else "実績なし"
    return said


def guess_cells(code: str, guess: Guess, bodies: list[Any]) -> dict[Key, Expected]:
    rate = None
    if guess.total is not None:
        rate = percent(guess.online, guess.total) if guess.total else Decimal("0.0")
    cells = {
        "estimate": Expected(*head(bodies), None, None, None, guess.total, guess_note(guess)),
        "online_count": Expected(*head(bodies), None, None, None, guess.online),
        "rate": Expected(*head(bodies), None, None, rate, None, guess_note(guess)),
    }
    return {(code, column, "national", "total"): cell for column, cell in cells.items()}


def leading(
    question: Question, questionnaire: Questionnaire, bodies: Sequence[Any], columns: Sequence[str], rows: int
) -> tuple[list[str], list[str]]:
    """The rows a figure prints, and those left out though they tie with the last; nothing if nobody has anything."""
    counts = []
    for row in question.rows:
        count = 0
        for body in bodies:
            if body.answers is not None and is_asked(question, questionnaire, body):
                count += body.answers.get(question.id, {}).get("cells", {}).get(row.code) in columns
        counts.append((row.code, count))
    if all(count == 0 for _, count in counts):
        return [], []
    printed: list[tuple[str, int]] = []
    while len(printed) < min(rows, len(counts)):
        rest = [pair for pair in counts if pair not in printed]
        best = max(count for _, count in rest)
        printed.append(next(pair for pair in rest if pair[1] == best))
    tied = [pair[0] for pair in counts if pair not in printed and pair[1] == printed[-1][1]]
    return [code for code, _ in printed], tied


KINDS_OF_TABLE = {
    "single-choice": choice,
    "multiple-choice": choice,
    "matrix": matrix,
    "tick-matrix": matrix,
    "matrix-integer": sums,
}


def cells(public_id: str, questionnaire: Questionnaire, bodies: Sequence[Any]) -> dict[Key, Expected]:
    """Every cell of the table of a question."""
    questions = questionnaire.parts[public_id]
    if questions[0].kind == "procedures":
        return procedures(questions, questionnaire, bodies)
    return KINDS_OF_TABLE[questions[0].kind](questions[0], questionnaire, bodies)


def over_the_years(
    id: str, year: int, own: dict[Key, Expected], row: str, past: Sequence[Any], groups: Sequence[str]
) -> dict[Key, Expected]:
    """A series: past values of the years before `year`, and for that year a row of another table laid on its side."""
    found = {}
    for published in past:
        if published.table == id and int(published.column) < year:
            share = published.percent
            if share is None and published.count is not None and published.base is not None:
                share = percent(published.count, published.base)
            key = (published.row, published.column, "national", published.group)
            found[key] = Expected(None, None, published.base, published.count, share, published.value, published.note)
    for (source_row, column, breakdown, group), cell in own.items():
        if source_row == row and breakdown == "national" and group in groups:
            found[row if column == "" else column, str(year), "national", group] = cell
    return found
