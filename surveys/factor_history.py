"""allauth's pages that change a second factor, each in one transaction with the history of what it changed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from surveys.models import User

View = Callable[..., HttpResponse]


def recorded(view: View) -> View:
    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            user = User.objects.select_for_update().get(pk=request.user.pk)
            before = user.factors()
            response = view(request, *args, **kwargs)
            user.record_factors(before)
        return response

    return found
