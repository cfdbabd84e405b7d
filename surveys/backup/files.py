"""A file that has its name only once all of it is on the disk."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def part_of(target: Path) -> Path:
    """The name of a file while it is made; nobody takes it for the whole."""
    return target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")


@contextmanager
def whole(target: Path) -> Iterator[IO[bytes]]:
    """Write for the owner alone; the name is given at the end, and never to a second file."""
    part = part_of(target)
    try:
        with open(part, "xb", opener=_for_the_owner) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            raise FileExistsError(None, "there is a file of this name already")
        part.replace(target)
        _to_disk(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
