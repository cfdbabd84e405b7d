"""団体から見る: the list of the bodies of a round, and the public page of each."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from aggregation import likeness
from aggregation.addresses import Edition
from aggregation.public_bodies import SHOWN, PublicBodies, PublicBody, kind_label
from aggregation.views import published_run
from surveys.models import User


@require_safe
def bodies(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The prefectures, or the bodies that are asked for by name, code or prefecture."""
    run = published_run(edition)
    found = PublicBodies(run)
    words, prefecture = request.GET.get("q", "").strip(), request.GET.get("prefecture", "")
    taken = found.search(words, prefecture) if words or prefecture else []
    context = {
        "run": run,
        "edition": edition,
        "page": "explore",
        "current": "true",
        "prefectures": found.prefectures,
        "words": words,
        "prefecture": prefecture,
        "is_asked": bool(words or prefecture),
        "count": len(taken),
        "bodies": [(body, found.full_name(body), kind_label(body.kind)) for body in taken[:SHOWN]],
        "shown": SHOWN,
    }
    return render(request, "aggregation/bodies.html", context)


@require_safe
@vary_on_cookie
def body(request: HttpRequest, edition: Edition, code: str) -> HttpResponse:
    """One body: who it is, what is open of its answers, and the bodies most like it."""
    run = published_run(edition)
    found = PublicBodies(run).find(code)
    context = {
        "run": run,
        "edition": edition,
        "page": "explore",
        "current": "true",
        "found": found,
        "body": found.body,
        "prefecture": found.bodies.prefecture(found.body.prefecture),
        "like_rule": likeness.RULE,
        "regions": likeness.regions(),
        "may_compare": _may_compare(request.user, found),
    }
    return render(request, "aggregation/body.html", context)


@require_safe
def beside(request: HttpRequest, edition: Edition, code: str, section_id: str) -> HttpResponse:
    """The open answers of a section side by side with those of the bodies most like it."""
    run = published_run(edition)
    found = PublicBodies(run).find(code)
    section = run.survey.questionnaire.section_by_id.get(section_id)
    if section is None:
        raise Http404
    context = {
        "run": run,
        "edition": edition,
        "page": "explore",
        "current": "true",
        "found": found,
        "body": found.body,
        "section": section,
        "questions": found.side_by_side(section),
        "like_rule": likeness.RULE,
        "regions": likeness.regions(),
    }
    return render(request, "aggregation/body_beside.html", context)


def _may_compare(user: User | AnonymousUser, found: PublicBody) -> bool:
    """Whether this person may see the comparison of the body."""
    if isinstance(user, AnonymousUser):
        return False
    return found.run.survey.responses.for_user(user).filter(body__code=found.body.code).exists()
