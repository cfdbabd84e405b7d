"""What stands over a figure: how many bodies were asked and, if not all, which. Pure."""

from aggregation.fact_words import LANGUAGES
from aggregation.narrative import Book, shipped
from aggregation.tables import NATIONAL, Table
from surveys.questionnaire import Column, Option, Questionnaire, Text


def base_words(table: Table, side: str, questionnaire: Questionnaire, book: Book | None = None) -> Text | None:
    """How many bodies of a side were asked and, if not all, which: 「CIOを任命している35団体中」.

    None where the rows of the table differ in it, or where the side has no numbers.
    """
    cells = [cell for cell in table.cells if cell.breakdown == NATIONAL and cell.group == side]
    bases = {cell.base for cell in cells if cell.count is not None}
    if len(bases) != 1 or None in bases:
        return None
    (base,) = bases
    told = (book or shipped()).tables.get(table.id)
    words = told.base if told and told.base else _gate_words(table, questionnaire)
    return Text(*(words.in_language(language).format(base=f"{base:,}") for language in LANGUAGES))


def _gate_words(table: Table, questionnaire: Questionnaire) -> Text:
    """Who is asked, by the gate of the question."""
    gates = [part.gate for part in questionnaire.parts.get(table.id, ()) if part.gate]
    if not gates:
        return Text("{base}団体", "{base} bodies")
    asked = [questionnaire.question_by_id[id] for id in gates[0].questions]
    choices: list[Option | Column] = []
    for question in asked:
        choices += [*question.options, *question.columns]
    labels = {each.code: each.label for each in choices}
    named = [labels[code] for code in gates[0].values]
    ja = "・".join(str(question.number or question.title) for question in asked)
    en = ", ".join((question.number or question.title).en for question in asked)
    answers_ja, answers_en = "".join(f"「{each.ja}」" for each in named), ", ".join(f"“{each.en}”" for each in named)
    besides = gates[0].operator == "any_option_except"
    verb_ja, verb_en = ("以外", "other than ") if besides else ("", "")
    return Text(
        f"{ja}で{answers_ja}{verb_ja}を選んだ{{base}}団体中",
        f"of {{base}} bodies that chose {verb_en}{answers_en} in {en}",
    )
