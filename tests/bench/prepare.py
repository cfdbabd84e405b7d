"""Prepare the demo's open round for a load, in a process of its own: `python -m tests.bench.prepare BODIES`.

All bodies get the answers of the year before as a draft. The first BODIES have an approver, who is signed in already,
and reasons for whatever is doubtful, so that their responses can be submitted. Prints JSON: {"year", "sections",
"password", "people": [{"code", "sign_in_id", "session"}]}.
"""

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surveys.models import Response, Survey, User

YEAR = 2021
PASSWORD = "a-long-enough-password"


def main(bodies: int) -> None:
    from surveys.models import Response, Survey

    survey = Survey.objects.get(year=YEAR)
    before = Survey.objects.get(year=YEAR - 1)
    answer(survey, before)
    found = Response.objects.filter(survey=survey, state="draft", kind="city").order_by("body__code")
    # Not the city of the demo, which has people and comments already.
    chosen = found.exclude(body__memberships__isnull=False).select_related("body", "survey")[:bodies]
    people = approvers(list(chosen))
    sections = [section.id for section in survey.questionnaire.sections_for("city")]
    print(json.dumps({"year": YEAR, "sections": sections, "password": PASSWORD, "people": people}))


def answer(survey: "Survey", before: "Survey") -> None:
    """The answers of the year before, as a file of all bodies would bring them."""
    from surveys.answers_file import BodyAnswers
    from surveys.bulk import take
    from surveys.rules import applicable

    there = set(survey.responses.filter(sections__isnull=False).values_list("body__code", flat=True))
    questionnaire = before.questionnaire
    take(
        survey,
        [
            BodyAnswers(draft.code, True, applicable(questionnaire, draft.kind, draft.answers))
            for draft in before.drafts()
            if draft.code not in there
        ],
    )


def approvers(responses: "list[Response]") -> list[dict[str, str]]:
    from django.contrib.auth.hashers import make_password

    hashed, found = make_password(PASSWORD), []
    for response in responses:
        person = approver(response, hashed)
        give_reasons(response, person)
        code = response.body.code
        found.append({"code": code, "sign_in_id": person.sign_in_id, "session": session(person)})
    return found


def approver(response: "Response", hashed: str) -> "User":
    """A person with a password that was hashed once for all."""
    from surveys.models import Membership, User

    person = User.objects.create_user(f"load-{response.body.code}", name="負荷 太郎", division="情報政策課")
    person.password = hashed
    person.save(update_fields=["password"])
    person.join(response.body, Membership.Role.APPROVER)
    return person


def give_reasons(response: "Response", by: "User") -> None:
    from tests.factories import give_reasons as given

    given(response, by)
    if problems := response.problems():
        raise AssertionError(f"{response}: {problems[:3]}")


def session(person: "User") -> str:
    """The key of a session that is as one after signing in."""
    from django.test import Client

    from surveys import session_limits

    client = Client()
    client.force_login(person)
    kept: Any = client.session
    now = time.time()
    kept[session_limits.KEPT] = {"began": now, "acted": now, "strict": False}
    kept.save()
    return str(kept.session_key)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    main(int(sys.argv[1]))
