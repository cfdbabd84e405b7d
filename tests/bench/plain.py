"""The least that a page of Django costs: an empty template, and one with a query before it.

The middleware is the program's own or, with PLAIN=least, what `django-admin startproject` writes, and allauth's (see
tests/bench/plain_settings.py).
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from surveys.models import Survey


def empty(request: HttpRequest) -> HttpResponse:
    return render(request, "plain.html")


def one_query(request: HttpRequest) -> HttpResponse:
    return render(request, "plain.html", {"year": Survey.objects.values_list("year", flat=True).first()})


urlpatterns = [path("empty/", empty), path("query/", one_query)]
