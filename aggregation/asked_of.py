"""Of whom a table was asked, in words. Pure."""

from collections.abc import Iterator

from surveys.questionnaire import Column, Option, Question, Questionnaire, Text
from surveys.words import EITHER, GATES, QUOTED


def gates(questionnaire: Questionnaire, table: str) -> list[Text]:
    """The gates of the questions behind a table: 第１図で「任命している」を選んだ団体にうかがいます。"""
    parts = questionnaire.parts.get(table, ())
    found = (_of(questionnaire, question) for question in parts)
    return list(dict.fromkeys(text for text in found if text))


def _of(questionnaire: Questionnaire, question: Question) -> Text | None:
    if question.gate is None:
        return None
    sources = [questionnaire.question_by_id[id] for id in question.gate.questions]
    known: dict[str, Option | Column] = {**sources[0].option_by_code, **sources[0].column_by_code}
    labels = [known[value].label for value in question.gate.values]
    said = GATES[question.gate.operator]
    ja, en = (
        said.in_language(language).format(
            source=EITHER.in_language(language).join(_names(sources, language)),
            values=EITHER.in_language(language).join(
                QUOTED.in_language(language).format(label=label.in_language(language)) for label in labels
            ),
        )
        for language in ("ja", "en")
    )
    return Text(ja, en)


def _names(sources: list[Question], language: str) -> Iterator[str]:
    for source in sources:
        yield (
            source.number.in_language(language)
            if source.number
            else QUOTED.in_language(language).format(label=source.title.in_language(language))
        )
