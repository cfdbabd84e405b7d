"""Writes var/sbom.json (`make sbom`), the bill of materials in CycloneDX 1.6: all that is locked, with its hashes."""

from datetime import UTC, datetime
from importlib import metadata
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.supply import licences
from config.supply.locks import NPM_LOCK, PYTHON_LOCKS, ROOT, Package, all_packages, project

TARGET = ROOT / "var" / "sbom.json"
ALGORITHMS = {"pypi": HashAlgorithm.SHA_256, "npm": HashAlgorithm.SHA_512}


def component(package: Package, licence: str) -> Component:
    """A package with each hash its lock allows; what only serves tests and building is `excluded`."""
    group, _, name = package.name.rpartition("/")
    purl = PackageURL(package.kind, group or None, name, package.version)  # a name, not an address
    return Component(
        bom_ref=purl.to_string(),
        type=ComponentType.LIBRARY,
        group=group or None,
        name=name,
        version=package.version,
        purl=purl,
        hashes=[HashType(alg=ALGORITHMS[package.kind], content=digest) for digest in package.hashes],
        scope=ComponentScope.REQUIRED if package.is_runtime else ComponentScope.EXCLUDED,
        licenses=[] if licence == licences.UNDECLARED else [LicenseFactory().make_from_string(licence)],
    )


def asked_for(document: dict[str, Any]) -> dict[str, set[str]]:
    """What pyproject.toml asks for, by name, with the extras."""
    groups = document["dependency-groups"].values()
    stated = [*document["project"]["dependencies"], *(each for group in groups for each in group)]
    return {canonicalize_name(each.name): each.extras for each in map(Requirement, stated)}


def needs(name: str, extras: set[str]) -> set[str]:
    """What an installed Python package needs on this machine; the locks hold no such lines."""
    try:
        stated = [Requirement(each) for each in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return set()
    chosen = [{"extra": extra} for extra in ("", *extras)]
    return {
        canonicalize_name(each.name) for each in stated if each.marker is None or any(map(each.marker.evaluate, chosen))
    }


def bill(installed: dict[str, str]) -> Bom:
    """Everything locked, and what needs what. The same locks have the same serial number."""
    document = project()
    own, asked = document["project"], asked_for(document)
    root = Component(type=ComponentType.APPLICATION, bom_ref="product", name=own["name"], version=own["version"])
    known = {package.name: component(package, licences.licence(package, installed)) for package in all_packages()}
    locked = "".join((ROOT / name).read_text("utf-8") for name in (*PYTHON_LOCKS, NPM_LOCK))
    bom = Bom(components=known.values(), serial_number=uuid5(NAMESPACE_OID, locked))
    bom.metadata.component, bom.metadata.timestamp = root, datetime.now(UTC)
    direct = asked.keys() | {name for name, each in known.items() if str(each.purl).startswith("pkg:npm/")}
    bom.register_dependency(root, [each for name, each in known.items() if name in direct])
    for name, each in known.items():
        bom.register_dependency(each, [known[need] for need in needs(name, asked.get(name, set())) if need in known])
    return bom


def text(installed: dict[str, str]) -> str:
    """The bill as JSON; `installed` as licences.declared says."""
    return JsonV1Dot6(bill(installed)).output_as_string(indent=2)


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text(licences.declared()), "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(all_packages())} packages")
