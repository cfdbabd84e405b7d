from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aggregation.models import Run
from surveys.admin import ReadOnlyAdmin


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "survey", "created_at", "responses", "synthetic", "published_at"]
    list_filter = ["survey"]
    list_select_related = ["survey"]
    actions = ["publish"]

    @admin.action(description=_("公表する"), permissions=["act"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        self.each(request, queryset, lambda run: run.publish(by=request.user))
