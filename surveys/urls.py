from django.urls import path

from surveys import paper_views, views, workbook_views

urlpatterns = [
    path("", views.home, name="home"),
    path("glossary/<int:year>/", views.glossary, name="glossary"),
    path("<int:year>/<slug:code>/", views.response, name="response"),
    path("<int:year>/<slug:code>/review/", views.review, name="review"),
    path("<int:year>/<slug:code>/submit/", views.submit, name="submit"),
    path("<int:year>/<slug:code>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:year>/<slug:code>/receipt/", views.receipt, name="receipt"),
    path("<int:year>/<slug:code>/answers/", views.answers, name="answers"),
    path("<int:year>/<slug:code>/questionnaire.pdf", paper_views.blank, name="paper-blank"),
    path("<int:year>/<slug:code>/answers.pdf", paper_views.answers, name="paper-answers"),
    path("<int:year>/<slug:code>/receipt.pdf", paper_views.receipt, name="paper-receipt"),
    path("<int:year>/<slug:code>/workbook/", workbook_views.workbook, name="workbook"),
    path("<int:year>/<slug:code>/workbook/file/", workbook_views.workbook_file, name="workbook-file"),
    path("<int:year>/<slug:code>/workbook/confirm/", workbook_views.workbook_confirm, name="workbook-confirm"),
    path("<int:year>/<slug:code>/<slug:section_id>/", views.section, name="section"),
]
