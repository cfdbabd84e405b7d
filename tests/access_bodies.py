"""Who may do what with a response: one row for each URL about one body.

A row says what those are answered who may know of the response, by their standing to it; tests/test_access.py makes the
cells of every role at every response of tests/world.py from it by these rules, and asks each:

- a role has its standing at the responses of its own body, or of its prefecture, or everywhere (the ministry);
- who has no standing is told that there is nothing: 404, the same as for a body that does not exist;
- who is limited to sections has a standing only where one was handed over: here in the round that is being answered;
- who is not signed in is sent to sign in: 302;
- a method that has no row is not taken: 405.

A status may differ with the state of the response: {state: status}, and 404 in the states left out.
"""

from typing import NamedTuple

from tests.access import DONE
from tests.world import CLOSED, DRAFT, SUBMITTED

Status = int | str
Cell = Status | dict[str, Status]
Cells = dict[str, Cell]

# At which bodies of tests/world.py a role has which standing.
STANDING = {
    "officer": {"own": "lead"},
    "approver": {"own": "approver"},
    "delegate": {"own": "delegate"},
    "prefecture": {"own": "oversees", "neighbour": "oversees"},
    "elsewhere": {"far": "oversees"},
    "viewer": dict.fromkeys(("own", "neighbour", "far"), "viewer"),
    "reviewer": dict.fromkeys(("own", "neighbour", "far"), "reviewer"),
    "manager": dict.fromkeys(("own", "neighbour", "far"), "reviewer"),  # a manager may all that a reviewer may
    "without_group": {},
    "nobody": {},
    "anonymous": {},
}
LEAD = ("lead", "approver")
BODY = (*LEAD, "delegate")
MINISTRY = ("viewer", "reviewer")
OTHERS = ("oversees", *MINISTRY)


class Row(NamedTuple):
    get: Cells | None = None
    post: Cells | None = None


def each(who: tuple[str, ...], status: Cell) -> Cells:
    return dict.fromkeys(who, status)


READ = each((*BODY, *OTHERS), 200)
WHOLE = each((*LEAD, *OTHERS), {CLOSED: 200, SUBMITTED: 200})  # of a submission, which is of the whole body
LED = each(LEAD, 200)
CORRECTING = (*LEAD, "reviewer")

BODIES = {
    "response": Row(READ),
    "review": Row(READ),
    "answers": Row(READ),
    "history": Row(READ),
    "history-file": Row(READ),
    "paper-blank": Row(READ),
    "paper-answers": Row(READ),
    "paper-receipt": Row(WHOLE),
    "receipt": Row(WHOLE),
    "compare": Row(READ),
    "compare-section": Row(READ),
    "compare-file": Row(READ),
    "workbook-file": Row(READ),
    "presence": Row(READ),
    "section": Row(
        READ,
        each(LEAD, {CLOSED: 409, DRAFT: 302, SUBMITTED: 409}) | each(("delegate",), 302) | each(OTHERS, 403),
    ),
    "workbook": Row(
        READ,
        each(LEAD, {CLOSED: 409, DRAFT: 400, SUBMITTED: 409}) | each(("delegate",), 400) | each(OTHERS, 403),
    ),
    "workbook-confirm": Row(post=each((*BODY, *OTHERS), 400)),  # nothing was carried
    "submit": Row(post=READ | each((*BODY, *OTHERS), 403) | {"approver": 409}),
    "withdraw": Row(
        WHOLE,
        each(("lead", *OTHERS), {CLOSED: 403, SUBMITTED: 403}) | {"approver": {CLOSED: 409, SUBMITTED: 409}},
    ),
    "nothing": Row({}, {}),  # these rounds ask every body
    "comments": Row(READ, each((*BODY, *OTHERS), 400)),
    "comment-withdraw": Row({"lead": 200}, {"lead": DONE}),  # only who wrote it
    "queries": Row(READ, each((*BODY, *OTHERS), 400)),
    "query-answer": Row(post=each((*BODY, *OTHERS), 400)),
    # The reviewer's query: the prefecture may close its own.
    "query-close": Row(post=each((*BODY, "viewer"), 403) | {"oversees": 409, "reviewer": DONE}),
    "corrections": Row(each(CORRECTING, 200)),
    "correct": Row(
        each(CORRECTING, {CLOSED: 200, DRAFT: 302, SUBMITTED: 302}),
        each(CORRECTING, {CLOSED: 400, DRAFT: 302, SUBMITTED: 302}),
    ),
    "correction-withdraw": Row(post=each(LEAD, {CLOSED: DONE}) | {"reviewer": {CLOSED: 302}}),
    "team": Row(LED),
    "team-give": Row(post=each(LEAD, 400)),
    "team-take-back": Row(post=each(LEAD, 409)),
    "team-revoke": Row(post=each(LEAD, DONE)),
    "team-replace": Row(LED, each(LEAD, 400)),
    "send-back": Row({"oversees": 200}, {"oversees": 400}),
    "endorsement": Row(post={}),  # without a receipt there is no submission to confirm
}


def expected(cells: Cells | None, role: str, body: str, state: str) -> Status:
    """The status of one cell."""
    if role == "anonymous":
        return 302
    if cells is None:
        return 405
    if role == "delegate" and state != DRAFT:
        return 404
    found = cells.get(STANDING[role].get(body, ""), 404)
    return found.get(state, 404) if isinstance(found, dict) else found
