"""Who is reminded of a response, by whom, and in which words."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _g
from django.utils.translation import ngettext

from surveys import mail
from surveys.models.people import Membership, Role, User
from surveys.models.register import Body
from surveys.models.responses import Response
from surveys.reminder_text import Wording
from surveys.templatetags.surveys import fiscal_year, moment


class Recipient(NamedTuple):
    """An address to write to about a response, with the people who share it."""

    response: Response
    address: str
    people: list[User]

    @property
    def due(self) -> datetime:
        """Nobody without a date is reminded."""
        assert self.response.due
        return self.response.due


def why_not_remind(response: Response) -> str:
    """Why this body is not reminded now, or an empty text: only who can still submit and has not is."""
    if response.nothing_reason:
        return _g("「今回は回答することがない」と届け出ています。")
    if response.state not in response.EDITABLE:
        return response.is_now()
    if reason := response.why_read_only():
        return reason
    if response.synthetic:
        return _g("合成データの回答です。")
    return "" if response.due else _g("提出期限が決まっていません。")


def may_remind(response: Response, user: User) -> bool:
    """Whether a person may write to this body: who reviews for the ministry, and its prefecture's coordinator."""
    if response.may_remark(user):
        return True
    own = user.memberships.filter(role=Role.COORDINATOR, body__prefecture_code=response.body.prefecture_code)
    return response.kind != Body.Kind.PREFECTURE and own.exists()


def letter(to: Recipient, wording: Wording, at: datetime | None = None) -> EmailMessage:
    """The mail to one address in both languages, as it is when it is sent: now, or at another moment."""
    filled = wording.filled(words(to.response, "ja", at), words(to.response, "en", at))
    return mail.compose("reminder", to.address, to.people, {"wording": filled})


def words(response: Response, language: str, at: datetime | None = None) -> Mapping[str, str]:
    """What stands in the places of a reminder, in a language."""
    with translation.override(language):
        link = reverse("response", args=[response.survey.year, response.body.code])
        return {
            "body": response.full_name,
            "round": f"{fiscal_year(response.survey.year)} {response.survey.questionnaire.title.in_language(language)}",
            "deadline": moment(response.due),
            "days_left": _days_left(response.due, at or timezone.now()),
            "link": settings.PUBLIC_URL + link,
            "contact": " ".join(filter(None, [_g("総務省 調査担当"), settings.CONTACT_TELEPHONE])),
        }


def _days_left(due: datetime | None, now: datetime) -> str:
    if due is None:
        return ""
    days = (timezone.localdate(due) - timezone.localdate(now)).days
    if due < now:
        passed = ngettext("期限から%(days)d日過ぎています", "期限から%(days)d日過ぎています", -days)
        return passed % {"days": -days} if days else _g("期限を過ぎています")
    return ngettext("あと%(days)d日", "あと%(days)d日", days) % {"days": days} if days else _g("今日まで")


def without_address(responses: Iterable[Response], to: Iterable[Recipient]) -> list[Response]:
    """The responses about which nobody can be written to."""
    reached = {each.response.pk for each in to}
    return [response for response in responses if response.pk not in reached]


def recipients(responses: Iterable[Response]) -> list[Recipient]:
    """Whom to write to about responses, in their order: who answers for the whole body, once an address."""
    asked = list(responses)
    of_whole = Membership.objects.filter(body__in={response.body_id for response in asked}, limited=False)
    people: dict[int, dict[int, User]] = {}
    for membership in of_whole.exclude(role=Role.COORDINATOR).select_related("user").order_by("user__sign_in_id"):
        people.setdefault(membership.body_id, {})[membership.user_id] = membership.user
    return [
        Recipient(response, address, found)
        for response in asked
        for address, found in mail.by_address(people.get(response.body_id, {}).values())
    ]
