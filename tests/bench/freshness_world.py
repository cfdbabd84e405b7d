"""Opens the round of the demo again for some bodies, each with somebody who may save and submit.

`python -m tests.bench.freshness_world NUMBER` prints the codes of the bodies; they sign in as desk-CODE.
"""

import json
import os
import sys

from tests.bench.reading import YEAR

PASSWORD = "a-long-enough-password"
MINISTRY = "bench.soumu"


def main(number: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from surveys.models import Membership, Response, Survey, User

    Survey.objects.filter(year=YEAR).update(state=Survey.State.OPEN, closed_at=None)
    cities = Response.objects.filter(survey__year=YEAR, kind="city").select_related("body").order_by("body__code")
    chosen = cities[: int(number)]
    for response in chosen:
        user = User.objects.create_user(f"desk-{response.body.code}", PASSWORD, by=None, name="小林 直樹")
        user.join(response.body, Membership.Role.APPROVER)
    again = Response.objects.filter(pk__in=[response.pk for response in chosen])
    again.update(state=Response.State.RETURNED, return_reason="数をもう一度確かめてください。")
    User.objects.create_user(MINISTRY, PASSWORD, by=None, name="総務 太郎", is_staff=True, is_superuser=True)
    print(json.dumps([response.body.code for response in chosen]))


if __name__ == "__main__":
    main(*sys.argv[1:])
