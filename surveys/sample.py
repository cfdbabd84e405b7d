"""The pages of a questionnaire as bodies will see them, with nothing behind them: a place to try answers."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from surveys import pages
from surveys.forms import PAGE, SectionForm
from surveys.models import Body, SectionAnswers
from surveys.questionnaire import Chapter, Questionnaire, Section


@dataclass(frozen=True)
class Sample:
    """The page of a section for a kind of body; `data` is what somebody tries. Nothing of it is ever saved."""

    questionnaire: Questionnaire
    kind: str
    section: Section
    data: QueryDict | None = None

    @classmethod
    def of(cls, questionnaire: Questionnaire, given: QueryDict) -> "Sample":
        """As asked for, otherwise the first section of the first kind of body."""
        kind = given.get("kind", "")
        section = questionnaire.section_by_id.get(given.get("section", ""), questionnaire.sections[0])
        is_tried = PAGE in given
        return cls(
            questionnaire,
            kind if kind in Body.Kind.values else Body.Kind.PREFECTURE,
            section,
            given if is_tried else None,
        )

    @cached_property
    def form(self) -> SectionForm | None:
        """None where the kind of body is not asked."""
        if not self.section.asked_of(self.kind):
            return None
        terms = self.questionnaire.term_by_id
        form = SectionForm(self.section, self.kind, SectionAnswers(section=self.section.id), self.data, terms=terms)
        if form.is_bound:
            form.full_clean()
            form.refused()
        return form

    @property
    def reference(self) -> object:
        return pages.reference(self.section, self.form.asked) if self.form else None

    @property
    def chapter(self) -> Chapter:
        return next(found for found in self.questionnaire.chapters if found.number == self.section.chapter)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Body.Kind.choices]

    @property
    def asked(self) -> str:
        """How many questions stand on the page, of how many."""
        shown = len(self.form.shown) if self.form else 0
        count = sum(question.asked_of(self.kind) for question in self.section.questions)
        return _("%(count)d問のうち%(shown)d問を表示") % {"count": count, "shown": shown}
