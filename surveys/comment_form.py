"""The form of a comment."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.models.comments import Audience
from surveys.said_form import SaidForm


class CommentForm(SaidForm):
    """What somebody says about a question, and to whom.

    `is_remark`: it is the ministry that says it, to the body.
    """

    nothing: ClassVar[Any] = _("コメントがまだ書かれていません。")
    seen = None  # type: ignore[assignment]  # comments do not answer each other
    audience = forms.ChoiceField(choices=Audience.choices, initial=Audience.BODY)

    def __init__(self, *args: Any, is_remark: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = self.fields["audience"]
        assert isinstance(audience, forms.ChoiceField)
        audience.choices = [choice for choice in Audience.choices if (choice[0] == Audience.REMARK) == is_remark]
        audience.error_messages = dict.fromkeys(
            ("required", "invalid_choice"), _g("だれに読んでもらうかを選んでください。")
        )
