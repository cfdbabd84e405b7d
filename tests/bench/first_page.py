"""`python -m tests.bench.first_page`: the application starts, and answers for the first and the second time.

The page is the contents of the report of 2020, asked for as a WSGI server asks. Prints milliseconds as JSON.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from typing import Any

PATH = "/report/2020/"


def main() -> None:
    began = time.perf_counter()
    from config.wsgi import application

    started = time.perf_counter()
    seconds = [_asked(application) for _ in range(2)]
    found = {"start": started - began, "first": seconds[0], "second": seconds[1]}
    print(json.dumps({name: value * 1000 for name, value in found.items()}))


def _asked(application: Callable[..., Any]) -> float:
    statuses: list[str] = []
    environ = {
        **{"REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "REMOTE_ADDR": "127.0.0.1"},
        **{"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1"},
        **{"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr},
    }
    began = time.perf_counter()
    answer = application(environ, lambda status, headers, error=None: statuses.append(status))
    read = b"".join(answer)
    answer.close()
    assert statuses == ["200 OK"] and read, statuses
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
