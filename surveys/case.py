"""The answers that a soft check looks at, what they are held against, and what their parts are called. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys import words
from surveys.era import era_year
from surveys.past import Past, Ranges
from surveys.questionnaire import Question, Questionnaire, Text
from surveys.rules import Answer, Answers


def states(question: Question, answer: Answer) -> dict[str, tuple[str, ...]]:
    """The codes chosen, by row; a question without rows has the row ""."""
    if question.rows:
        return {row: (column,) for row, column in answer.get("cells", {}).items()}
    chosen = tuple(answer.get("values", ())) or ((answer["value"],) if "value" in answer else ())
    return {"": chosen} if chosen else {}


@dataclass
class Case:
    """The answers of one body, and what they are held against."""

    questionnaire: Questionnaire
    answers: Answers  # only those asked, complete and without contradiction
    past: Past | None = None
    ranges: Ranges = field(default_factory=dict)

    def before(self, question: Question) -> tuple[Question, Answer] | None:
        """The same question of the round before with its answer, if it was asked then in the same form."""
        if self.past is None or question.id not in self.past.answers:
            return None
        then = self.past.questionnaire.question_by_id[question.id]
        return (then, self.past.answers[question.id]) if then.kind == question.kind else None

    def label_before(self) -> Text:
        assert self.past is not None
        year = self.past.questionnaire.year
        return Text(f"前回（{era_year(year)}年度）", f"Last time (FY{year})")


def both(text: Any) -> Text:
    """A text from a function of the language."""
    return Text(text("ja"), text("en"))


def fill(sentence: Text, facts: Mapping[str, Text]) -> Text:
    """A sentence with its places filled in."""
    ja, en = ({name: text.in_language(language) for name, text in facts.items()} for language in ("ja", "en"))
    return Text(sentence.ja.format(**ja), sentence.en.format(**en))


def joined(labels: list[Text]) -> Text:
    return Text("、".join(label.ja for label in labels), ", ".join(label.en for label in labels))


def labels(question: Question, codes: tuple[str, ...]) -> Text:
    """The labels of chosen options, or of a column of a matrix."""
    known: Mapping[str, Any] = question.option_by_code or question.column_by_code
    return joined([known[code].label for code in codes])


def row_label(question: Question, row: str, column: str = "") -> Text:
    """What a place is called: its row, with the column where a row has several numbers; else the question's title."""
    if not row:
        return question.title
    label = (question.row_by_code.get(row) or question.option_by_code[row]).label
    if question.kind != "procedures":
        return label
    column_label = question.column_by_code[column].label
    return Text(f"{label.ja}の{column_label.ja}", f"{label.en}: {column_label.en}")


def amount(question: Question, value: int) -> Text:
    return both(lambda language: words.amount(question, value, language))
