"""gunicorn in production: `gunicorn --config deploy/gunicorn.conf.py config.wsgi`."""

import gc
import os

from config.logs import LOGGING

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
threads = int(os.environ.get("WEB_THREADS", "4"))  # with the pool: workers × DATABASE_POOL_SIZE connections at most
worker_class = "gthread"
timeout = 120  # the largest PDF takes some seconds on a slow machine
graceful_timeout = 30  # saves under way are finished when the program is stopped or replaced
keepalive = 5
max_requests, max_requests_jitter = 5000, 500
control_socket_disable = True  # nobody steers it so, and the home folder is closed to it
preload_app = False  # Typst and vl-convert hang in a process that was forked after they had drawn
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
forwarded_allow_ips = os.environ.get("WEB_PROXY", "127.0.0.1")
accesslog = None  # the program writes a line for each request itself, without paths and addresses
errorlog = "-"
own = {"handlers": ["json"], "level": "INFO", "propagate": False}
logconfig_dict = {**LOGGING, "loggers": {**LOGGING["loggers"], "gunicorn.error": own, "gunicorn.access": own}}


def post_worker_init(worker: object) -> None:
    """Load all pages before the first request, and leave what is loaded out of garbage collection: to look through it
    again and again took a third of the time of a page that makes many objects."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  read so that it is there
    gc.collect()
    gc.freeze()
