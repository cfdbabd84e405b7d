from django.urls import path

from aggregation import views

urlpatterns = [
    path("", views.index, name="report-index"),
    path("<int:year>/", views.contents, name="report-contents"),
    path("<int:year>/<slug:table>/", views.table, name="report-table"),
]
