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
    "correction.asked": _("訂正の申し出"),
    "correction.made": _("訂正"),
    "correction.declined": _("訂正しないと決定"),
    "correction.withdrawn": _("訂正の申し出を取消し"),
    "comment.added": _("コメントを記入"),
    "comment.withdrawn": _("コメントを取消し"),
    "query.asked": _("照会"),
    "query.answered": _("照会に回答"),
    "query.closed": _("照会を終了"),
    "submission.endorsed": _("県の確認"),
    "submission.endorsed_taken_back": _("県の確認を取消し"),
    "submission.reasons_read": _("理由を確かめた"),
    "mail.sent": _("メールを送信"),
    "mail.failed": _("メールを送れませんでした"),
    "mail.unknown": _("メールの送信状況が不明"),
    "mail.dropped": _("メールを送らずに終了"),
    "mail.again": _("メールをもう一度送る指示"),
    "mail.settled": _("メールを確認済に"),
    "mailing.started": _("催促を開始"),
    "reminder.added": _("催促の決まりを追加"),
    "reminder.changed": _("催促の決まりを変更"),
    "survey.added": _("調査票を読込み"),
    "survey.changed": _("調査票を入替え"),
    "survey.made": _("前年度の調査から作成"),
    "survey.redefined": _("調査票をExcelで入替え"),
    "survey.reworded": _("調査票の文言を変更"),
    "survey.opened": _("受付を開始"),
    "survey.closed": _("受付を終了"),
    "survey.published": _("調査を公表済に"),
    "survey.dates": _("日程を変更"),
    "survey.introduction": _("報告書の「はじめに」を変更"),
    "survey.disclosed": _("団体ごとの公表の可否を変更"),
    "survey.allows_nothing": _("「回答することがない」の届出の可否を変更"),
    "response.extended": _("期限を延長"),
    "response.nothing": _("「今回は回答することがない」を届出"),
    "response.something": _("「今回は回答することがない」を取消し"),
    "run.published": _("公表"),
    "body_reports.started": _("団体ごとの報告の作成を開始"),
    "body_reports.resumed": _("団体ごとの報告の作成を再開"),
    "body_reports.taken": _("団体ごとの報告を受取り"),
    "register.loaded": _("団体名簿を取込み"),
    "register.populations": _("人口を取込み"),
    "register.changed": _("団体の合併などを登録"),
    "body.added": _("団体を追加"),
    "body.changed": _("団体を変更"),
    "body.removed": _("団体を削除"),
    "user.added": _("利用者を追加"),
    "user.changed": _("利用者を変更"),
    "user.password": _("パスワードを設定"),
    "account.invited": _("アカウントの招待"),
    "account.revoked": _("アカウントの招待を取消し"),
    "account.entered": _("招待を受けてパスワードを設定"),
    "sign_in.done": _("サインイン"),
    "sign_in.failed": _("サインインに失敗"),
    "sign_in.locked": _("サインインを一時停止"),
    "sign_out": _("サインアウト"),
    "sessions.ended": _("ほかの場所でのサインインを終了"),
    "mfa.added": _("2段階の確認を登録"),
    "mfa.removed": _("2段階の確認を解除"),
    "mfa.recovery_codes": _("回復コードを作成"),
    "membership.added": _("役割を付与"),
    "membership.removed": _("役割を解除"),
    "data.taken": _("公表前の情報を受取り"),
    "audit.verified": _("履歴を検査"),
    "history.rewritten": _("履歴の氏名などを分けて保存"),
    "personal.purged": _("氏名などを消去"),
}


# How answers came in, which stands in the place of a reason.
ORIGINS = {
    "form": _("画面で"),
    "excel": _("Excelで"),
    "correction": _("訂正で"),
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
        Happening(event, kind_in_words(event.kind), _part(event.subject), reason_in_words(event)) for event in events
    ]


def reason_in_words(event: Event) -> Any:
    return ORIGINS.get(event.reason, event.reason) if event.kind == "answers.saved" else event.reason


def _part(subject: str) -> str:
    """The section of "response 2020-202037 website"."""
    return "".join(subject.split(" ")[2:])
