"""Events in words: what happened, to what."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from surveys.models import Event

KINDS = {
    "answers.saved": _("回答を保存"),
    "reasons.saved": _("理由を保存"),
    "answers.imported": _("回答を取込み"),
    "delegation.given": _("項目を渡した"),
    "delegation.taken_back": _("項目の担当を外した"),
    "delegation.finished": _("項目を終わりにした"),
    "invitation.made": _("招待"),
    "invitation.revoked": _("招待を取消し"),
    "invitation.accepted": _("招待を受けた"),
    "response.submitted": _("提出"),
    "response.withdrawn": _("取下げ"),
    "response.returned": _("差戻し"),
    "response.accepted": _("受理"),
    "comment.added": _("コメントを記入"),
    "comment.withdrawn": _("コメントを取消し"),
    "mail.sent": _("メールを送信"),
    "mail.failed": _("メールを送れませんでした"),
    "survey.added": _("調査票を読込み"),
    "survey.changed": _("調査票を入替え"),
    "survey.made": _("前年度の調査から作成"),
    "survey.redefined": _("調査票をExcelで入替え"),
    "survey.reworded": _("調査票の文言を変更"),
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


# How answers came in, which stands in the place of a reason.
ORIGINS = {
    "form": _("画面で"),
    "excel": _("Excelで"),
    "same": _("前回と同じと確認"),
    "unsame": _("「前回と同じ」を取消し"),
}


class Happening(NamedTuple):
    """An event with its kind and reason in words; `part` is what of the thing it is about, such as a section."""

    event: Event
    words: Any
    part: str
    reason: Any


def kind_in_words(kind: str) -> Any:
    return KINDS.get(kind, kind)


def in_words(events: Iterable[Event]) -> list[Happening]:
    return [
        Happening(event, kind_in_words(event.kind), _part(event.subject), _reason(event.kind, event.reason))
        for event in events
    ]


def _reason(kind: str, reason: str) -> Any:
    return ORIGINS.get(reason, reason) if kind == "answers.saved" else reason


def _part(subject: str) -> str:
    """The section of "response 2020-202037 website"."""
    return "".join(subject.split(" ")[2:])
