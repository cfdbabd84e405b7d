"""The form of a comment."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from surveys.answers import clean_text
from surveys.models.comments import TEXT_LIMIT, Audience


class CommentForm(forms.Form):
    """What somebody says about a question, and to whom; `page` is a random name of the form they fill in.

    `is_remark`: it is the ministry that says it, to the body.
    """

    text = forms.CharField(required=False)
    audience = forms.ChoiceField(choices=Audience.choices, initial=Audience.BODY)
    page = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, is_remark: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["page"] = secrets.token_urlsafe(12)
        audience = self.fields["audience"]
        assert isinstance(audience, forms.ChoiceField)
        audience.choices = [choice for choice in Audience.choices if (choice[0] == Audience.REMARK) == is_remark]
        audience.error_messages = dict.fromkeys(
            ("required", "invalid_choice"), _("だれに読んでもらうかを選んでください。")
        )

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(_("コメントがまだ書かれていません。"))
        if (count := len(text)) > TEXT_LIMIT:
            words = {"limit": f"{TEXT_LIMIT:,}", "count": f"{count:,}"}
            raise forms.ValidationError(_("%(limit)s字までで書いてください。今は%(count)s字です。") % words)
        return text
