from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from aggregation import (
    body_views,
    data_views,
    download_views,
    edition_views,
    explore_views,
    introduction_views,
    provenance_views,
    trend_views,
    views,
)
from aggregation.addresses import DataFileConverter, EditionConverter

register_converter(EditionConverter, "edition")
register_converter(DataFileConverter, "data_file")

urlpatterns = [
    path("", views.index, name="report-index"),
    path("corrections.atom", require_safe(edition_views.Corrections()), name="report-corrections"),
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
    path("<edition:edition>/data/", data_views.page, name="report-data"),
    path("<edition:edition>/data.zip", data_views.archive, name="report-data-archive"),
    path("<edition:edition>/<data_file:file>", data_views.one, name="report-data-file"),
    path("<edition:edition>/items/<slug:item>/", views.item, name="report-item"),
    path(
        "<edition:edition>/<slug:table>/cells/<slug:row>/<slug:column>/<slug:breakdown>/<slug:group>/bodies.csv",
        provenance_views.bodies_file,
        name="report-cell-file",
    ),
    path(
        "<edition:edition>/<slug:table>/cells/<slug:row>/<slug:column>/<slug:breakdown>/<slug:group>/",
        provenance_views.cell,
        name="report-cell",
    ),
    path("<edition:edition>/<slug:table>.svg", views.figure_file, name="report-figure-file"),
    path("<edition:edition>/<slug:table>.<slug:suffix>", download_views.table, name="report-table-file"),
    path("<edition:edition>/<slug:table>/", views.table, name="report-table"),
]
