"""Files, and whether taking one leaves an event: one row for each URL that answers with a file.

A file with what is not public leaves one event each time it is given to somebody who is not of the body that it is
about; a file that everybody may have, or that a body takes of itself, leaves none. A URL that answers with a file and
has no row fails the test, since somebody has to say which of these it is.
"""

from typing import Any

from tests import access
from tests.access_bodies import BODY, STANDING
from tests.world import BODIES

TAKEN = {"data.taken", "body_reports.taken"}
# About one body.
OF_A_BODY = {"history-file", "paper-blank", "paper-answers", "paper-receipt", "compare-file", "workbook-file"}
# About many bodies.
OF_MANY = {
    *("prefecture-csv", "progress-bodies-file", "progress-prefectures-file"),
    *("admin:surveys_event_file", "admin:aggregation_run_reports_file"),
}
# Nothing that anybody has answered, or what is published besides.
NOT_TOLD = {"admin:surveys_survey_definition_file", "admin:surveys_user_import-file", "admin:aggregation_run_errata"}


def events_of(found: Any, role: str) -> int | None:
    """How many takings an answer to GET has to leave behind; None if its URL has no row."""
    if found.status_code != 200 or not is_file(found):
        return 0
    match = found.resolver_match
    if match.view_name in access.GET or match.view_name in NOT_TOLD:
        return 0
    if match.view_name in OF_A_BODY:
        body = next(name for name, code in BODIES.items() if code == match.kwargs["code"])
        return 0 if STANDING[role].get(body) in BODY else 1
    return 1 if match.view_name in OF_MANY else None


def is_file(found: Any) -> bool:
    return "attachment" in found.headers.get("Content-Disposition", "")
