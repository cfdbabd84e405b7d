from django.urls import path

from aggregation import download_views, views

urlpatterns = [
    path("", views.index, name="report-index"),
    path("<int:year>/", views.contents, name="report-contents"),
    path("<int:year>/tables.<slug:suffix>", download_views.tables, name="report-tables-file"),
    path("<int:year>/<slug:table>.<slug:suffix>", download_views.table, name="report-table-file"),
    path("<int:year>/<slug:table>/", views.table, name="report-table"),
]
