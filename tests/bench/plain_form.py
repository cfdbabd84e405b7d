"""The fields of a section as a plain Django form would have them, with Django's own widgets and template."""

from collections.abc import Iterator
from typing import Any

from django import forms

from surveys import places
from surveys.answers import OTHER_TEXT, UNKNOWN
from surveys.forms import SectionForm
from surveys.questionnaire import Question

Named = tuple[str, forms.Field, Any]  # the name of a field, the field, and what it shows


def render(form: SectionForm) -> str:
    """The same questions, choices and values as on the page of the form, as `as_div` renders them."""
    made = forms.Form(initial={name: value for name, _field, value in _all(form)})
    made.fields = {name: field for name, field, _value in _all(form)}
    return str(made.as_div())


def _all(form: SectionForm) -> Iterator[Named]:
    for question in form.shown:
        values = form.values(question)
        for name, place in places.fields(question, form.kind).items():
            yield from _fields(question, name, *place, values.getlist(name))


def _fields(question: Question, name: str, row: str, column: str, values: list[str]) -> Iterator[Named]:
    entry = question.row_by_code.get(row) or question.option_by_code.get(row)
    label = str(entry.label if entry else question.text)
    first = values[0] if values else ""
    if column == OTHER_TEXT:
        yield name, forms.CharField(label=label, widget=forms.Textarea, required=False), first
    elif question.kind == "multiple-choice":
        chosen = forms.MultipleChoiceField(
            label=label, choices=_choices(question.options), widget=forms.CheckboxSelectMultiple, required=False
        )
        yield name, chosen, values
    elif question.kind == "tick-matrix":
        yield name, forms.BooleanField(label=label, required=False), bool(values)
    elif question.kind == "matrix-integer":
        yield name, forms.IntegerField(label=label, widget=forms.TextInput, required=False), first
    elif question.kind == "procedures":
        yield from _procedure(question, name, label, column, values)
    else:
        yield name, _radio(label, question.columns or question.options), first


def _procedure(question: Question, name: str, label: str, column: str, values: list[str]) -> Iterator[Named]:
    found = question.column_by_code[column]
    label = f"{label}：{found.label}"
    typed = [value for value in values if value != UNKNOWN]
    if found.choices:
        yield name, _radio(label, found.choices), values[0] if values else ""
    else:
        yield name, forms.IntegerField(label=label, widget=forms.TextInput, required=False), "".join(typed[:1])
    if found.unknown:
        yield f"{name}|unknown", forms.BooleanField(label=label, required=False), UNKNOWN in values


def _radio(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=_choices(choices), widget=forms.RadioSelect, required=False)


def _choices(entries: Any) -> list[tuple[str, str]]:
    return [(entry.code, str(entry.label)) for entry in entries]
