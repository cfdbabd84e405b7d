"""`python -m tests.bench.inside MODULE [ARGUMENT …]`: sets Django up and runs `tests.bench.MODULE.main`.

What it returns is printed as JSON, for the process that measures. As in production, no query is kept and nobody is
told to wait.
"""

import importlib
import json
import os
import sys

import django


def main(module: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    settings.DEBUG = settings.RATELIMIT_ENABLE = False
    settings.ALLOWED_HOSTS = ["testserver"]
    print(json.dumps(importlib.import_module(f"tests.bench.{module}").main(*arguments)))


if __name__ == "__main__":
    main(*sys.argv[1:])
