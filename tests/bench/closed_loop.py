"""Ask as fast as the answers come: `python -m tests.bench.closed_loop PLAN.json`, a process of its own.

The plan: {"port", "seconds", "lines": [[request, …], …]}; each line is a connection that asks its requests in turn,
again and again. A request is {"method", "path", "headers", "body", "status"}. Prints JSON: {"requests", "seconds",
"wrong", "p50", "p99"}, the last two in milliseconds.
"""

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

Request = dict[str, Any]


def raw(request: Request, host: str) -> bytes:
    body = request["body"].encode()
    head = [f"{request['method']} {request['path']} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in request["headers"].items()]
    return "\r\n".join([*head, "", ""]).encode() + body


class Line(threading.Thread):
    """A connection that is kept open as long as the server keeps it."""

    def __init__(self, port: int, requests: list[Request], until: float) -> None:
        super().__init__(daemon=True)
        self.port, self.until = port, until
        self.requests = [(raw(request, f"127.0.0.1:{port}"), str(request["status"]).encode()) for request in requests]
        self.times: list[float] = []
        self.wrong: list[str] = []
        self.socket: socket.socket | None = None

    def run(self) -> None:
        while time.monotonic() < self.until:
            for request, status in self.requests:
                began = time.monotonic()
                found = self.ask(request)
                self.times.append(time.monotonic() - began)
                if found != status:
                    self.wrong.append(f"{found.decode()} {request[:80].decode(errors='replace')}")

    def ask(self, request: bytes) -> bytes:
        """The status of the answer, when all of it has come. A connection that was closed meanwhile is opened anew."""
        for _ in range(2):
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            try:
                self.socket.sendall(request)
                if found := self.read(self.socket):
                    return found
            except (ConnectionError, BrokenPipeError):
                pass
            self.socket.close()
            self.socket = None
        return b"no answer"

    def read(self, connection: socket.socket) -> bytes:
        got = b""
        while b"\r\n\r\n" not in got:
            if not (part := connection.recv(65_536)):
                return b""
            got += part
        head, _, body = got.partition(b"\r\n\r\n")
        lines = {
            name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head.split(b"\r\n"))
        }
        left = int(lines.get(b"content-length", b"0")) - len(body)
        while left > 0:
            left -= len(connection.recv(min(left, 1 << 20)))
        if lines.get(b"connection") == b"close":
            connection.close()
            self.socket = None
        return head.split(b" ", 2)[1]


def main(path: str) -> None:
    plan = json.loads(Path(path).read_text())
    began = time.monotonic()
    lines = [Line(plan["port"], requests, began + plan["seconds"]) for requests in plan["lines"]]
    for line in lines:
        line.start()
    for line in lines:
        line.join()
    seconds = time.monotonic() - began
    times = sorted(each for line in lines for each in line.times)
    wrong = [each for line in lines for each in line.wrong]
    at = {name: round(1000 * times[int(share * (len(times) - 1))], 1) for name, share in (("p50", 0.5), ("p99", 0.99))}
    print(json.dumps({"requests": len(times), "seconds": seconds, "wrong": wrong[:3], **at}))


if __name__ == "__main__":
    main(sys.argv[1])
