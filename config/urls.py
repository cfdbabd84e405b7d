from allauth.account import views as account
from django.contrib import admin
from django.urls import include, path, re_path

from aggregation import download_views
from aggregation.api.reading import nothing_here

handler400, handler500 = "surveys.away.bad_request", "surveys.away.server_error"

urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path(
        "accounts/signup/", account.signup, name="account_signup"
    ),  # closed by surveys.accounts; allauth needs the name
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("report/", include("aggregation.urls")),
    path("api/v1/", include("aggregation.api.urls")),
    re_path("^api/", nothing_here, name="api-nothing"),
    path("<int:year>/<slug:code>/compare.<slug:suffix>", download_views.comparison, name="compare-file"),
    path("<int:year>/<slug:code>/compare/", include("aggregation.comparison_urls")),
    path("", include("surveys.urls")),
]
