"""Files to upload: valid ones, and the same with cells changed, parts broken or bytes turned over."""

import io
import zipfile
from random import Random
from typing import Any

from hypothesis import strategies as st
from openpyxl import load_workbook

CELLS = (
    *(
        None,
        "",
        "x",
        "=1+1",
        "=cmd|x!A1",
        "#REF!",
        True,
        3,
        -3,
        2.5,
        1e300,
        10**15,
        "あ" * 600,
        "\u202ex",
        "ｶﾅ",
        "か\u3099",
    ),
    *(
        "_x0000_",
        "_xD800_",
        "a\u2028b",
        "202037",
        "決裁者",
        "yes",
        "任命している",
        "one@example.jp",
        "{x}",
        "x" * 33_000,
    ),
)
LINES = (
    *(
        "",
        ",",
        ",,,,,,,,,",
        '"',
        '"a\nb",,',
        "小林,x,,202037,決裁者",
        "=1+1,,a@b.jp,202037,editor",
        "a\0b,,,202037,editor",
    ),
    *(
        "x" * 200_000,
        "202037,20,長野県,上田市,うえだし,city",
        "ｶﾅ,,,202011,approver",
        "\u202e,,,202037,editor",
        "1;2;3",
    ),
)
NAMES = ("回答.xlsx", "people.csv", "x.xlsm", "../../x", "", "\0", "あ" * 300 + ".xlsx", "x\n.csv", "a;b.csv")
SIGNS = (b"", b"<", b"9", b'"', b"\0", b"&x;", b"<!DOCTYPE x>", b"-1", b"\xff", b"A1:XFD1048576")


def upload(files: dict[str, bytes]) -> st.SearchStrategy[tuple[str, bytes]]:
    """The name and the content of a file."""
    return st.tuples(st.sampled_from(NAMES), content(files))


@st.composite
def content(draw: st.DrawFn, files: dict[str, bytes]) -> bytes:
    name = draw(st.sampled_from(sorted(files)))
    data, way = files[name], draw(st.integers(0, 5))
    rng = Random(draw(st.integers(0, 2**32)))
    if way == 0:
        return data
    if way == 1:
        return _bytes(data, rng)
    if name.endswith(".csv"):
        return _lines(data, rng)
    return _part(data, rng) if way < 4 else _cells(data, rng)


def _bytes(data: bytes, rng: Random) -> bytes:
    """With bytes turned over, cut off or doubled anywhere."""
    found = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(found) + 1)
        found[at : at + rng.choice((0, 1, 4, 400))] = rng.choice((*SIGNS, found[at : at + 40], rng.randbytes(3)))
    return bytes(found[: rng.choice((len(found), len(found), rng.randrange(len(found) + 1)))])


def _part(data: bytes, rng: Random) -> bytes:
    """With one part of the archive changed or left out; the archive itself is whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            part = old.read(name)
            if name == chosen:
                if not rng.randrange(6):
                    continue
                part = _bytes(part, rng)
            new.writestr(name, part)
    return out.getvalue()


def _cells(data: bytes, rng: Random) -> bytes:
    """With values put into cells near those that hold some, as a spreadsheet program saves it."""
    book: Any = load_workbook(io.BytesIO(data))
    for _ in range(rng.randint(1, 6)):
        page = rng.choice(book.worksheets)
        place = page.cell(rng.randint(1, min(page.max_row + 2, 60)), rng.randint(1, min(page.max_column + 1, 30)))
        if type(place).__name__ == "Cell":
            place.value = rng.choice(CELLS)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _lines(data: bytes, rng: Random) -> bytes:
    """With lines and values changed, in one encoding or another."""
    lines = data.decode("utf-8-sig").splitlines()
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines) + 1)
        lines[at : at + rng.randint(0, 1)] = [rng.choice((*LINES, *lines))]
    encoding = rng.choice(("utf-8", "utf-8-sig", "cp932", "utf-16", "utf-8"))
    return rng.choice(("\n", "\r\n", "\r")).join(lines).encode(encoding, "backslashreplace")
