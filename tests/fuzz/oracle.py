"""What must hold of every answer: no error of the server; a refusal writes nothing; a change has its event, the chain
goes on, and answers stay what the rules can read."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from surveys.answers import read, write
from surveys.models import Event, SectionAnswers
from tests.fuzz.values import Sent

# What is written beside the history whatever the answer: who is signed in, who is in a section, whose work waits, and
# drawings kept so that they are not drawn again.
BESIDE = ("django_session", "surveys_presence", "django_tasks_", "axes_", "aggregation_runfigure")
# A page that says what is left to do after it has saved the rest, by design.
SAVES_AND_ASKS = {"section"}
# A slip with a code to print is shown once, at once.
SHOWS_ONCE = {"team-give", "team-replace", "admin:surveys_user_invite"}
# A person's own page remembers that the guide was put away; a run is its own record until it is published.
WITHOUT_EVENT = {"guide", "admin:aggregation_run_recompute"}
# What the admin answers to a save in a window of its own: what is new, for the page that opened it.
CLOSES_ITSELF = b"data-popup-response"
# Of a refusal the history keeps that somebody tried to get in.
TOLD_OF_REFUSALS = {"sign_in.failed", "sign_in.locked"}


class Wrong(AssertionError):
    """An answer that must not be."""


class Watch:
    """Looks at what a request writes. `before`: the digest of each table of the world."""

    def __init__(self) -> None:
        self.tables = [name for name in connection.introspection.table_names() if not name.startswith(BESIDE)]
        self.before = {name: _digest(name) for name in self.tables}
        self.last = Event.objects.latest("id")
        self.written: set[str] = set()

    @contextmanager
    def looking(self) -> Iterator[None]:
        self.written = set()
        with connection.execute_wrapper(self._note):
            yield

    def _note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.split(None, 3)
        if words and words[0] in ("INSERT", "UPDATE", "DELETE"):
            self.written.add((words[1] if words[0] == "UPDATE" else words[2]).strip('"'))
        return execute(sql, params, many, context)

    @property
    def changed(self) -> set[str]:
        """The tables that are not what they were."""
        return {name for name in self.written if name in self.before and _digest(name) != self.before[name]}

    def judge(self, sent: Sent, route: str, answer: Any) -> bool:
        """Whether the request changed anything. Raises Wrong."""
        if answer.status_code >= 500:
            raise Wrong(f"status {answer.status_code}")
        changed = self.changed if self.written else set()
        if not changed:
            return False
        is_page = answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html")
        is_page = is_page and CLOSES_ITSELF not in getattr(answer, "content", b"")
        is_whole_page = is_page and ("HX-Request", "true") not in sent.headers  # where JSON is sent, 200 is no refusal
        is_refusal = answer.status_code >= 400 or (is_whole_page and sent.method == "POST" and route not in SHOWS_ONCE)
        if is_refusal and self._only_tells(changed):
            return False
        if is_refusal and route not in SAVES_AND_ASKS:
            raise Wrong(f"partial write: status {answer.status_code}, but {sorted(changed)} changed")
        if sent.method in ("HEAD", "OPTIONS") or (sent.method == "GET" and "surveys_sectionanswers" in changed):
            raise Wrong(f"{sent.method} changed {sorted(changed)}")
        self._consistent(changed, route)
        return True

    def _only_tells(self, changed: set[str]) -> bool:
        kinds = set(Event.objects.filter(id__gt=self.last.id).values_list("kind", flat=True))
        return changed == {"surveys_event"} and kinds <= TOLD_OF_REFUSALS

    def _consistent(self, changed: set[str], route: str) -> None:
        new = list(Event.objects.filter(id__gt=self.last.id).order_by("id"))
        if not new and route not in WITHOUT_EVENT:
            raise Wrong(f"a change without its event: {sorted(changed)}")
        previous = self.last.hash
        for event in new:
            if event.previous != previous or event.hash != event.expected_hash():
                raise Wrong(f"the chain is broken at {event}")
            previous = event.hash
        if "surveys_sectionanswers" in changed:
            for stored in SectionAnswers.objects.select_related("response__survey"):
                _readable(stored)


def _readable(stored: SectionAnswers) -> None:
    """Raises Wrong unless each stored answer is what its own long form makes."""
    known = stored.response.survey.questionnaire.question_by_id
    for id, answer in stored.answers.items():
        again, faults = read(known[id], stored.response.kind, write(known[id], answer))
        if again != answer or faults:
            raise Wrong(f"{stored} {id}: {answer} is read again as {again}, {faults}")


def _digest(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  a table of our own
        return hashlib.sha256("\n".join(sorted(map(repr, cursor.fetchall()))).encode("utf-8", "replace")).hexdigest()
