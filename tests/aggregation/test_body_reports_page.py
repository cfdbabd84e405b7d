"""The page in the admin on which the reports of all bodies of a run are begun, watched and taken."""

from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone

from aggregation import making
from aggregation.body_reports import BodyReports, JobState
from aggregation.models import Run
from surveys.models import Event, User
from tests.aggregation.test_body_reports import content, done, page, place, run, sent
from tests.conftest import signed_in
from tests.factories import make_ministry

pytestmark = pytest.mark.django_db
__all__ = ["place", "run", "sent"]  # fixtures


def test_a_manager_begins_and_a_viewer_watches_and_takes(run: Run, sent: list[int], ministry: User) -> None:
    manager = make_ministry("manager")
    place = reverse("admin:aggregation_run_reports", args=[run.pk])
    assert "作る" in page(run, manager) and 'type="submit" class="button">作る' not in page(run, ministry)
    change = signed_in(ministry).get(reverse("admin:aggregation_run_change", args=[run.pk]))
    assert place in change.content.decode()
    assert signed_in(ministry).post(place).status_code == 403
    assert signed_in(manager).post(place).status_code == 302
    job = BodyReports.objects.get()
    assert (job.by, job.state, sent) == (manager, JobState.WAITING, [job.pk])
    assert "始まるのを待っています（4団体）" in page(run, ministry)
    making.make(job.pk)
    found = page(run, ministry)
    assert "できました（4団体）" in found and 'value="4" max="4"' in found and "続きを作る" not in found
    response = signed_in(ministry).get(reverse("admin:aggregation_run_reports_file", args=[run.pk]))
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="body-reports-2020.zip"'
    assert content(response) == BodyReports.objects.get().path.read_bytes()
    taken = Event.objects.filter(kind="body_reports.taken").values_list("actor", "subject", "after")
    assert list(taken) == [(ministry.pk, run.subject, {"bodies": 4})]


def test_a_look_at_the_file_is_no_event_and_no_file_is_not_there(run: Run, ministry: User) -> None:
    file = reverse("admin:aggregation_run_reports_file", args=[run.pk])
    assert signed_in(ministry).get(file).status_code == 404
    job = done(run)
    look = signed_in(ministry).head(file)
    content(look)
    assert look.status_code == 200
    assert not Event.objects.filter(kind="body_reports.taken").exists()
    job.path.unlink()
    assert signed_in(ministry).get(file).status_code == 404
    assert signed_in(ministry).get(reverse("admin:aggregation_run_reports", args=[run.pk + 1])).status_code == 404


def test_synthetic_reports_say_so_in_their_name(run: Run, ministry: User) -> None:
    Run.objects.filter(pk=run.pk).update(synthetic=True)
    job = done(Run.objects.select_related("survey").get(pk=run.pk))
    response = signed_in(ministry).get(reverse("admin:aggregation_run_reports_file", args=[run.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="synthetic-body-reports-2020.zip"'
    assert content(response) == job.path.read_bytes()
    assert all(name.startswith("synthetic-") for name in ZipFile(job.path).namelist())
    assert "合成データ" in page(run, ministry)


QUIET = {"moved_at": timezone.now() - timedelta(hours=1)}


@pytest.mark.parametrize(
    ("change", "says", "comes_again", "goes_on"),
    [
        ({"state": "working", "done": 3}, "作成中 3／4団体", True, False),
        (
            {"state": "working", "moved_at": timezone.now() - timedelta(hours=1)},
            "止まっているようです 0／4",
            False,
            True,
        ),
        (
            {"state": "waiting", "moved_at": timezone.now() - timedelta(hours=1)},
            "止まっているようです 0／4",
            False,
            True,
        ),
        ({"state": "failed", "reason": "…", "done": 1}, "途中で失敗しました 1／4団体", False, True),
        (
            {"state": "done", "done": 4, "file": "lost.zip", "ended_at": timezone.now()},
            "作ったファイルが、保存先にありません",
            False,
            True,
        ),
    ],
    ids=["working", "stopped", "never begun", "failed", "lost"],
)
def test_the_page_says_how_far_it_is(
    run: Run, change: dict[str, Any], says: str, comes_again: bool, goes_on: bool
) -> None:
    manager = make_ministry("manager")
    BodyReports.start(run, by=manager)
    BodyReports.objects.update(**change)
    found = page(run, manager)
    assert says in found and ("続きを作る" in found) == goes_on
    place = reverse("admin:aggregation_run_reports", args=[run.pk])
    assert ("Refresh" in signed_in(manager).get(place)) == comes_again
    assert "Refresh" not in signed_in(manager).get(f"{place}?still")
