"""Whether the program at WEB_BIND answers /healthz: for a container, without a tool of its own."""

import os
import sys
from http.client import HTTPConnection

connection = HTTPConnection("127.0.0.1", int(os.environ.get("WEB_BIND", ":8000").rsplit(":", 1)[1]), timeout=4)
connection.request("GET", "/healthz", headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0]})
sys.exit(connection.getresponse().status != 200)
