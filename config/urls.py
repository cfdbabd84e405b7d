from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path, re_path

from aggregation import download_views
from aggregation.api.reading import nothing_here
from config import health_views, site_views
from surveys import security_views
from surveys.factor_history import recorded

handler400, handler404 = "config.site_views.bad_request", "config.site_views.not_found"
handler500 = "surveys.away.server_error"

# allauth's views one by one: only those that are used, and the names that allauth looks for.
SIGN_IN = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/login/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("accounts/login/code/", factors.authenticate, name="mfa_authenticate"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path(
        "accounts/signup/", account.signup, name="account_signup"
    ),  # closed by surveys.accounts; allauth needs the name
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("accounts/again/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("accounts/again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("accounts/security/", security_views.security, name="mfa_index"),
    path("accounts/security/", security_views.security, name="mfa_list_webauthn"),  # where a removal leads
    path("accounts/security/end/", security_views.end_sessions, name="sessions-end"),
    path("accounts/security/app/", recorded(totp.activate_totp), name="mfa_activate_totp"),
    path("accounts/security/app/remove/", recorded(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("accounts/security/passkey/", recorded(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("accounts/security/passkey/<int:pk>/", recorded(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("accounts/security/codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "accounts/security/codes/new/",
        recorded(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
urlpatterns = [
    path("healthz", health_views.healthz, name="healthz"),
    path("readyz", health_views.readyz, name="readyz"),
    path("robots.txt", site_views.robots, name="robots-txt"),
    path(".well-known/security.txt", site_views.security, name="security-txt"),
    path("favicon.ico", site_views.icon, name="favicon"),
    *SIGN_IN,
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("report/", include("aggregation.urls")),
    path("api/v1/", include("aggregation.api.urls")),
    re_path("^api/", nothing_here, name="api-nothing"),
    path("<int:year>/<slug:code>/compare.<slug:suffix>", download_views.comparison, name="compare-file"),
    path("<int:year>/<slug:code>/compare/", include("aggregation.comparison_urls")),
    path("", include("surveys.urls")),
]
