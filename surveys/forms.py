"""The form of one section of one response.

The fields are lenient and only carry what was typed: `answers.read`, which the import uses too, says what it means
and what cannot be taken. Nothing is validated a second time.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language

from surveys import answers as a
from surveys import places, rules, same
from surveys.changes import Side
from surveys.doubt_blocks import Settling
from surveys.layout import QuestionBlock
from surveys.models import SectionAnswers
from surveys.models.sections import Conflict, Saved
from surveys.questionnaire import Question, Section, Term, Text

SEEN, PAGE, CONFLICT, RESOLVE = "seen", "page", "conflict", "resolve"
MINE, THEIRS = "mine", "theirs"


class Posted(forms.Widget):
    """Everything that was posted under a name."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name))


class PlaceField(forms.Field):
    """The values typed or chosen for one place of an answer, as they came."""

    widget = Posted

    def __init__(self, row: str, column: str) -> None:
        super().__init__(required=False)
        self.row, self.column = row, column

    def data(self, values: Iterable[str]) -> Iterator[a.Datum]:
        """The posted values as data of the long form; an empty field is no datum."""
        return (a.Datum(self.row, self.column, value) for value in values if value.strip())


class SectionForm(forms.Form):
    """Unbound it shows the stored answers; bound it reads a post and then shows what is left to do.

    The page carries for each question the version it was made from and the fingerprint of the answer it showed, so
    that a post tells what this person changed, and a random name of its own. `changes` are the answers to save,
    `faulty` the asked questions with values that cannot be taken, `asked` the questions that apply with the answers as
    posted, `merged` those that others changed since the page was made. `earlier` are the answers of an earlier round,
    to stand beside.
    """

    def __init__(
        self,
        section: Section,
        kind: str,
        stored: SectionAnswers,
        data: QueryDict | None = None,
        *,
        person: str = "",
        terms: Mapping[str, Term] | None = None,
        earlier: Side | None = None,
        settling: Settling | None = None,
    ) -> None:
        self.pressed = same.press(data, section, kind, stored, earlier)
        super().__init__(self.pressed.data)
        self.settling = settling
        self.person, self.terms, self.earlier = person, terms or {}, earlier
        self.section, self.kind, self.stored = section, kind, stored
        self.is_saved = self.is_refused = False
        self.asked = rules.asked(section, kind, stored.answers)
        self.answers: dict[str, Any] = dict(stored.answers)
        self.changes: dict[str, Any] = {}
        self.faulty: dict[str, list[a.Fault]] = {}
        self.kept: set[str] = set()
        self.merged: list[str] = []
        self.conflicts: dict[str, Conflict] = {}
        for question in section.questions:
            if question.asked_of(kind):
                for name, place in places.fields(question, kind).items():
                    self.fields[name] = PlaceField(*place)

    # Reading a post

    @cached_property
    def page(self) -> str:
        """The name of the page, which it keeps while it stays open, and after a dot the number of its save, if any."""
        return self.data.get(PAGE, "") or secrets.token_urlsafe(12)

    @property
    def page_name(self) -> str:
        return self.page.partition(".")[0]

    @cached_property
    def rendered(self) -> dict[str, tuple[int, str]]:
        """The version and the fingerprint that the page carried for each question on it.

        What is no number counts as the oldest version, so that nothing is lost.
        """
        found = {}
        for question in self.section.questions:
            if question.asked_of(self.kind) and f"{SEEN}|{question.id}" in self.data:
                version, _, fingerprint = self.data[f"{SEEN}|{question.id}"].partition("-")
                found[question.id] = (int(version) if version.isascii() and version.isdigit() else 0, fingerprint)
        return found

    @property
    def seen(self) -> dict[str, int]:
        """The version at which each question on the page was seen."""
        return {id: version for id, (version, _) in self.rendered.items()}

    def clean(self) -> None:
        """Read the questions that stood on the page, and decide what was changed and what applies now."""
        faults = {id: self._take(self.section.question_by_id[id]) for id in self.rendered}
        self.answers = {**self.stored.answers, **self.changes}
        self.asked = rules.asked(self.section, self.kind, self.answers)
        self.faulty = {id: found for id, found in faults.items() if found and id in self.asked}
        for id in faults.keys() - self.asked.keys():
            # What is hidden now is not checked. An unreadable value there must not wipe out the answer kept for later.
            if faults[id]:
                self.changes.pop(id, None)
        for id, found in self.faulty.items():
            question = self.section.question_by_id[id]
            for fault in found:
                name = places.field_name(question, fault.row, fault.column)
                self.add_error(name, fault.message.in_language(get_language() or "ja"))

    def _take(self, question: Question) -> list[a.Fault]:
        """Note a changed answer; returns what of it could not be read."""
        answer, faults = self._read(question)
        changed = faults or a.fingerprint(answer) != self.rendered[question.id][1]
        if changed and self.data.get(f"{RESOLVE}|{question.id}") != THEIRS:
            self.changes[question.id] = answer
            return faults
        return []

    def _read(self, question: Question) -> tuple[dict[str, Any], list[a.Fault]]:
        data: list[a.Datum] = []
        for name in places.fields(question, self.kind):
            field = self.fields[name]
            assert isinstance(field, PlaceField)
            data += field.data(self.cleaned_data[name])
        return a.read(question, self.kind, data)

    @property
    def undecided(self) -> list[str]:
        """The conflicts the page asked about that the person has not decided yet: left out of this save."""
        asked_about = [id for id in self.changes if f"{CONFLICT}|{id}" in self.data and id in self.stored.marks]
        return [id for id in asked_about if self.data.get(f"{RESOLVE}|{id}") != MINE]

    # Showing a page again

    def again(self, stored: SectionAnswers, saved: Saved) -> None:
        """Show the page after a save: what was not stored stays as typed, everything else as it is stored now."""
        undecided = [stored.conflict(id, self.changes[id]) for id in self.undecided]
        self.conflicts = {conflict.question: conflict for conflict in (*undecided, *saved.conflicts)}
        self.is_saved = not saved.conflicts
        self._show(stored, unsaved={id: self.changes[id] for id in (self.conflicts if self.is_saved else self.changes)})
        newest = max(self.seen.values(), default=0)
        self.merged = [
            id
            for id in stored.marks
            if id not in self.changes and stored.is_newer(id, self.seen.get(id, newest), self.page)
        ]

    def refused(self) -> None:
        """Show the page after a save that was not allowed: everything stays as typed, against the version seen."""
        self._show(self.stored, unsaved=self.changes)
        self.is_refused = True

    def _show(self, stored: SectionAnswers, unsaved: Mapping[str, Any]) -> None:
        self.stored = stored
        self.kept = {*self.faulty, *unsaved}
        self.answers = {**stored.answers, **unsaved}
        self.asked = rules.asked(self.section, self.kind, self.answers)

    def values(self, question: Question) -> MultiValueDict[str, str]:
        """What the fields of a question show, by name."""
        if question.id in self.kept:
            return MultiValueDict({name: self._posted_under(name) for name in places.fields(question, self.kind)})
        stored = self.stored.answers.get(question.id, {})
        return MultiValueDict(places.values(question, a.write(question, stored)))

    def _posted_under(self, name: str) -> list[str]:
        return Posted().value_from_datadict(self.data, None, name)

    def basis(self, question: Question) -> str:
        """The version and the fingerprint of the stored answer that the page is made from."""
        if self.is_refused and question.id in self.rendered:
            return self._posted_under(f"{SEEN}|{question.id}")[0]
        return f"{self.stored.version}-{a.fingerprint(self.stored.answers.get(question.id, {}))}"

    @property
    def shown(self) -> list[Question]:
        """The questions on the page: those asked, and those in conflict."""
        return [question for question in self.section.questions if question.id in {*self.asked, *self.conflicts}]

    def messages_at(self, question: Question) -> dict[str, list[str]]:
        """What is to be mended in a question, by field: values that cannot be read, and contradictions."""
        found: dict[str, list[str]] = {}
        if self.is_bound:
            for name in places.fields(question, self.kind):
                if name in self.errors and question.id in self.kept:
                    found[name] = [str(message) for message in self.errors[name]]
        for problem in rules.question_problems(question, self.kind, self.answers.get(question.id, {})):
            if problem.kind == rules.INCONSISTENT:
                name = places.field_name(question, problem.row, problem.column)
                found.setdefault(name, []).append(_in_language(problem.message))
        return found

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(*(QuestionBlock(question) for question in self.shown))
        return helper


def _in_language(text: Text) -> str:
    return text.in_language(get_language() or "ja")
