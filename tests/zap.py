"""The passive rules of a ZAP baseline scan as checks of an answer: by number, each with its name and what it finds.

Written from the rules' descriptions. What a rule looks for and cannot be here stands in NOT_HERE, with the reason.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from tests.walk import texts

HOST = "testserver"
PRIVATE = re.compile(r"\b(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})\b")
ERRORS = re.compile(
    r"Traceback \(most recent|DoesNotExist at /|OperationalError|ProgrammingError|You're seeing this error"
)
SUSPICIOUS = re.compile(r"\b(TODO|FIXME|XXX|BUG|BUGS|HACK|PASSWORD|SECRET|USERNAME|ADMIN)\b", re.I)
SENSITIVE = re.compile(r"[?&](pass(word)?|pwd|token|session(id)?|jsessionid|email|mail|secret|key)=", re.I)
STAMP = re.compile(r"(?<![\d.])1[6-9]\d{8}(?![\d.])")  # seconds since 1970, of these years
HASH = re.compile(r"(argon2|pbkdf2_sha256|md5)\$[^*\s<]{8,}\$[^*\s<]{8,}|\$2[aby]\$\d\d\$")
TEMPLATE = re.compile(r"\{%|\{\{|<\?php|^#!/", re.M)
FOR_SCRIPTS = {"csrftoken"}  # read by the script that saves while somebody types; what it holds is in each form too
OPEN = re.compile(r"^/(api/|report/.+\.(atom|csv|json|pdf|svg|xlsx|zip)$)")

LOADING = ("script", "img", "iframe", "object", "embed", "source")


class Page(HTMLParser):
    """What the rules look at in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.comments: list[str] = []
        self.sources: list[tuple[str, str]] = []  # tag and address of what a page loads
        self.links: list[dict[str, str]] = []
        self.forms: list[dict[str, Any]] = []
        self.inline: list[str] = []
        self.charset = ""
        self.feed(text)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        self.inline += [f"{tag} {name}" for name in own if name.startswith("on") or name == "style"]
        if tag == "script" and "src" not in own and own.get("type") not in ("application/json", "text/template"):
            self.inline.append("script")
        if tag == "meta":
            self.charset = own.get("charset", self.charset)
        if tag == "a":
            self.links.append(own)
        elif tag == "form":
            self.forms.append({**own, "fields": []})
        elif tag == "input" and self.forms:
            self.forms[-1]["fields"].append(own.get("name"))
        elif tag in LOADING or own.get("rel") == "stylesheet":
            self.sources.append((tag, own.get("src") or own.get("data") or own.get("href") or ""))


@dataclass
class Seen:
    """An answer, to whom it was given, and the names that no page may give away as a hash."""

    role: str
    url: str
    answer: Any
    sign_in_ids: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        data = b"".join(self.answer.streaming_content) if self.answer.streaming else self.answer.content
        return "\n".join(texts(data))

    @property
    def is_page(self) -> bool:
        return self.header("Content-Type").startswith("text/html") and not self.header("Location")

    @cached_property
    def page(self) -> Page:
        return Page(self.text if self.is_page else "")

    @property
    def is_open(self) -> bool:
        return bool(OPEN.match(urlsplit(self.url).path))

    @property
    def is_signed_in(self) -> bool:
        return self.role != "anonymous"

    def header(self, name: str) -> str:
        return str(self.answer.headers.get(name, ""))

    @property
    def cookies(self) -> list[Any]:
        return [cookie for cookie in self.answer.cookies.values() if cookie.value]

    def foreign(self, address: str) -> bool:
        return urlsplit(address).netloc not in ("", HOST)


Found = Iterator[str]
RULES: dict[int, tuple[str, Callable[[Seen], Found]]] = {}


def rule(*ids: int, name: str) -> Callable[[Callable[[Seen], Found]], Callable[[Seen], Found]]:
    def kept(check: Callable[[Seen], Found]) -> Callable[[Seen], Found]:
        RULES.update(dict.fromkeys(ids, (name, check)))
        return check

    return kept


@rule(2, name="Private IP Disclosure")
def private_ip(seen: Seen) -> Found:
    yield from PRIVATE.findall(seen.text)


@rule(3, 10024, name="Session ID in URL; Sensitive Information in URL")
def sensitive(seen: Seen) -> Found:
    yield from (each["href"] for each in seen.page.links if SENSITIVE.search(each.get("href", "")))
    yield from (seen.header("Location") for _ in SENSITIVE.findall(seen.header("Location")))


@rule(10009, 10036, 10037, 10039, 10050, 10052, 10056, 10061, name="Headers that name the server or its tools")
def leaks(seen: Seen) -> Found:
    named = ("Server", "X-Powered-By", "X-Backend-Server", "X-Cache", "Age", "X-ChromeLogger-Data", "X-Debug-Token")
    yield from (name for name in (*named, "X-AspNet-Version") if name in seen.answer.headers)


@rule(10010, name="Cookie No HttpOnly Flag")
def http_only(seen: Seen) -> Found:
    yield from (each.key for each in seen.cookies if not each["httponly"] and plain(each.key) not in FOR_SCRIPTS)


def plain(name: str) -> str:
    return name.removeprefix("__Host-")


@rule(10011, 10054, 90033, name="Cookie Without Secure Flag; without SameSite Attribute; Loosely Scoped Cookie")
def cookies(seen: Seen) -> Found:
    for each in seen.cookies:
        if not (each["secure"] and each["samesite"] == "Lax" and each.key.startswith("__Host-")):
            yield each.key
        if each["domain"] or each["path"] != "/":
            yield f"{each.key}: {each['domain']}{each['path']}"


@rule(10015, 10049, name="Re-examine Cache-control Directives; Content Cacheability")
def cache(seen: Seen) -> Found:
    kept = seen.header("Cache-Control")
    is_file = "public" in kept and not seen.is_page
    if seen.is_signed_in and not is_file and "no-store" not in kept:
        yield kept
    if not seen.is_signed_in and seen.is_page and not ("no-cache" in kept or "no-store" in kept):
        yield kept
    if seen.is_page and "private" not in kept:
        yield kept


@rule(10017, 90003, name="Cross-Domain JavaScript Source File Inclusion; Sub Resource Integrity Attribute Missing")
def foreign_scripts(seen: Seen) -> Found:
    yield from (address for _tag, address in seen.page.sources if seen.foreign(address))


@rule(10019, name="Content-Type Header Missing")
def content_type(seen: Seen) -> Found:
    if seen.text.strip() and not seen.header("Content-Type"):
        yield "no type"


@rule(10020, name="Anti-clickjacking Header")
def clickjacking(seen: Seen) -> Found:
    if seen.header("X-Frame-Options") != "DENY" or "frame-ancestors 'none'" not in csp(seen):
        yield "may be framed"


@rule(10021, name="X-Content-Type-Options Header Missing")
def nosniff(seen: Seen) -> Found:
    if seen.header("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"


@rule(10023, 90022, name="Information Disclosure - Debug Error Messages; Application Error Disclosure")
def errors(seen: Seen) -> Found:
    yield from ERRORS.findall(seen.text)
    if seen.answer.status_code >= 500:
        yield str(seen.answer.status_code)


@rule(10025, name="Sensitive Information in HTTP Referrer Header")
def referrer(seen: Seen) -> Found:
    if seen.header("Referrer-Policy") != "same-origin":
        yield seen.header("Referrer-Policy")


@rule(10027, name="Information Disclosure - Suspicious Comments")
def comments(seen: Seen) -> Found:
    yield from (each for each in seen.page.comments if SUSPICIOUS.search(each))


@rule(10028, name="Open Redirect")
def redirects(seen: Seen) -> Found:
    if seen.foreign(seen.header("Location")):
        yield seen.header("Location")


@rule(10035, name="Strict-Transport-Security Header")
def hsts(seen: Seen) -> Found:
    if not seen.header("Strict-Transport-Security").startswith("max-age=31536000"):
        yield "no HSTS"


def csp(seen: Seen) -> str:
    return seen.header("Content-Security-Policy")


@rule(10038, 10055, name="Content Security Policy Header Not Set; CSP wildcard, unsafe directives, no fallback")
def policy(seen: Seen) -> Found:
    if "default-src 'none'" not in csp(seen) or "*" in csp(seen) or "unsafe" in csp(seen):
        yield csp(seen)
    yield from (name for name in ("form-action", "base-uri", "frame-ancestors") if name not in csp(seen))
    yield from seen.page.inline


@rule(10040, 10041, 10042, name="Mixed Content; Insecure Transition in Form Post")
def mixed(seen: Seen) -> Found:
    loaded = [address for _tag, address in seen.page.sources] + [form.get("action", "") for form in seen.page.forms]
    yield from (address for address in loaded if address.startswith("http://"))
    yield from (form["action"] for form in seen.page.forms if seen.foreign(form.get("action", "")))


@rule(10044, name="Big Redirect Detected")
def big_redirect(seen: Seen) -> Found:
    if 300 <= seen.answer.status_code < 400 and len(seen.answer.content) > len(seen.header("Location")) + 300:
        yield str(len(seen.answer.content))


@rule(10057, name="Username Hash Found")
def user_hashes(seen: Seen) -> Found:
    for id in seen.sign_in_ids:
        for kind in ("md5", "sha1", "sha256"):
            if hashlib.new(kind, id.encode(), usedforsecurity=False).hexdigest() in seen.text:
                yield f"{kind} of {id}"


@rule(10063, name="Permissions Policy Header Not Set")
def permissions(seen: Seen) -> Found:
    if "camera=()" not in seen.header("Permissions-Policy"):
        yield "no policy"


@rule(10096, name="Timestamp Disclosure - Unix")
def timestamps(seen: Seen) -> Found:
    yield from STAMP.findall(seen.text if seen.is_page else "")


@rule(10097, name="Hash Disclosure")
def hashes(seen: Seen) -> Found:
    yield from (found.group() for found in HASH.finditer(seen.text))


@rule(10098, name="Cross-Domain Misconfiguration")
def cross_domain(seen: Seen) -> Found:
    if seen.header("Access-Control-Allow-Credentials") or (
        seen.header("Access-Control-Allow-Origin") and not seen.is_open
    ):
        yield seen.header("Access-Control-Allow-Origin")


@rule(10099, name="Source Code Disclosure")
def source(seen: Seen) -> Found:
    yield from TEMPLATE.findall(seen.text if seen.is_page else "")


@rule(10105, name="Weak Authentication Method")
def authentication(seen: Seen) -> Found:
    yield from [seen.header("WWW-Authenticate")] * ("WWW-Authenticate" in seen.answer.headers)


@rule(10108, name="Reverse Tabnabbing")
def tabnabbing(seen: Seen) -> Found:
    yield from (
        each["href"] for each in seen.page.links if each.get("target") and "noopener" not in each.get("rel", "")
    )


@rule(10202, name="Absence of Anti-CSRF Tokens")
def tokens(seen: Seen) -> Found:
    for form in seen.page.forms:
        if form.get("method", "get").lower() == "post" and "csrfmiddlewaretoken" not in form["fields"]:
            yield form.get("action", "")


@rule(90004, name="Insufficient Site Isolation Against Spectre Vulnerability")
def isolation(seen: Seen) -> Found:
    wanted = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "cross-origin" if seen.is_open else "same-origin",
    }
    yield from (f"{name}: {seen.header(name)}" for name, value in wanted.items() if seen.header(name) != value)


@rule(90011, name="Charset Mismatch")
def charset(seen: Seen) -> Found:
    kind = seen.header("Content-Type").lower().replace('"', "")
    if kind.startswith(("text/", "image/svg")) and "charset=utf-8" not in kind:
        yield kind
    if seen.is_page and seen.page.charset.lower() not in ("utf-8", ""):
        yield seen.page.charset


NOT_HERE = {
    10003: ("Vulnerable JS Library", "two libraries, locked with their hashes; the audit of packages knows them"),
    10012: ("Password Autocomplete in Browser", "retired: password managers are welcome"),
    10026: ("HTTP Parameter Override", "forms name their own address or none; no view reads an address from a field"),
    10029: ("Cookie Poisoning", "no cookie is set from what was sent but the language, one of two"),
    10030: ("User Controllable Charset", "the charset is always UTF-8"),
    10031: ("User Controllable HTML Element Attribute", "escaped: tests/test_tampering.py posts markup"),
    10032: ("Viewstate", "another framework"),
    10033: ("Directory Browsing", "static files by name only: see test_baseline"),
    10034: ("Heartbleed OpenSSL Vulnerability", "TLS ends at the proxy"),
    10043: ("User Controllable JavaScript Event", "no event handlers in attributes: rule 10055 looks for them"),
    10062: ("PII Disclosure", "of card numbers: none are asked for"),
    10094: ("Base64 Disclosure", "signed previews and tokens are Base64 on purpose; they hold what the page shows"),
    10109: ("Modern Web Application", "informational"),
    10110: ("Dangerous JS Functions", "of our scripts: see test_baseline"),
    50001: ("Script Passive Scan Rules", "none are loaded"),
    90001: ("Insecure JSF ViewState", "another framework"),
    90002: ("Java Serialization Object", "another language"),
    90030: ("WSDL File Detection", "no SOAP"),
}
