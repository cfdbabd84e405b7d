"""Opens the round of the demo again for some bodies, each with somebody who may save and submit.

`python -m tests.bench.freshness_world OFFICERS SUBMITTERS` prints the codes of the bodies; they sign in as desk-CODE.
The answers of those who will submit have a reason for all that is doubtful in them.
"""

import json
import os
import sys
from typing import TYPE_CHECKING

from tests.bench.reading import YEAR

if TYPE_CHECKING:
    from surveys.models import Response, User

PASSWORD = "a-long-enough-password"
MINISTRY = "bench.soumu"


def main(officers: str, submitters: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from surveys.models import Membership, Response, Survey, User

    Survey.objects.filter(year=YEAR).update(state=Survey.State.OPEN, closed_at=None)
    cities = Response.objects.filter(survey__year=YEAR, kind="city").select_related("body").order_by("body__code")
    chosen = list(cities[: int(officers) + int(submitters)])
    again = Response.objects.filter(pk__in=[response.pk for response in chosen])
    again.update(state=Response.State.RETURNED, return_reason="数をもう一度確かめてください。")
    for number, response in enumerate(chosen):
        user = User.objects.create_user(f"desk-{response.body.code}", PASSWORD, by=None, name="小林 直樹")
        user.join(response.body, Membership.Role.APPROVER)
        if number >= int(officers):
            _give_reasons(Response.objects.get(pk=response.pk), user)
    User.objects.create_user(MINISTRY, PASSWORD, by=None, name="総務 太郎", is_staff=True, is_superuser=True)
    print(json.dumps([response.body.code for response in chosen]))


def _give_reasons(response: "Response", user: "User") -> None:
    from surveys.models.sections import Given

    section_of = response.survey.questionnaire.section_of
    for each in response.doubted():
        given = {each.doubt.key: Given("問ごとに作った合成データのため。", each.doubt.fingerprint, "")}
        response.save_section(section_of[each.doubt.question].id, {}, seen={}, by=user, reasons=given)


if __name__ == "__main__":
    main(*sys.argv[1:])
