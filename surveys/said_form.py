"""The form of what somebody says: in a comment, in a query, or as the reason to send a response back."""

import secrets
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _

from surveys.answers import clean_text
from surveys.models.comments import TEXT_LIMIT


class SaidForm(forms.Form):
    """A text; `page` is a random name of the form it was typed into, `seen` how much of the query was shown there."""

    nothing: ClassVar[Any] = _("まだ何も書かれていません。")
    text = forms.CharField(required=False)
    page = forms.CharField(required=False, max_length=40)
    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["page"] = secrets.token_urlsafe(12)

    def clean_text(self) -> str:
        text = clean_text(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(self.nothing)
        if (count := len(text)) > TEXT_LIMIT:
            words = {"limit": f"{TEXT_LIMIT:,}", "count": f"{count:,}"}
            raise forms.ValidationError(_g("%(limit)s字までで書いてください。今は%(count)s字です。") % words)
        return text
