"""The list behind each number of the overview: the bodies, cut down by what is asked for."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from surveys.attention import ATTENTION
from surveys.models import Response, SectionAnswers
from surveys.models.responses import ResponseQuerySet
from surveys.overview import Overview, is_so
from surveys.standing import CHOSEN, LABELS, standing
from surveys.templatetags.surveys import localised

ANY = ("", _("すべて"))


class BodyFilter(forms.Form):
    """What of the list is asked for; every field may be empty."""

    state = forms.ChoiceField(label=_("状態"), required=False)
    prefecture = forms.ChoiceField(label=_("都道府県"), required=False)
    kind = forms.ChoiceField(label=_("種別"), required=False)
    attention = forms.ChoiceField(label=_("手当てが要る団体"), required=False)
    finished = forms.ChoiceField(label=_("終わった項目"), required=False)
    unfinished = forms.ChoiceField(label=_("終わっていない項目"), required=False)

    def __init__(self, overview: Overview, data: Any) -> None:
        super().__init__(data)
        self.overview = overview
        sections = [(each.id, f"{each.number}　{localised(each.title)}") for each, _total in overview.asked]
        choices: dict[str, list[tuple[str, Any]]] = {
            "state": [(name, LABELS[name]) for name in CHOSEN],
            "prefecture": [(each.key, each.label) for each in overview.prefectures],
            "kind": [(each.key, each.label) for each in overview.kinds],
            "attention": [(name, found.label) for name, found in ATTENTION.items()],
            "finished": sections,
            "unfinished": sections,
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [ANY, *found]
            field.error_messages["invalid_choice"] = _("この絞り込みはできません。選び直してください。")

    @property
    def responses(self) -> ResponseQuerySet:
        """What is asked for, in code order; nothing where a choice is not known."""
        if not self.is_valid():
            return self.overview.responses.none()
        wanted = Q()
        for name, value in self.asked.items():
            wanted &= _CONDITIONS[name](value, self.overview)
        return self.overview.responses.filter(wanted).order_by("body__code")

    @property
    def asked(self) -> dict[str, str]:
        """What the list is cut down by."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def in_admin(self) -> str:
        """The query of the same list where the ministry works; empty where that cannot be asked for."""
        if not self.is_valid() or not self.asked.keys() <= _IN_ADMIN.keys():
            return ""
        return urlencode({"round": self.overview.survey.year, **{_IN_ADMIN[k]: v for k, v in self.asked.items()}})


_IN_ADMIN = {name: name for name in ("state", "prefecture", "attention")} | {"kind": "kind__exact"}


def _finished(section: str, overview: Overview) -> Q:
    stored = SectionAnswers.objects.filter(response=OuterRef("pk"), section=section, complete=True)
    return Q(Exists(stored))


def _unfinished(id: str, overview: Overview) -> Q:
    section = overview.survey.questionnaire.section_by_id[id]
    asked = [kind.key for kind in overview.kinds if section.asked_of(kind.key)]
    return ~_finished(id, overview) & Q(kind__in=asked)


_CONDITIONS: dict[str, Callable[[str, Overview], Q]] = {
    "state": lambda value, overview: CHOSEN[value],
    "prefecture": lambda value, overview: Q(body__prefecture_code=value),
    "kind": lambda value, overview: Q(kind=value),
    "attention": lambda value, overview: ATTENTION[value].condition(),
    "finished": _finished,
    "unfinished": _unfinished,
}


class Row(NamedTuple):
    """A body in the list: its response with `standing`, `finished` (sections), `changed_at` and an `is_…` for each
    reason to attend to it; the sections it is asked; these reasons by name, in words."""

    response: Any
    asked: int
    needs: dict[str, Any]


def detailed(responses: ResponseQuerySet) -> QuerySet[Response]:
    """With what a row shows of each."""
    own = SectionAnswers.objects.filter(response=OuterRef("pk")).order_by().values("response")
    complete = own.filter(complete=True).annotate(count=Count("pk")).values("count")
    needs = {f"is_{name}": is_so(found.condition()) for name, found in ATTENTION.items()}
    return (
        responses.annotate(
            standing=standing(),
            finished=Coalesce(Subquery(complete), 0),
            changed_at=Subquery(own.annotate(last=Max("changed_at")).values("last")),
            **needs,
        )
        .select_related("survey", "body", "submission")
        .defer("survey__document", "submission__document", "submission__reasons")
    )


def rows(overview: Overview, responses: Iterable[Response]) -> list[Row]:
    questionnaire = overview.survey.questionnaire
    asked = {kind.key: len(questionnaire.sections_for(kind.key)) for kind in overview.kinds}
    return [
        Row(
            response,
            asked[response.kind],
            {name: found.label for name, found in ATTENTION.items() if getattr(response, f"is_{name}")},
        )
        for response in responses
    ]
