"""The files of the overview: a row for each body, and a row for each prefecture."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from surveys import csv_file
from surveys.attention import ATTENTION
from surveys.body_list import Row
from surveys.standing import LABELS
from surveys.tally import ORDER, Tally

BODY = ("code", "prefecture_code", "prefecture", "name", "kind", "kind_label", "state", "state_label")
DATES = ("due", "extended_until", "sections_finished", "sections_asked", "last_change", "last_submission", "receipt")
PREFECTURE = ("prefecture_code", "prefecture", "bodies", "submitted_or_accepted", "percent", *ORDER, "origin")


def _moment(value: datetime | None) -> str:
    return timezone.localtime(value).isoformat(timespec="minutes") if value else ""


def _file(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return csv_file.write(header, ([csv_file.neutralise(str(cell)) for cell in row] for row in rows), bom=True)


def bodies(rows: Iterable[Row]) -> bytes:
    """State, dates, sections and reasons to attend to of each body; times are those of Japan."""
    return _file((*BODY, *DATES, *ATTENTION, "origin"), map(_body, rows))


def _body(row: Row) -> list[Any]:
    response, body, submission = row.response, row.response.body, row.response.submission
    return [
        *(body.code, body.prefecture_code, body.prefecture, response.name, response.kind, response.get_kind_display()),
        *(response.standing, LABELS[response.standing]),
        *(_moment(response.due), _moment(response.extended_until), response.finished, row.asked),
        _moment(response.changed_at),
        *((_moment(submission.submitted_at), submission.receipt) if submission else ("", "")),
        *("yes" if name in row.needs else "no" for name in ATTENTION),
        "synthetic" if response.synthetic else "reported",
    ]


def prefectures(tallies: Iterable[Tally]) -> bytes:
    """The numbers of each prefecture with its municipalities, in the order of the codes."""
    return _file(PREFECTURE, map(_prefecture, tallies))


def _prefecture(found: Tally) -> list[Any]:
    share = found.submitted
    counts = (each.count for each in found.shares.values())
    origin = "synthetic" if found.synthetic else "reported"
    return [found.key, found.label, found.total, share.count, share.percent, *counts, origin]
