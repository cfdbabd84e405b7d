"""Reminding the municipalities of a prefecture: who gets the mail, the mail itself, and sending it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from surveys import prefecture_page
from surveys.body_page import person
from surveys.models import Mailing, NotAllowed, Response
from surveys.models.mailings import new_key
from surveys.models.reminded import letter, recipients, why_not_remind
from surveys.prefecture_views import find_round
from surveys.reminder_text import BY_HAND


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest, year: int) -> HttpResponse:
    """The municipalities that have not submitted, each to be left out; on POST they get the mail, once."""
    survey, prefectures = find_round(request, year)
    responses = [each for each in prefecture_page.overseen(person(request), survey) if not why_not_remind(each)]
    if request.method == "POST":
        _send(request, [each for each in responses if str(each.pk) in request.POST.getlist("response")])
        return redirect("prefecture", year)
    to = recipients(responses)
    reached = {each.response.pk for each in to}
    context = {
        "survey": survey,
        "prefectures": prefectures,
        "reached": [each for each in responses if each.pk in reached],
        "silent": [each for each in responses if each.pk not in reached],
        "letter": letter(to[0], BY_HAND) if to else None,
        "key": new_key(),
    }
    return render(request, "surveys/prefecture_remind.html", context)


def _send(request: HttpRequest, responses: list[Response]) -> None:
    """Queue the mails; a second click on the same page sends nothing more."""
    try:
        mailing = Mailing.start(responses, BY_HAND, by=person(request), key=request.POST.get("key", "")[:40])
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return
    count = mailing.items.values("response").distinct().count()
    text = ngettext("%(count)s団体に催促メールを送ります。", "%(count)s団体に催促メールを送ります。", count)
    messages.success(request, text % {"count": count})
