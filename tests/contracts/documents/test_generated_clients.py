"""Generated clients: each API description makes a Python client that compiles, imports and has our own names."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.documents.api_style import Document, operations
from tools.contracts.documents import openapi
from tools.registry import SERVICES, specs

LIST_FUNCTIONS = """
import importlib, inspect, json, pkgutil, sys
import client
found = {}
for module in pkgutil.walk_packages(client.__path__, "client."):
    loaded = importlib.import_module(module.name)
    call = getattr(loaded, "asyncio_detailed", None)
    if call is not None:
        parameters = inspect.signature(call).parameters.values()
        required = [one.name for one in parameters if one.default is inspect.Parameter.empty]
        found[module.name.rsplit(".")[-1]] = required
json.dump(found, sys.stdout)
"""


def run(*command: str | Path, folder: Path) -> str:
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def generate(document: Document, folder: Path) -> str:
    """Generate a client into `client`, and return what the generator printed."""
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    (folder / "generator.yml").write_text("post_hooks: []\n", encoding="utf-8")
    generator = Path(sys.executable).with_name("openapi-python-client")
    options = [
        "--path",
        "openapi.json",
        "--output-path",
        "client",
        "--meta",
        "none",
        "--config",
        "generator.yml",
    ]
    return run(generator, "generate", *options, folder=folder)


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_is_generated_without_a_warning_and_its_functions_are_the_operations(
    service: str, tmp_path: Path
) -> None:
    document = openapi(specs()[service])
    printed = generate(document, tmp_path)
    assert not [word for word in ("WARNING", "ERROR", "Warning", "Error") if word in printed], printed
    run(sys.executable, "-m", "compileall", "-q", "client", folder=tmp_path)
    functions = json.loads(run(sys.executable, "-W", "error", "-c", LIST_FUNCTIONS, folder=tmp_path))
    assert functions.keys() == {one.id for one in operations(document)}
    for one in operations(document):
        assert ("if_match" in functions[one.id]) == ("if-match" in one.parameters("header")), one.id


def test_an_operation_that_a_client_cannot_have_is_noticed(tmp_path: Path) -> None:
    document = openapi(specs()["stats"])
    operation = document["paths"]["/v1/statistics"]["get"]
    operation["parameters"].append(
        {"name": "planted", "in": "query", "schema": {"$ref": "#/components/schemas/Gone"}}
    )
    printed = generate(document, tmp_path)
    assert "WARNING" in printed or "ERROR" in printed.upper()
