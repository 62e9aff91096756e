"""Generated files: as the registry of services and the templates give them, and complete for a new service."""

import tomllib
from pathlib import Path

import pytest

from tools import generated_files
from tools.generated_files import PROJECT, TEMPLATES, generated, out_of_date, with_services
from tools.local.environment import ports_from
from tools.registry import REGISTERED, ROOT, RegisteredService


def test_the_files_of_this_tree_are_up_to_date() -> None:
    assert out_of_date(ROOT) == []


def test_a_file_that_was_changed_by_hand_or_is_missing_is_named(tmp_path: Path) -> None:
    for path, text in generated().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    assert out_of_date(tmp_path) == []
    (tmp_path / "docker-compose.yml").write_text("services: {}\n")
    (tmp_path / ".importlinter").unlink()
    assert out_of_date(tmp_path) == ["docker-compose.yml", ".importlinter"]


@pytest.mark.parametrize("path", [*TEMPLATES, PROJECT])
def test_a_service_that_is_registered_appears_in_every_file(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "rota" not in generated()[path].lower()
    new = RegisteredService("rota", keeps="shifts")
    monkeypatch.setattr(generated_files, "REGISTERED", (*REGISTERED, new))
    monkeypatch.setattr(generated_files, "ports_from", lambda: ports_from() | {new.name: 8005})
    assert "rota" in generated()[path].lower()


def test_a_new_service_is_a_dependency_of_the_project_and_found_in_its_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new = RegisteredService("rota", keeps="shifts")
    monkeypatch.setattr(generated_files, "REGISTERED", (*REGISTERED, new))
    project = tomllib.loads(with_services((ROOT / PROJECT).read_text(encoding="utf-8")))
    assert project["project"]["dependencies"].count("helpline-rota") == 1
    assert project["tool"]["uv"]["sources"]["helpline-rota"] == {"path": "services/rota-service"}
