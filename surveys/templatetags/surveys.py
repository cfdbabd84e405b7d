"""Filters and tags of the pages: texts in the active language, dates, signs of state."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.era import era_date, era_year
from surveys.questionnaire import Text

register = template.Library()


class Chip(NamedTuple):
    """A state as a sign and a word; the colour only repeats it."""

    look: str
    icon: str
    label: Any


CHIPS = {
    "not_started": Chip("quiet", "circle", _("未着手")),
    "in_progress": Chip("running", "half", _("入力中")),
    "done": Chip("done", "check", _("完了")),
    "to_correct": Chip("error", "warning", _("要修正")),
    "to_confirm": Chip("ask", "question", _("要確認")),
    "settled": Chip("done", "check", _("理由を書きました")),
    "unsettled": Chip("ask", "question", _("理由が要ります")),
    "not_applicable": Chip("dashed", "minus", _("対象外")),
    "draft": Chip("running", "half", _("入力中")),
    "submitted": Chip("sent", "up", _("提出済")),
    "returned": Chip("ask", "return", _("差戻し")),
    "accepted": Chip("accepted", "check", _("受理")),
    "correction_asked": Chip("sent", "up", _("訂正の申し出")),
    "correction_made": Chip("accepted", "check", _("訂正済")),
    "correction_declined": Chip("ask", "return", _("訂正しない")),
    "correction_withdrawn": Chip("quiet", "minus", _("申し出を取消し")),
    "nothing": Chip("dashed", "minus", _("回答することがない")),
    "mail_waiting": Chip("quiet", "circle", _("送信待ち")),
    "mail_claimed": Chip("running", "half", _("送信中")),
    "mail_sent": Chip("done", "check", _("送信済")),
    "mail_failed": Chip("error", "warning", _("送れませんでした")),
    "mail_unknown": Chip("ask", "question", _("送信状況不明")),
    "mail_dropped": Chip("dashed", "minus", _("送らずに終了")),
    "mail_settled": Chip("done", "check", _("確認済")),
    "missing": Chip("ask", "question", _("未回答")),
    "no_approver": Chip("error", "warning", _("登録されていない")),
    "query_open": Chip("ask", "question", _("回答待ち")),
    "query_answered": Chip("sent", "up", _("回答あり")),
    "query_closed": Chip("quiet", "check", _("終了")),
    "endorsed": Chip("done", "check", _("県の確認あり")),
    "to_endorse": Chip("quiet", "circle", _("まだです")),
    "unread": Chip("ask", "question", _("読んでいません")),
    "overdue": Chip("error", "clock", _("期限超過")),
}


def is_english() -> bool:
    return (get_language() or "ja").startswith("en")


@register.filter
def localised(text: Text | None) -> str:
    """A text of a questionnaire in the active language; nothing for none."""
    return text.in_language(get_language() or "ja") if text else ""


@register.filter
def day(value: date | datetime) -> str:
    """令和3年5月28日（金）, or Fri 28 May 2021."""
    found = timezone.localdate(value) if isinstance(value, datetime) else value
    return f"{found:%a} {found.day} {found:%B %Y}" if is_english() else era_date(found)


@register.filter
def moment(value: datetime | None) -> str:
    """令和3年5月28日（金）17:00."""
    return f"{day(value)}{' ' if is_english() else ''}{clock(value)}" if value else ""


@register.filter
def in_brackets(text: str) -> str:
    """（秘書広報課）, or nothing for nothing."""
    if not text:
        return ""
    return f" ({text})" if is_english() else f"（{text}）"


@register.filter
def clock(value: datetime) -> str:
    """The time of day: 17:00."""
    local = timezone.localtime(value)
    return f"{local.hour}:{local:%M}"


@register.filter
def short_moment(value: datetime) -> str:
    """The day and time inside a round: 5月19日 10:31, or 19 May 10:31."""
    local = timezone.localtime(value)
    date_words = f"{local.day} {local:%B}" if is_english() else f"{local.month}月{local.day}日"
    return f"{date_words} {clock(value)}"


@register.filter
def from_iso(value: str) -> datetime:
    """The moment that a stored text says."""
    return datetime.fromisoformat(value)


@register.filter
def fiscal_year(year: int) -> str:
    """令和2年度, or FY2020."""
    return f"FY{year}" if is_english() else f"{era_year(year)}年度"


@register.filter
def grouped(value: int | None) -> str:
    """A number with thousands commas; — while it cannot be computed yet."""
    return "—" if value is None else f"{value:,}"


@register.filter
def percent(value: Decimal | None) -> str:
    """51.1%, as tables and tiles print it; — where there is no base."""
    return "—" if value is None else f"{value}%"


@register.filter
def datum(value: int | str | None) -> str:
    """A number or text of a table; ― for nothing."""
    return "―" if value is None else f"{value:,}" if isinstance(value, int) else value


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands under a key; None if nothing does."""
    return mapping.get(key)


@register.filter
def as_list(value: Any) -> list[Any]:
    """One thing as a list of it, for a template that shows lists."""
    return [value]


@register.filter
def in_fours(value: str) -> str:
    """A long fingerprint in groups of four signs."""
    return " ".join(value[at : at + 4] for at in range(0, len(value), 4))


@register.filter
def held(dossier: Any, section: Any) -> Any:
    """Who holds a section, as a delegation; none if nobody does."""
    return dossier.delegations.get(section.id)


@register.filter
def at(found: Any, key: str) -> Any:
    """What a mapping holds under a key; none without one, or without a mapping."""
    return found.get(key) if found else None


@register.simple_tag(takes_context=True)
def drawn(context: template.RequestContext, name: str) -> str:
    """A part of a page that stands in it twice, drawn once: `{% drawn "a.html" as part %}`, then `{{ part }}`."""
    assert context.template is not None
    return context.template.engine.get_template(name).render(context)


@register.simple_tag
def icon(name: str, label: Any = "") -> SafeString:
    """A sign from the sheet of signs; decoration unless it has a label."""
    sheet = static("surveys/icons.svg")
    if not label:
        return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sheet, name)
    return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sheet, name)


@register.simple_tag
def chip(state: str) -> SafeString:
    """The chip of a state."""
    found = CHIPS[state]
    return format_html('<span class="chip chip-{}">{}{}</span>', found.look, icon(found.icon), found.label)


@register.filter
def asker(dossier: Any, query: Any) -> str:
    """Who asks: 総務省, or 長野県."""
    is_prefecture = query.side == query.Side.PREFECTURE
    return dossier.body.prefecture if is_prefecture and not is_english() else str(query.get_side_display())


@register.simple_tag
def query_chip(query: Any) -> SafeString:
    """The chip of the state of a query."""
    return chip(f"query_{query.state}")


@register.simple_tag
def state_sign(state: str) -> SafeString:
    """Only the sign of a state, with the word for those who do not see it."""
    found = CHIPS[state]
    return format_html('<span class="sign sign-{}">{}</span>', found.look, icon(found.icon, found.label))
