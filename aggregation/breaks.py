"""Why the numbers of a question do not go on from one round to the next: seen in its definitions, by ids. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from aggregation.tables import Table
from surveys.era import era_year
from surveys.questionnaire import Question, Text

NOT_ASKED = Text("{year}年度は、この問をたずねていません。", "FY{year} did not ask this question.")
ASKED_AGAIN = Text("{year}年度から、この問をまたたずねています。", "Asked again from FY{year} on.")
ANOTHER_KIND = Text("{year}年度から、答え方の形が変わりました。", "From FY{year} on answered in another form.")
ADDED = Text("{year}年度から「{names}」が加わりました。", "From FY{year} on there is also “{names}”.")
REMOVED = Text("{year}年度から「{names}」がなくなりました。", "From FY{year} on there is no “{names}”.")
ANOTHER_BASE = Text("{year}年度から、うかがう団体の範囲が変わりました。", "From FY{year} on other bodies are asked.")


@dataclass(frozen=True)
class Round:
    """A published round: the table as everybody may see it and the questions behind it; none if it did not ask them."""

    year: int
    table: Table | None
    questions: tuple[Question, ...]


def changes(rounds: Iterable[Round]) -> Iterator[list[Text]]:
    """For each round, in their order, why its numbers do not go on from the round before; nothing for the first."""
    before: Round | None = None  # the last round that asked
    is_gap = False
    for each in rounds:
        found = []
        if before is not None and not each.questions and not is_gap:
            found.append(_say(NOT_ASKED, each.year))
        if before is not None and each.questions:
            found += [_say(ASKED_AGAIN, each.year)] if is_gap else []
            found += _differences(before.questions, each)
        yield found
        is_gap = not each.questions
        before = each if each.questions else before


def _differences(before: Sequence[Question], after: Round) -> Iterator[Text]:
    """What changed in a question, so that its numbers do not go on."""
    if {each.kind for each in before} != {each.kind for each in after.questions}:
        yield _say(ANOTHER_KIND, after.year)
        return
    was, now = _labels(before), _labels(after.questions)
    for text, names in ((ADDED, _without(now, was)), (REMOVED, _without(was, now))):
        if names:
            yield _say(text, after.year, names)
    if _is_another_base(before, after.questions):
        yield _say(ANOTHER_BASE, after.year)


def _say(text: Text, year: int, names: Sequence[Text] = ()) -> Text:
    ja, en = "」「".join(name.ja for name in names), "”, “".join(name.en for name in names)
    return Text(text.ja.format(year=era_year(year), names=ja), text.en.format(year=year, names=en))


def _labels(questions: Iterable[Question]) -> dict[tuple[str, str], Text]:
    """The options, rows and columns of some questions."""
    return {
        (sort, entry.code): entry.label
        for each in questions
        for sort, entries in (("option", each.options), ("row", each.rows), ("column", each.columns))
        for entry in entries
    }


def _without(some: Mapping[tuple[str, str], Text], others: Mapping[tuple[str, str], Text]) -> list[Text]:
    return [label for key, label in some.items() if key not in others]


def _asked(questions: Sequence[Question]) -> dict[tuple[str, str], object]:
    """Who is asked each question and each of its rows."""
    found: dict[tuple[str, str], object] = {(each.id, ""): (each.respondents, each.gate) for each in questions}
    return found | {(each.id, row.code): row.respondents for each in questions for row in each.rows}


def _is_another_base(before: Sequence[Question], after: Sequence[Question]) -> bool:
    """Whether others are asked what is in both; what has come or gone is another matter."""
    was, now = _asked(before), _asked(after)
    return any(was[place] != now[place] for place in was if place in now)
