"""The program's settings with the pages of tests/bench/plain.py in place of its own."""

import os
from pathlib import Path

from config.settings import *  # noqa: F403  all of them but two
from config.settings import MIDDLEWARE, TEMPLATES

ROOT_URLCONF = "tests.bench.plain"
TEMPLATES = [{**TEMPLATES[0], "DIRS": [Path(__file__).parent / "templates"]}]
if os.environ.get("PLAIN") == "least":
    # Without its own, the app of allauth does not start.
    MIDDLEWARE = [name for name in MIDDLEWARE if name.startswith(("django.", "allauth.")) and "locale" not in name]
