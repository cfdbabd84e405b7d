"""Work in the background; `manage.py db_worker` does it, or with BACKGROUND_WORKER=0 the request itself."""

from django_tasks import task


@task()
def send_waiting() -> None:
    """Send the reminders that wait. What it does not come to is sent by `manage.py send_reminders`."""
    from surveys.models.mail_items import send_waiting as send  # the models name this task

    send()
