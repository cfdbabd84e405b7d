"""The file of a backup: a tar of the dump in pieces and, last, the manifest with the dump's SHA-256.

In pieces, since the length of a dump is known only at its end: nothing of it is ever laid down on the way. The name of
the manifest holds its own SHA-256, so that a changed byte in either shows. Without this product, `tar x` and
`cat dump.*` give the dump (of SQLite: gzipped).
"""

import hashlib
import io
import json
import tarfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from functools import partial
from typing import IO, Any

from surveys.backup import Fault

PIECE = 4 * 1024 * 1024
START = b"dump.000000"
Manifest = dict[str, Any]
CUT_OFF = "it is cut off or damaged: its end is missing. Take another backup."


def packed(pieces: Iterable[bytes], facts: Mapping[str, Any]) -> Iterator[bytes]:
    """The bytes of the file; each piece is at most PIECE long."""
    digest, length, number = hashlib.sha256(), 0, 0
    for piece in pieces:
        digest.update(piece)
        length += len(piece)
        yield from _member(f"dump.{number:06}", piece)
        number += 1
    manifest = {**facts, "dump": {"bytes": length, "pieces": number, "sha256": digest.hexdigest()}}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    yield from _member(_manifest_name(text), text)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _member(name: str, data: bytes) -> Iterator[bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    yield info.tobuf()
    yield data
    yield bytes(-len(data) % tarfile.BLOCKSIZE)


def _manifest_name(text: bytes) -> str:
    return f"manifest-{hashlib.sha256(text).hexdigest()}.json"


def unpacked(source: IO[bytes]) -> Generator[bytes, None, Manifest]:
    """The pieces of the dump; then the manifest is returned. The last piece is held back until all of them are what
    the manifest says, so that nobody takes a damaged dump for a whole one."""
    digest, number, last = hashlib.sha256(), 0, b""
    manifest: Manifest | None = None
    for name, data in _members(source):
        if name == f"dump.{number:06}" and manifest is None:
            digest.update(data)
            number += 1
            if last:
                yield last
            last = data
        elif name == _manifest_name(data) and manifest is None:
            manifest = json.loads(data)
        else:
            raise Fault("it is damaged: its manifest is not as it was written. Take another backup.")
    if manifest is None:
        raise Fault(CUT_OFF)
    if (digest.hexdigest(), number) != (manifest["dump"]["sha256"], manifest["dump"]["pieces"]):
        raise Fault("it is damaged: the SHA-256 of the dump differs from the manifest's. Take another backup.")
    yield last
    return manifest


def _members(source: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() and member.size <= PIECE else None
                yield member.name, (content or io.BytesIO()).read()
        deque(iter(partial(source.read, PIECE), b""), maxlen=0)  # to the end, which an encrypted file vouches for
    except (tarfile.TarError, EOFError):
        raise Fault(CUT_OFF) from None


def manifest_of(source: IO[bytes]) -> Manifest:
    """Read all and keep nothing but the manifest."""
    pieces = unpacked(source)
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            found: Manifest = end.value
            return found
