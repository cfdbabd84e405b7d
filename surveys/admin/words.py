"""Events in words: what happened, to what."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from surveys.models import Event

KINDS = {
    "answers.saved": _("回答を保存"),
    "answers.imported": _("回答を取込み"),
    "response.submitted": _("提出"),
    "response.withdrawn": _("取下げ"),
    "response.returned": _("差戻し"),
    "response.accepted": _("受理"),
    "mail.sent": _("メールを送信"),
    "mail.failed": _("メールを送れませんでした"),
    "survey.added": _("調査票を読込み"),
    "survey.changed": _("調査票を入替え"),
    "survey.opened": _("受付を開始"),
    "survey.closed": _("受付を終了"),
    "survey.deadline": _("提出期限を変更"),
    "run.published": _("公表"),
    "register.loaded": _("団体名簿を取込み"),
    "body.added": _("団体を追加"),
    "body.changed": _("団体を変更"),
    "body.removed": _("団体を削除"),
    "user.added": _("利用者を追加"),
    "user.changed": _("利用者を変更"),
    "user.password": _("パスワードを設定"),
    "membership.added": _("役割を付与"),
    "membership.removed": _("役割を解除"),
}


class Happening(NamedTuple):
    """An event with its kind in words; `part` is what of the thing it is about, such as a section."""

    event: Event
    words: Any
    part: str


def kind_in_words(kind: str) -> Any:
    return KINDS.get(kind, kind)


def in_words(events: Iterable[Event]) -> list[Happening]:
    return [Happening(event, kind_in_words(event.kind), _part(event.subject)) for event in events]


def _part(subject: str) -> str:
    """The section of "response 2020-202037 website"."""
    return "".join(subject.split(" ")[2:])
