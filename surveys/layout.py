"""The crispy-forms layout of a section: one object a question, which renders one template a kind of question.

Matrices come as plain data and a plain loop: a BoundField or a layout object a cell is slow in crispy.
"""

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from surveys import blocks
from surveys.questionnaire import Question

if TYPE_CHECKING:
    from surveys.forms import SectionForm


class QuestionBlock:
    """A question on the page."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def render(self, form: "SectionForm", context: Any, template_pack: str = "", **kwargs: Any) -> str:
        block = blocks.prepare(form, self.question)
        return render_to_string(
            f"{template_pack}/{self.question.kind}.html", {"q": block, "dossier": context["dossier"]}
        )
