"""The form of a correction: the form of a section over the answers last submitted, with the reason."""

import json

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys import places, rules
from surveys.answers import clean_text
from surveys.dossier import Dossier
from surveys.forms import SectionForm
from surveys.models import Correction, SectionAnswers
from surveys.questionnaire import Question, Section
from surveys.rules import MISSING

REASON, SEEN = "reason", "submission"
REASON_LIMIT = 2000  # signs


class CorrectionForm(SectionForm):
    """Nothing is stored while it is typed: what opens with a changed answer shows when the form is sent, and is to be
    answered with it. `submission` is the receipt number of the submission that the page shows."""

    def __init__(self, dossier: Dossier, section: Section, data: QueryDict | None = None) -> None:
        self.dossier, submission = dossier, dossier.last_submission()
        document = json.loads(submission.document)
        own = {id: answer for id, answer in document.items() if id in section.question_by_id}
        stored = SectionAnswers(section=section.id, version=submission.number, answers=own)
        terms = dossier.questionnaire.term_by_id
        super().__init__(section, dossier.kind, stored, data, person=dossier.user.name, terms=terms)
        self.submission = submission
        self.fields[REASON] = forms.CharField(
            required=False, max_length=REASON_LIMIT, label=_("訂正の理由"), initial=""
        )

    def clean_reason(self) -> str:
        reason = clean_text(self.cleaned_data[REASON])
        if not reason:
            raise forms.ValidationError(_("訂正の理由を書いてください。"))
        return reason

    @property
    def is_ready(self) -> bool:
        """Whether it can be sent on: everything can be read, nothing that is asked now is missing or inconsistent."""
        return self.is_valid() and not rules.problems(self.section, self.kind, self.answers)

    def send(self) -> Correction:
        """Ask for the correction; the ministry makes it at once. Raises NotAllowed."""
        act = Correction.ask if self.dossier.leads else Correction.enter
        changes = {id: answer for id, answer in self.changes.items() if id in self.asked}
        seen, reason = self.data.get(SEEN, ""), self.cleaned_data[REASON]
        return act(self.dossier.response, changes, reason, seen=seen, by=self.dossier.user)

    def messages_at(self, question: Question) -> dict[str, list[str]]:
        """What is missing counts as well: a correction is whole or it is not made."""
        found = super().messages_at(question)
        if self.is_bound:
            for problem in rules.question_problems(question, self.kind, self.answers.get(question.id, {})):
                if problem.kind == MISSING:
                    name = places.field_name(question, problem.row, problem.column)
                    found.setdefault(name, [problem.message.in_language(get_language() or "ja")])
        return found
