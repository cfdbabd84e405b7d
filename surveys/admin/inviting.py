"""招待: links to their accounts for people who have no password yet, or have forgotten it; by mail, or on slips."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _g
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from surveys.admin.base import DeskAdmin, Step, person
from surveys.models import AccountLink, NotAllowed, User
from surveys.models.coded import ACCEPTED, EXPIRED, OPEN, REVOKED
from surveys.templatetags.surveys import moment

MAIL, PAPER = "mail", "paper"
SHOWN_NAMES = 100


def not_invited() -> Q:
    """Who cannot sign in yet and has no link."""
    # Django writes "!" for "no password".
    return Q(account_link__isnull=True, is_active=True, last_login__isnull=True, password__startswith="!")  # noqa: S106  see above


def waiting() -> Q:
    """Who was invited and has never signed in."""
    return Q(account_link__isnull=False, account_link__revoked_at__isnull=True, is_active=True, last_login__isnull=True)


INVITED = {"no": not_invited, "waiting": waiting}


class InvitedFilter(admin.SimpleListFilter):
    title = _("招待")
    parameter_name = "invited"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("まだ招待していない")), ("waiting", _("招待したが、一度もサインインしていない"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        found = INVITED.get(self.value() or "")
        return queryset.filter(found()) if found else queryset


WORDS = {
    OPEN: _("%(at)sに招待しました。%(until)sまで使えます。"),
    ACCEPTED: _("%(at)sに招待し、本人がパスワードを決めました。"),
    REVOKED: _("%(at)sに招待し、取り消しました。"),
    EXPIRED: _("%(at)sに招待しましたが、期限が過ぎています。"),
}


def invited_in_words(user: User) -> str:
    """What became of the last invitation of a person; nothing if there was none."""
    link = AccountLink.objects.filter(user=user).first()
    return str(WORDS[link.state]) % {"at": moment(link.at), "until": moment(link.expires_at)} if link else ""


def _why_not_revoked(user: User) -> str:
    link = AccountLink.objects.filter(user=user).first()
    return "" if link and link.state == OPEN else _g("使える招待はありません。")


REVOKE = Step(
    "revoke",
    _("招待を取り消す"),
    lambda user, by, reason: user.account_link.revoke(by=by),
    _why_not_revoked,
    (_("送ったリンクや印刷した招待状は、使えなくなります。もう一度招待できます。"),),
    only_if_possible=True,
)


class InvitePages(DeskAdmin):
    """The page that invites some people, for those who may change them."""

    actions = ["invite"]

    def get_urls(self) -> list[URLPattern]:
        invite = self.admin_site.admin_view(self.invite_view)
        return [path("invite/", invite, name="surveys_user_invite"), *super().get_urls()]

    @admin.action(description=_("招待する（リンクを送る、招待状を印刷する）"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
        """Ask first: how many get a mail, who needs a slip."""
        return self._invite_ask(request, queryset)

    def invite_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET (?people=1,2), invite on POST."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        people = [int(pk) for pk in asked.get("people", "").split(",") if pk.isdigit()]
        key = asked.get("key", "")
        if request.method != "POST" or not key:
            return self._invite_ask(request, User.objects.filter(pk__in=people))
        try:
            if request.POST.get("way") == PAPER:
                return self._invite_slips(request, AccountLink.slips(people, key=key, by=person(request)))
            self._invite_tell(request, AccountLink.send(people, key=key, by=person(request)))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
        return redirect(f"{reverse('admin:surveys_user_changelist')}?invited=waiting")

    def _invite_ask(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse:
        found = list(people.select_related("account_link").order_by("sign_in_id"))
        able = [user for user in found if _may(user, person(request))]
        by_mail = [user for user in able if user.email and settings.SENDS_MAIL]
        by_paper = [user for user in able if user not in set(by_mail)]
        context = {
            **{"title": _g("招待する"), "opts": self.opts, "unable": [user for user in found if user not in set(able)]},
            **{"by_mail": by_mail, "by_paper": by_paper, "able": able, "key": secrets.token_urlsafe(12)},
            **{"again": sum(user.has_usable_password() for user in able), "shown": SHOWN_NAMES},
        }
        return TemplateResponse(
            request, "admin/surveys/user/invite.html", {**self.admin_site.each_context(request), **context}
        )

    def _invite_slips(self, request: HttpRequest, links: list[AccountLink]) -> HttpResponse:
        """One A4 page for each person. The codes are on this page and nowhere else."""
        context = {"title": _g("招待状"), "opts": self.opts, "links": links}
        context["address"] = request.build_absolute_uri(reverse("invitation"))
        page = TemplateResponse(
            request, "admin/surveys/user/slips.html", {**self.admin_site.each_context(request), **context}
        )
        add_never_cache_headers(page)
        return page

    def _invite_tell(self, request: HttpRequest, outcomes: list[Any]) -> None:
        for outcome in outcomes:
            if outcome.sent:
                text = ngettext(
                    "招待のメールを送りました（宛先%(count)d件）。",
                    "招待のメールを送りました（宛先%(count)d件）。",
                    outcome.sent,
                )
                messages.success(request, text % {"count": outcome.sent})
            if outcome.failed:
                text = ngettext(
                    "メールを送れなかった宛先が%(count)d件あります。下の一覧から、もう一度招待するか、招待状を印刷してください。",
                    "メールを送れなかった宛先が%(count)d件あります。下の一覧から、もう一度招待するか、招待状を印刷してください。",
                    outcome.failed,
                )
                messages.error(request, text % {"count": outcome.failed})
        if not outcomes:
            text = _g("送るメールはありませんでした。もう送ったか、メールアドレスが登録されていません。")
            messages.info(request, text)


def _may(user: User, by: User) -> bool:
    return user.is_active and (by.is_superuser or not user.is_superuser)
