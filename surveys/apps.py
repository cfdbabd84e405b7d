from django.apps import AppConfig
from django.contrib.admin import apps
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("調査の実施")


class DeskConfig(apps.AdminConfig):
    """Django's admin with the ministry's own site."""

    default = False  # of this module the app is SurveysConfig; the settings name this one
    default_site = "surveys.desk.Desk"

    def ready(self) -> None:
        """Leave out what is not decided here: the groups come with the code, nobody signs in by mail address,
        factors and sessions are a person's own, and the queue belongs to the program."""
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from allauth.usersessions.models import UserSession
        from django.contrib.admin import site
        from django.contrib.auth.models import Group
        from django_tasks_db.models import DBTaskResult

        site.unregister([Authenticator, EmailAddress, Group, DBTaskResult, UserSession])
