"""個別データ as files: one line a body, with codes, with labels, and which kind of empty each question is. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aggregation import individual
from aggregation.disclosure import Disclosed
from aggregation.export.long_form import LongForm, Value
from aggregation.export.plain_text import plain
from aggregation.groups import KIND_LABELS, NATIONAL_LABELS
from aggregation.individual import HEAD, KIND, STATE, Choices, Field, column_name
from aggregation.tables import BodyRow
from surveys.answers import ANSWERED, NO_RESPONSE
from surveys.questionnaire import PREFECTURE, Question, Questionnaire

HEAD_LABELS = (
    *("調査年度（西暦）", "版", "団体コード", "都道府県コード", "都道府県の名称", "団体の名称", "種別"),
    *("回答の状態", "データの種類"),
)
STATES_HEAD = ("year", "edition", "body", "origin")
FIELD_COLUMNS = (
    *("field", "heading", "question", "state_field", "number", "title", "text", "row", "row_label", "column"),
    *("column_label", "type", "unit", "codes", "respondents"),
)
CODE_COLUMNS = ("codes", "code", "label", "label_en")
BODY_COLUMNS = ("body", "prefecture_code", "prefecture", "name", "kind")
KINDS = {PREFECTURE: NATIONAL_LABELS[PREFECTURE], **KIND_LABELS}
ORIGINS = {"reported": "団体の回答", "synthetic": "合成データ"}


@dataclass(frozen=True)
class IndividualFile:
    """The answers by which an edition counts each body, cut down to the open questions."""

    year: int
    edition: str
    origin: str
    questionnaire: Questionnaire
    rule: Disclosed
    bodies: Sequence[BodyRow]

    @cached_property
    def questions(self) -> list[Question]:
        return individual.questions(self.questionnaire, self.rule)

    @cached_property
    def fields(self) -> list[Field]:
        return [field for question in self.questions for field in individual.fields(question)]

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The heads of the file with labels; those that several columns share are told apart by the name."""
        own = [plain(field.heading.ja) for field in self.fields]
        return tuple(
            heading if own.count(heading) == 1 else f"{heading}（{field.name}）"
            for heading, field in zip(own, self.fields, strict=True)
        )

    @cached_property
    def code_lists(self) -> dict[str, Choices]:
        return {KIND: tuple(KINDS.items()), **individual.code_lists(self.fields)}

    @cached_property
    def prefectures(self) -> dict[str, str]:
        """The name of each prefecture, as its own body has it."""
        return {body.prefecture: body.name for body in self.bodies if body.kind == PREFECTURE}

    def codes(self) -> LongForm:
        """A column for each datum, with codes and numbers."""
        names = tuple(field.name for field in self.fields)
        return self._form((*HEAD, *names), ((*self._head(body), *self._values(body)) for body in self.bodies))

    def labels(self) -> LongForm:
        """The same in words."""
        words = [{code: plain(label.ja) for code, label in field.choices} for field in self.fields]
        return self._form((*HEAD_LABELS, *self.headings), (self._in_words(body, words) for body in self.bodies))

    def _in_words(self, body: BodyRow, words: Sequence[Mapping[str, str]]) -> tuple[Value, ...]:
        said = zip(words, self._values(body), strict=True)
        return (*self._head_in_words(body), *(known.get(str(value), value) for known, value in said))

    def states(self) -> LongForm:
        """Which kind of empty, or answered, each question of each body is."""
        ids = (column_name(question.id) for question in self.questions)
        return self._form((*STATES_HEAD, *ids), map(self._states, self.bodies))

    def _states(self, body: BodyRow) -> tuple[Value, ...]:
        found = individual.states(self.questionnaire, body, self.questions)
        return (self.year, self.edition, body.code, self.origin, *found)

    def dictionary(self) -> LongForm:
        """What each column is."""
        rows = (self._described(*each) for each in zip(self.fields, self.headings, strict=True))
        return self._form(FIELD_COLUMNS, rows)

    def lists(self) -> LongForm:
        """The code lists."""
        found = self.code_lists.items()
        rows = ((name, code, plain(label.ja), label.en) for name, choices in found for code, label in choices)
        return self._form(CODE_COLUMNS, rows)

    def register(self) -> LongForm:
        """The bodies of the round as they were on the reference date."""
        return self._form(BODY_COLUMNS, ((body.code, *self._place(body), body.kind) for body in self.bodies))

    def _form(self, columns: tuple[str, ...], rows: Iterable[tuple[Value, ...]]) -> LongForm:
        return LongForm(self.year, self.origin, tuple(rows), columns)

    def _place(self, body: BodyRow) -> tuple[str, str, str]:
        return body.prefecture, self.prefectures.get(body.prefecture, ""), body.name

    def _head(self, body: BodyRow) -> tuple[Value, ...]:
        state = NO_RESPONSE if body.answers is None else ANSWERED
        return (self.year, self.edition, body.code, *self._place(body), body.kind, state, self.origin)

    def _head_in_words(self, body: BodyRow) -> tuple[Value, ...]:
        *head, kind, state, origin = self._head(body)
        states = dict(self.code_lists[STATE])
        return (*head, KINDS[str(kind)].ja, states[str(state)].ja, ORIGINS[str(origin)])

    def _values(self, body: BodyRow) -> Iterator[Value]:
        answers = body.answers or {}
        found = (individual.values(each, body.kind, answers.get(each.id, {})) for each in self.questions)
        return (value for values in found for value in values)

    def _described(self, field: Field, heading: str) -> tuple[Value, ...]:
        question = field.question
        row, column = (*(plain(label.ja) for label in field.labels), "", "")[:2]
        number = question.number.ja if question.number else ""
        unit = question.unit.ja if field.is_number and question.unit else ""
        kind = "string" if field.codes and field.codes != individual.TICKED else "integer"
        texts = (plain(question.title.ja), plain(question.text.ja))
        head = (field.name, heading, question.public_id, column_name(question.id), number, *texts)
        return (*head, field.row, row, field.column, column, kind, unit, field.codes, field.respondents)


PARTS: dict[str, Callable[[IndividualFile], LongForm]] = {
    "answers-codes.csv": IndividualFile.codes,
    "answers-labels.csv": IndividualFile.labels,
    "answers-states.csv": IndividualFile.states,
    "bodies.csv": IndividualFile.register,
    "fields.csv": IndividualFile.dictionary,
    "codes.csv": IndividualFile.lists,
}
