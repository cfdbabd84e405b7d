from django.urls import path, register_converter

from aggregation import body_views, download_views, edition_views, explore_views, introduction_views, trend_views, views
from aggregation.addresses import EditionConverter

register_converter(EditionConverter, "edition")

urlpatterns = [
    path("", views.index, name="report-index"),
    path("corrections.atom", edition_views.Corrections(), name="report-corrections"),
    path("<edition:edition>/", views.contents, name="report-contents"),
    path("<edition:edition>/introduction/", introduction_views.introduction, name="report-introduction"),
    path("<edition:edition>/chronology/", introduction_views.chronology, name="report-chronology"),
    path("<edition:edition>/editions/", edition_views.editions, name="report-editions"),
    path("<edition:edition>/errata.csv", edition_views.errata_file, name="report-errata-file"),
    path("trend/", trend_views.index, name="trend-index"),
    path("trend/<slug:table>/", trend_views.trend, name="trend"),
    path("<edition:edition>/explore/", explore_views.explore, name="explore"),
    path("<edition:edition>/explore.csv", explore_views.explore_file, name="explore-file"),
    path("<edition:edition>/bodies/", body_views.bodies, name="bodies"),
    path("<edition:edition>/bodies/<code>/", body_views.body, name="body"),
    path("<edition:edition>/bodies/<code>/<slug:section_id>/", body_views.beside, name="body-beside"),
    path("<edition:edition>/tables.<slug:suffix>", download_views.tables, name="report-tables-file"),
    path("<edition:edition>/tables-machine.xlsx", download_views.machine, name="report-machine-file"),
    path("<edition:edition>/items/<slug:item>/", views.item, name="report-item"),
    path("<edition:edition>/<slug:table>.svg", views.figure_file, name="report-figure-file"),
    path("<edition:edition>/<slug:table>.<slug:suffix>", download_views.table, name="report-table-file"),
    path("<edition:edition>/<slug:table>/", views.table, name="report-table"),
]
