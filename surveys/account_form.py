"""The account that somebody makes who was invited."""

from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm, SetPasswordForm
from django.utils.translation import gettext_lazy as _

from surveys.models import User

REQUIRED = {
    "name": _("氏名を書いてください。"),
    "sign_in_id": _("サインインIDを決めて、書いてください。"),
    "password1": _("パスワードを決めて、書いてください。"),
    "password2": _("同じパスワードを、もう一度書いてください。"),
}
HOW_TO_CHOOSE = _("12文字以上で、よく使われる言葉を避けて決めます。")


class PasswordForm(SetPasswordForm):
    """The password of an account that is there already."""

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(user, *args)
        for name in ("1", "2"):
            field = self.fields[f"new_password{name}"]
            field.widget.attrs.pop("autofocus", None)  # the page is read from its beginning
            field.error_messages["required"] = REQUIRED[f"password{name}"]
            field.help_text = ""
        self.fields["new_password1"].help_text = HOW_TO_CHOOSE


class AccountForm(BaseUserCreationForm):
    """The account of somebody who was invited."""

    class Meta:
        model = User
        fields = ("name", "division", "sign_in_id")
        widgets = {
            "sign_in_id": forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
        }
        help_texts = {
            "sign_in_id": _("次からサインインするときに使います。小文字の英数字で決めます（例：taro.yamada）。")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sign_in_id"].widget.attrs.pop("autofocus", None)  # the page is read from its beginning
        for name in ("name", "sign_in_id", "password1", "password2"):
            self.fields[name].error_messages["required"] = REQUIRED[name]
        self.fields["password1"].help_text = HOW_TO_CHOOSE
        self.fields["password2"].help_text = ""

    @property
    def account(self) -> dict[str, str]:
        """What an account is made from."""
        found = self.cleaned_data
        return {
            "sign_in_id": found["sign_in_id"],
            "password": found["password1"],
            "name": found["name"],
            "division": found["division"],
        }
