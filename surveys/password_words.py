"""Words of this survey, which whoever tries passwords here tries first: a password has to be more than these."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS = (
    *(
        "総務省",
        "総務",
        "soumusho",
        "soumu",
        "somu",
        "調査",
        "chousa",
        "chosa",
        "survey",
        "電子自治体",
        "電子",
        "denshi",
    ),
    *("自治体", "jichitai", "市区町村", "市町村", "shichouson", "shichoson", "都道府県", "todofuken", "推進", "状況"),
    *("取りまとめ", "torimatome", "担当者", "担当", "tantou", "tanto", "決裁者", "決裁", "kessai", "管理者", "管理"),
    *("kanri", "admin", "manager", "reviewer", "viewer", "パスワード", "password", "令和", "reiwa"),
)
LEAST = 8  # characters beside these words


class WordsOfTheSurvey:
    """A validator of passwords, for AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = unicodedata.normalize("NFKC", password).lower()
        for word in WORDS:
            rest = rest.replace(word, "")
        if len(rest) < LEAST < len(password):
            raise ValidationError(
                _("この調査でよく使う言葉（総務省、調査、パスワードなど）が大部分です。ほかの言葉を足してください。"),
                code="password_of_the_survey",
            )

    def get_help_text(self) -> str:
        return _("この調査でよく使う言葉だけのパスワードは使えません。")
