"""Only reads the counted answers and decodes them: what no recompute can do without."""

import json

from tests.bench import reading


def read() -> None:
    for body in reading.stored():
        json.loads(body.document)


if __name__ == "__main__":
    print(json.dumps(reading.measured(read)))
