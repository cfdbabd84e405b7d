"""The ministry's site of Django's admin; outside surveys/admin, since that registers with it while it is made."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

ORDER = ["Response", "Correction", "Mailing", "Survey", "Body", "RegisterChange", "User", "Event", "Run"]


class Desk(AdminSite):
    """The admin with a work list as its first page, and one way to sign in: the page everybody uses."""

    site_title = site_header = _("電子自治体の推進状況調査")
    index_title = _("待っているもの")
    index_template = "admin/index.html"
    enable_nav_sidebar = False
    empty_value_display = ""

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The models in the order of the work, not of the alphabet."""
        found = super().get_app_list(request, app_label)
        for app in found:
            app["models"].sort(key=lambda model: ORDER.index(model["object_name"]))
        return sorted(found, key=lambda app: ORDER.index(app["models"][0]["object_name"]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from surveys.admin import work  # the models are not ready when the site is made

        found = {"lines": work.lines(request), "figures": work.figures(request)}
        return super().index(request, {**found, **(extra_context or {})})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        wanted = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def logout(  # type: ignore[override]  # a redirect in place of Django's page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]  # a redirect in place of Django's page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")
