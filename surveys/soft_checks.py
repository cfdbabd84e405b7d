"""The closed table of operators of soft checks: each finds what is to be confirmed in one answer. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from surveys import doubt_texts as say
from surveys import words
from surveys.case import Case, amount, both, fill, labels, row_label, states
from surveys.doubted import Doubt, Fact
from surveys.era import era_year
from surveys.past import Place, Range, numbers
from surveys.questionnaire import Question, SoftCheck, Text

CHOICES = ("single-choice", "multiple-choice", "matrix")
NUMERIC = ("matrix-integer", "procedures")

NUMBER_FACTS = frozenset({"row", "before", "now", "times"})
PEER_FACTS = frozenset({"row", "now", "low", "high", "bodies"})
CHANGE_FACTS = frozenset({"row", "before", "now"})
PAIR_FACTS = frozenset({"row", "question", "now", "other", "that"})


@dataclass(frozen=True)
class Operator:
    """An operator: the kinds of question it looks at, the keys it needs, and the facts its message may name.

    Of the operators of one aspect only the first that finds something asks about a place; without an aspect each does.
    """

    aspect: str
    kinds: tuple[str, ...]
    needs: frozenset[str]
    facts: frozenset[str]
    find: Callable[[SoftCheck, Question, Case], Iterator[Doubt]]
    takes: frozenset[str] = frozenset()


def _asked_rows(check: SoftCheck, row: str) -> bool:
    return not check.rows or row in check.rows


def _peers(question: Question, found: Range) -> Fact:
    label = say.PEERS_OF_SIZE if found.has_band else say.PEERS_OF_KIND
    year = Text(f"{era_year(found.year)}年度", f"FY{found.year}")
    value = Text(
        f"{found.low:,}～{words.amount(question, found.high, 'ja')}",
        f"{found.low:,}–{words.amount(question, found.high, 'en')}",
    )
    return Fact(fill(label, {"bodies": both(lambda _: f"{found.bodies:,}"), "fy": year}), value)


def _number(check: SoftCheck, question: Question, case: Case, place: Place, *, sentence: Text, **more: Any) -> Doubt:
    """A doubt about a number: what was last time, what is now, and the range of the peers, as far as they are known."""
    row, column = place
    now = numbers(question, case.answers[question.id])[place]
    before: int | None = more.pop("before")
    found = case.ranges.get((question.public_id, row, column))
    said = {"row": row_label(question, row, column), "now": amount(question, now), **more.pop("said")}
    facts = [] if before is None else [Fact(case.label_before(), amount(question, before))]
    facts.append(Fact(say.THIS_TIME, said["now"]))
    facts += [_peers(question, found)] if found else []
    return Doubt(
        check.id,
        question.id,
        row,
        column,
        title=say.IS_NUMBER_RIGHT,
        message=fill(check.message or sentence, said),
        facts=tuple(facts),
        right=fill(say.NUMBER_IS_RIGHT, said),
        mend=say.MEND_NUMBER,
        **more,
    )


def _numbers(check: SoftCheck, question: Question, case: Case) -> Iterator[tuple[Place, int, int | None]]:
    """The numbers that a check looks at, with those of the round before."""
    earlier = case.past.numbers(question.public_id) if case.past else {}
    for place, now in numbers(question, case.answers[question.id]).items():
        if _asked_rows(check, place[0]):
            yield place, now, earlier.get(place)


def _tenfold(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    """At least ten times the last number or at most a tenth of it, and at least `least` away from it."""
    for place, now, before in _numbers(check, question, case):
        if before is None or abs(now - before) < check.least or not (now >= 10 * before or before >= 10 * now):
            continue
        sentence, times = say.FROM_OR_TO_NONE, Text("", "")
        if now and before:
            sentence = say.TIMES if now > before else say.PART
            more, less = max(now, before), min(now, before)
            plain = f"{round(more / less):,}"
            times = (
                both(lambda language, plain=plain: plain)
                if more % less == 0
                else Text(say.ABOUT.ja + plain, say.ABOUT.en + plain)
            )
        said = {"before": amount(question, before), "times": times}
        yield _number(check, question, case, place, sentence=sentence, before=before, said=said, basis=(before, now))


def _outside_peers(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    """More than `times` times the upper end of the peers' range, or less than that part of its lower end, and at least
    `least` away from it."""
    for place, now, before in _numbers(check, question, case):
        found = case.ranges.get((question.public_id, *place))
        if found is None:
            continue
        above = now > check.times * found.high and now - found.high >= check.least
        below = now * check.times < found.low and found.low - now >= check.least
        if above or below:
            said = {
                "low": amount(question, found.low),
                "high": amount(question, found.high),
                "bodies": both(lambda _, found=found: f"{found.bodies:,}"),
            }
            basis = (now, found.low, found.high)
            yield _number(check, question, case, place, sentence=say.OUTSIDE, before=before, said=said, basis=basis)


def _change(check: SoftCheck, question: Question, case: Case, row: str, was: Text, now: Text, basis: Any) -> Doubt:
    """A doubt about an answer that is another one than last time."""
    said = {"row": row_label(question, row), "before": was, "now": now}
    return Doubt(
        check.id,
        question.id,
        row,
        "",
        title=fill(say.IS_ANSWER_RIGHT, said),
        message=fill(check.message or (say.ROW_WAS if row else say.WAS), said),
        facts=(Fact(case.label_before(), was), Fact(say.THIS_TIME, now)),
        right=fill(say.ANSWER_IS_RIGHT, said),
        mend=say.MEND_ANSWER,
        basis=basis,
    )


def _gone(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    """One of `was` last time, and none of them now; of a multiple choice, each of `was` that is no longer chosen."""
    if question.kind == "multiple-choice":
        return _no_longer_chosen(check, question, case)
    return _moved(check, question, case, lambda now: now not in check.was)


def _unplanned(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    """One of `was` last time, and one of `now` this time: a plan that un-happened."""
    return _moved(check, question, case, lambda now: now in check.now)


def _moved(check: SoftCheck, question: Question, case: Case, is_doubtful: Callable[[str], bool]) -> Iterator[Doubt]:
    if earlier := case.before(question):
        before = states(*earlier)
        for row, codes in states(question, case.answers[question.id]).items():
            was = before.get(row, ())
            if _asked_rows(check, row) and set(was) & set(check.was) and is_doubtful(codes[0]):
                yield _change(
                    check, question, case, row, labels(earlier[0], was), labels(question, codes), (was, codes)
                )


def _no_longer_chosen(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    if earlier := case.before(question):
        before, now = (states(*side).get("", ()) for side in (earlier, (question, case.answers[question.id])))
        for code in check.was:
            if code in before and code not in now:
                said = {"row": row_label(question, code), "before": say.CHOSEN, "now": say.NOT_CHOSEN}
                message = fill(check.message or say.WAS_CHOSEN, said)
                found = _change(check, question, case, code, say.CHOSEN, say.NOT_CHOSEN, (True, False))
                now_text = fill(say.NO_LONGER, said)
                yield replace(
                    found,
                    message=message,
                    title=Text(f"今回は{now_text.ja}でよろしいですか", f"Is {now_text.en} right this time?"),
                    right=Text(f"{now_text.ja}で正しい", f"{now_text.en} is right"),
                )


def _implies(check: SoftCheck, question: Question, case: Case) -> Iterator[Doubt]:
    """One of `now` is answered here, and the `other` question is answered otherwise than `expected`. Rows are held
    against the row of the same code, or against `other_row`."""
    if check.other not in case.answers:
        return
    other = case.questionnaire.question_by_id[check.other]
    there = states(other, case.answers[other.id])
    for row, codes in states(question, case.answers[question.id]).items():
        found = tuple(code for code in codes if code in check.now)
        other_row = check.other_row or (row if other.rows else "")
        against = there.get(other_row, ())
        if _asked_rows(check, row) and found and against and not set(against) & set(check.expected):
            yield _pair(check, (question, row, found), (other, other_row, against))


Side = tuple[Question, str, tuple[str, ...]]


def _pair(check: SoftCheck, here: Side, there: Side) -> Doubt:
    """A doubt about two answers that do not go together."""
    (question, row, codes), (other, other_row, against) = here, there
    said = {
        "row": row_label(question, row),
        "question": question.title,
        "now": labels(question, codes),
        "other": other.title,
        "that": labels(other, against),
    }
    names = [question.title, other.title]
    if check.other_row:  # rows of different tables: the rows say what it is about
        names = [row_label(question, row), row_label(other, other_row)]
    return Doubt(
        check.id,
        question.id,
        row,
        "",
        title=say.ARE_BOTH_RIGHT,
        message=fill(check.message or (say.ROW_BUT if row else say.BUT), said),
        facts=(Fact(names[0], said["now"]), Fact(names[1], said["that"])),
        right=say.BOTH_ARE_RIGHT,
        mend=say.MEND_ONE,
        basis=(codes, against),
        other=other.id,
        other_row=other_row,
    )


def _keys(*names: str) -> frozenset[str]:
    return frozenset(names)


OPERATORS: dict[str, Operator] = {
    "tenfold": Operator("number", NUMERIC, _keys("least"), NUMBER_FACTS, _tenfold),
    "outside_peers": Operator("number", NUMERIC, _keys("least", "times"), PEER_FACTS, _outside_peers),
    "gone": Operator("change", CHOICES, _keys("was"), CHANGE_FACTS, _gone),
    "unplanned": Operator("change", ("single-choice", "matrix"), _keys("was", "now"), CHANGE_FACTS, _unplanned),
    "implies": Operator("", CHOICES, _keys("now", "other", "expected"), PAIR_FACTS, _implies, takes=_keys("other_row")),
}
