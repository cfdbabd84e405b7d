"""Long work of the numbers in the background; `manage.py db_worker` does it or, without one, a process of its own."""

import subprocess
import sys

from django.conf import settings
from django_tasks import task

from aggregation import making
from aggregation.body_reports import BodyReports

SECONDS = 60  # after which other work of the worker, such as mails, has its turn


def send_to_work(job: BodyReports) -> None:
    """Have somebody work on the reports of a run. A request could not wait that long, so there is no immediate way."""
    if settings.BACKGROUND_WORKER:
        make_body_reports.enqueue(job.pk)
        return
    what = ["body_reports", str(job.run.survey.year), "--run", str(job.run.pk)]
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *what]
    quiet = subprocess.DEVNULL
    # The words are the program itself, a year and a number of the database; there is no shell.
    subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603  see above


@task()
def make_body_reports(job: int) -> None:
    """Make a piece of the reports; what is left is a task of its own."""
    if not making.make(job, seconds=SECONDS):
        make_body_reports.enqueue(job)
