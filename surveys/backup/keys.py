"""Encryption with age: a backup is written for public keys, so that who makes it cannot read it."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import IO

import pyrage
from pyrage.x25519 import Identity, Recipient

from surveys.backup import Fault
from surveys.backup.container import CUT_OFF, START

AGE = b"age-encryption.org/"


def recipients(given: Iterable[str]) -> list[Recipient]:
    """From public keys, or files that hold one a line."""
    lines = [line for each in given for line in ([each] if each.startswith("age1") else _lines(Path(each)))]
    try:
        return [Recipient.from_str(line) for line in lines]
    except pyrage.RecipientError:
        raise Fault(
            f"{', '.join(given)}: this is no public key of age: it begins with age1 and stands in the file of the key "
            "after 'public key:' (manage.py backup_key makes a pair)."
        ) from None


def identities(file: Path) -> list[Identity]:
    try:
        found = [Identity.from_str(line) for line in _lines(file)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise Fault(f"{file}: this is no file of a key of age: a line of it begins with AGE-SECRET-KEY-1.")
    return found


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"{file}: the key cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}.") from None
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def new_pair() -> tuple[str, str]:
    """The text of a file of a key, and its public key."""
    made = Identity.generate()
    public = str(made.to_public())
    return f"# public key: {public}\n{made}\n", public


class _Source:
    """What age reads, piece by piece. A fault while a piece is made is kept, since age tells only its words."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces, self.rest = pieces, memoryview(b"")
        self.fault: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self.rest:
                self.rest = memoryview(next(self.pieces))
        except StopIteration:
            return b""
        except Exception as error:
            self.fault = error
            raise
        found, self.rest = self.rest[:size], self.rest[size:]
        return bytes(found)


def encrypt(pieces: Iterator[bytes], target: IO[bytes], to: Sequence[Recipient]) -> None:
    source = _Source(pieces)
    try:
        pyrage.encrypt_io(source, target, to)
    except (pyrage.EncryptError, OSError) as error:
        raise source.fault or OSError(None, str(error)) from None


@contextmanager
def opened(path: Path, key: Path | None) -> Iterator[IO[bytes]]:
    """The inside of a backup, decrypted on the way and never laid down."""
    with path.open("rb") as file:
        start = file.read(len(AGE))
        file.seek(0)
        if start == AGE:
            if key is None:
                raise Fault("it is encrypted: give the file of its key (--key FILE).")
            with _decrypted(file, identities(key)) as source:
                yield source
        elif start.startswith(START):
            yield file
        else:
            raise Fault("this is no backup of this product, or its beginning is damaged.")


@contextmanager
def _decrypted(file: IO[bytes], held: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """age pushes what it has decrypted, so a thread of its own does, through a pipe."""
    reading, writing = os.pipe()
    faults: list[str] = []

    def decrypt() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                pyrage.decrypt_io(file, pipe, held)
        except BrokenPipeError:
            pass  # the reader has seen enough
        except pyrage.DecryptError as error:
            no_key = "matching keys" in str(error)
            faults.append("this key does not open it: it is encrypted for another one." if no_key else CUT_OFF)
        except OSError:
            faults.append(CUT_OFF)

    thread = Thread(target=decrypt)
    thread.start()
    try:
        with os.fdopen(reading, "rb") as source:
            yield source
    finally:
        thread.join()
        if faults:
            raise Fault(faults[0])
