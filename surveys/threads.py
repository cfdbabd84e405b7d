"""The queries of a response as a page shows them: each with what was said, at its question."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from surveys import pages
from surveys.models import Query, QueryMessage, Response
from surveys.questionnaire import Question, Section

if TYPE_CHECKING:
    from surveys.dossier import Dossier


class Thread(NamedTuple):
    """A query with its messages, the first first."""

    query: Query
    messages: list[QueryMessage]

    @property
    def asked(self) -> QueryMessage:
        """What was asked last."""
        return [message for message in self.messages if not message.is_answer][-1]


def threads(response: Response, sections: Mapping[str, Section]) -> dict[str, list[Thread]]:
    """The queries about the questions that have a section here, by question, the oldest first; one database query."""
    found: dict[int, Thread] = {}
    messages = QueryMessage.objects.filter(query__response=response, query__question__in=sections)
    for message in messages.select_related("query").order_by("query_id", "pk"):
        found.setdefault(message.query_id, Thread(message.query, [])).messages.append(message)
    by_question: dict[str, list[Thread]] = {}
    for thread in found.values():
        by_question.setdefault(thread.query.question, []).append(thread)
    return by_question


class Asked(NamedTuple):
    """A query with the place it is about."""

    section: Section
    question: Question
    number: str
    thread: Thread


def asked(dossier: "Dossier") -> list[Asked]:
    """All queries that are not closed, in page order."""
    return [
        Asked(entry.section, entry.section.question_by_id[id], number, thread)
        for entry in dossier.progress
        for id, number in pages.numbers(entry.section, dossier.kind).items()
        for thread in dossier.queries.get(id, ())
        if not thread.query.is_closed
    ]
