from django.urls import path

from aggregation import comparison_views as views

urlpatterns = [
    path("", views.compare, name="compare"),
    path("<slug:section_id>/", views.compare_section, name="compare-section"),
]
