"""What people, programs and attackers type: values of every kind of field, and the bodies of requests made of them."""

import json
import string
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote_plus

from hypothesis import strategies as st

from tests.fuzz.files import upload
from tests.fuzz.places import Field
from tests.fuzz.words import DAYS, EXTRA, NUMBERS, PARTS, TEXTS

NASTY = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(DAYS),
    st.text(max_size=12),
    st.text(alphabet=string.ascii_letters + string.digits + "-_.|", max_size=12),
    st.integers(-(2**70), 2**70).map(str),
)
PLAUSIBLE = {
    "text": st.sampled_from(("試し", "小林 直樹", "202037", "2020", "上田市", "うえだし", "長野県", "20", "taro")),
    "search": st.sampled_from(("上田", "2020", "officer")),
    "textarea": st.sampled_from(("確かめました。", "一行目\r\n二行目", "")),
    "email": st.sampled_from(("one@example.jp", "two@example.jp", "")),
    "number": st.sampled_from(("3", "0", "20", "")),
    "date": st.sampled_from(("2021-05-21", "2030-01-01", "")),
    "datetime-local": st.sampled_from(("2030-05-21T10:00", "2021-05-21T10:00")),
    "time": st.sampled_from(("10:00",)),
    "password": st.sampled_from(("a-long-enough-password", "another-long-password")),
    "url": st.sampled_from(("https://example.jp/",)),
}
Pair = tuple[str, str]


class Sent(NamedTuple):
    """A request, all of it, as text that can be read in a report."""

    method: str
    path: str
    role: str
    body: bytes = b""
    content_type: str = ""
    headers: tuple[Pair, ...] = ()

    def __str__(self) -> str:
        body = f" {self.content_type} {self.body[:600]!r}" if self.content_type else ""
        return f"{self.method} {self.path[:600]!r} as {self.role}{body} {dict(self.headers) or ''}"


HEADERS = st.lists(
    st.sampled_from(
        [
            *(("HX-Request", "true"), ("HX-Request", "true"), ("HX-Request", "x"), ("HX-Target", "\xff")),
            *(("Accept-Language", "en"), ("Accept-Language", "x" * 300), ("Accept-Language", "ja;q=x,*")),
            *(
                ("If-None-Match", '"x"'),
                ("If-None-Match", "W/"),
                ("If-Modified-Since", "Thu, 99 Foo 0000 99:99:99 GMT"),
            ),
            *(("Range", "bytes=5-1"), ("Range", "bytes=0-0,-1"), ("Referer", "http://[x"), ("Accept", "*/*;q=x")),
            *(
                ("Cookie", "django_language=\\000"),
                ("Cookie", 'sessionid="aaaaaaaaaaaa\\000"'),
                ("Cookie", "messages=x"),
            ),
            *(
                ("Cookie", "csrftoken=\\351"),
                ("X-Forwarded-For", "x\\y"),
                ("Origin", "null"),
                ("X-HTTP-Method-Override", "PUT"),
            ),
        ]
    ),
    max_size=2,
).map(tuple)


@st.composite
def pairs(draw: st.DrawFn, fields: Sequence[Field]) -> list[Pair]:
    """A form filled in: most of it as a person would, some of it changed."""
    found: list[Pair] = []
    fills = not draw(st.booleans())
    for each in fields:
        if each.kind == "file":
            continue
        if each.kind in ("submit", "button"):
            continue
        values = each.chosen
        if fills and each.kind != "hidden" and not any(values):
            values = [draw(_filled(each))]
        found += [(each.name, value) for value in values]
    if presses := [each for each in fields if each.kind in ("submit", "button")]:
        press = draw(st.sampled_from(presses))
        found.append((press.name, draw(st.sampled_from(press.values or [""]))))
    for _ in range(draw(st.sampled_from((0, 0, 1, 1, 2, 4)))):
        found = draw(_changed(found, fields))
    return found


def _filled(each: Field) -> st.SearchStrategy[str]:
    if each.values and each.kind in ("select", "radio", "checkbox"):
        return st.sampled_from(each.values)
    return PLAUSIBLE.get(each.kind, PLAUSIBLE["text"])


@st.composite
def _changed(draw: st.DrawFn, found: list[Pair], fields: Sequence[Field]) -> list[Pair]:
    """One thing changed: a value, a field left out, there twice, or one that nobody asked for."""
    way = draw(st.integers(0, 5))
    names = [each.name for each in fields] or ["x"]
    if way == 0 and found:
        at = draw(st.integers(0, len(found) - 1))
        return found[:at] + found[at + 1 :]
    if way == 1:
        return [*found, (draw(st.sampled_from(names)), draw(NASTY))]
    if way == 2:
        return [*found, (draw(st.sampled_from((*EXTRA, *names))), draw(NASTY))]
    if way == 3 and fields:
        each = draw(st.sampled_from(fields))
        value = draw(_filled(each))
        return [*((name, old) for name, old in found if name != each.name), (each.name, value)]
    if not found:
        return [(draw(st.sampled_from(names)), draw(NASTY))]
    at = draw(st.integers(0, len(found) - 1))
    name, old = found[at]
    value = draw(st.one_of(NASTY, st.builds(lambda sign: old + sign, NASTY), st.just(old[: len(old) // 2])))
    return [*found[:at], (name, value), *found[at + 1 :]]


QUERY = st.lists(st.tuples(st.sampled_from(EXTRA), NASTY), max_size=3)


def encoded(found: Sequence[Pair]) -> str:
    """As in a query string; what no text may hold goes as its bytes."""
    return "&".join(f"{quote_plus(_bytes(name))}={quote_plus(_bytes(value))}" for name, value in found)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def body(draw: st.DrawFn, fields: Sequence[Field], files: dict[str, bytes]) -> tuple[bytes, str]:
    """The body of a POST and what it says it is: nearly always as a browser sends it."""
    found = draw(pairs(fields))
    uploads = [each for each in fields if each.kind == "file"]
    way = draw(st.integers(0, 24))
    if way == 24:
        return draw(st.binary(max_size=60)), draw(st.sampled_from(TYPES))
    if way == 23:
        return json.dumps(dict(found)).encode(), "application/json"
    charset = f"; charset={draw(st.sampled_from(CHARSETS))}" if way == 22 else ""
    if not uploads and (way < 16 or charset):
        return encoded(found).encode(), f"application/x-www-form-urlencoded{charset}"
    data = multipart(found, [(each.name, *draw(upload(files))) for each in uploads if draw(st.integers(0, 9)) < 9])
    if way >= 20:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(max_size=5)) + data[at + draw(st.integers(0, 60)) :]
    return data, f"multipart/form-data; boundary={EDGE}{charset}"


EDGE = "----edge"
CHARSETS = ("utf-16", "utf-7", "shift_jis", "unicode_escape", "base64", "rot13", "idna", "none", "utf-8-sig", "")
TYPES = (
    *("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "text/plain"),
    *(
        "multipart/form-data; boundary=\xe9",
        f"multipart/form-data; boundary={'x' * 300}",
        "application/json",
        ";",
        "x/",
    ),
)


def multipart(found: Sequence[Pair], uploads: Sequence[tuple[str, str, bytes]]) -> bytes:
    parts = [_part(f'name="{_quoted(name)}"', _bytes(value)) for name, value in found]
    parts += [_part(f'name="{_quoted(name)}"; filename="{_quoted(file)}"', data) for name, file, data in uploads]
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


def _part(what: str, data: bytes) -> bytes:
    return b"--" + EDGE.encode() + b"\r\nContent-Disposition: form-data; " + _bytes(what) + b"\r\n\r\n" + data + b"\r\n"


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


@st.composite
def address(draw: st.DrawFn, url: str, queries: Sequence[Pair], often: int) -> str:
    """An address, mostly as it is; once in so often with a part of its path replaced; with a query of those seen and
    made up."""
    path, _, query = url.partition("?")
    path = path.partition("#")[0]
    parts = path.split("/")
    if len(parts) > 2 and draw(st.integers(0, often)) == often:
        at = draw(st.integers(1, len(parts) - 1))
        parts[at] = draw(st.sampled_from(PARTS) | st.text(max_size=6).map(lambda text: quote_plus(_bytes(text))))
        path = "/".join(parts) or "/"
    found = draw(st.lists(st.sampled_from(queries), max_size=2)) if queries else []
    if draw(st.booleans()):
        found = [(name, draw(NASTY) if draw(st.booleans()) else value) for name, value in found]
        found += draw(QUERY)
    query = encoded(found) or query
    if draw(st.integers(0, 29)) == 29:
        query += draw(st.sampled_from(("&%", "&%ff=%fe", "&a=%u3042", "&&;;==", "&" + "x=1&" * 12_000)))
    return f"{path}?{query}" if query else path
