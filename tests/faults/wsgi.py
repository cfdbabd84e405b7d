"""The server as the harness runs it: pages of errors as in production, whatever else is as on one's own machine.

All is imported before the workers are forked, so that a killed one is soon followed by another.
"""

import logging

from django.conf import settings
from django.urls import get_resolver

from config.wsgi import application as application

settings.DEBUG = False
logging.getLogger("django.request").addHandler(logging.StreamHandler())
get_resolver().url_patterns  # noqa: B018  reads them
