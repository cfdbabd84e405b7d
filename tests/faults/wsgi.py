"""The server as the harness runs it: pages of errors as in production, whatever else is as on one's own machine."""

import logging
import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.DEBUG = False
logging.getLogger("django.request").addHandler(logging.StreamHandler())

from config.wsgi import application  # noqa: E402, F401  after the setting
