"""Steps of the compose file that prepare each service, and the settings with which its processes start."""

from typing import Any

import pytest

from tests.tools.compose.compose_file import SERVICES, environment_of, script_of
from tools.registry import BY_NAME, REGISTERED, RegisteredService

DONE = {"condition": "service_completed_successfully"}

each_service = pytest.mark.parametrize("service", REGISTERED, ids=lambda service: service.name)


def processes_of(service: RegisteredService) -> tuple[str, ...]:
    return f"{service.name}-api", f"{service.name}-worker"


@each_service
def test_one_step_prepares_each_service_and_makes_its_keyring_before_its_tables(
    service: RegisteredService,
) -> None:
    lines = script_of(f"{service.name}-prepare").splitlines()
    verbs = [line.removeprefix(f"python -m {service.package} ") for line in lines]
    assert [verb for verb in verbs if verb != "prepare-bus"] == [
        "make-keyring",
        "migrate",
        *(["load-reference"] if service.loads_reference else []),
    ]


@each_service
def test_the_step_runs_once_after_the_databases_are_there(service: RegisteredService) -> None:
    step = SERVICES[f"{service.name}-prepare"]
    assert step["restart"] == "no"
    assert step["depends_on"]["databases"] == DONE


def test_one_step_prepares_the_bus_and_waits_for_it() -> None:
    preparing = [
        name for name in SERVICES if name.endswith("-prepare") and "prepare-bus" in script_of(name).split()
    ]
    assert len(preparing) == 1
    assert SERVICES[preparing[0]]["depends_on"]["kafka"] == {"condition": "service_healthy"}


@each_service
def test_a_process_starts_when_every_service_is_prepared(service: RegisteredService) -> None:
    for name in processes_of(service):
        waits_for = SERVICES[name]["depends_on"]
        assert all(waits_for[f"{other}-prepare"] == DONE for other in BY_NAME), name


@each_service
def test_each_keyring_is_mounted_in_its_own_service_and_written_by_its_prepare_step_alone(
    service: RegisteredService,
) -> None:
    volume = f"{service.name}-keys:/keys"
    mounting = {name: mounts for name, one in SERVICES.items() if (mounts := _mounts(one, service))}
    read_only = {name: [f"{volume}:ro"] for name in processes_of(service)}
    assert mounting == {f"{service.name}-prepare": [volume], **read_only}


def _mounts(one: dict[str, Any], service: RegisteredService) -> list[str]:
    return [mount for mount in one.get("volumes", ()) if mount.startswith(f"{service.name}-keys:")]


@each_service
def test_no_process_gets_the_password_of_another_service(service: RegisteredService) -> None:
    others = [other.upper() for other in BY_NAME if other != service.name]
    secrets = [f"{other}_{kind}" for other in others for kind in ("PASSWORD", "CLIENT_SECRET")]
    for name in (f"{service.name}-prepare", *processes_of(service)):
        given = str(SERVICES[name]["environment"])
        assert not [secret for secret in (*secrets, "POSTGRES_PASSWORD") if secret in given], name


@each_service
def test_a_process_has_every_setting_that_production_wants(
    service: RegisteredService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (f"{service.name}-prepare", *processes_of(service)):
        with monkeypatch.context() as environment:
            for variable, value in environment_of(name).items():
                environment.setenv(variable, value)
            settings = service.spec.settings()
        assert (settings.mode, settings.refusal()) == ("production", None), name
