"""ZIP files that are put together from pieces."""

import io
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from aggregation import archive

FILES = {
    "あ.pdf": b"%PDF" * 500,
    "b.xlsx": b"PK packed",
    "c.pdf": b"%PDF-1.7" * 9,
    "d.xlsx": bytes(range(256)),
    "e.pdf": b"",
    "f.xlsx": b"PK",
}


def joined(*pieces: bytes) -> bytes:
    out = io.BytesIO()
    archive.join(out, pieces)
    return out.getvalue()


def packed() -> list[bytes]:
    names = list(FILES)
    return [archive.pack({name: FILES[name] for name in names[at : at + 2]}) for at in (0, 2, 4)]


def test_what_is_joined_is_one_archive_of_all_files_in_their_order() -> None:
    found = ZipFile(io.BytesIO(joined(*packed())))
    assert found.testzip() is None
    assert {name: found.read(name) for name in found.namelist()} == FILES
    assert found.namelist() == list(FILES)
    assert [info.compress_type for info in found.infolist()] == [ZIP_DEFLATED, ZIP_STORED] * 3


def test_the_same_files_give_the_same_bytes_and_no_date_of_today() -> None:
    assert joined(*packed()) == joined(*packed())
    assert {info.date_time for info in ZipFile(io.BytesIO(joined(*packed()))).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_joined_is_an_empty_archive() -> None:
    assert ZipFile(io.BytesIO(joined())).namelist() == []


@pytest.mark.parametrize("bound", ["MOST", "LIMIT"])
def test_what_no_archive_can_hold_is_refused(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(archive, bound, 3)
    with pytest.raises(archive.TooLarge, match="more than"):
        joined(*packed())
