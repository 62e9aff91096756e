"""Rewrapping of data keys: cut off or run twice, nothing is lost, and erased keys stay erased."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from shared.crypto.keyring import Keyring
from shared.crypto.vault import DecryptionFailed, SealedField, Vault
from shared.runtime.rewrap_keys import rewrap, versions
from shared.service.settings import Settings
from tests.support.services import RunningService

REWRAP = """
from shared.runtime.cli import command_line
from tests.support.sample_service import SAMPLE
command_line(SAMPLE)()
"""


async def sealed_values(sample: RunningService, how_many: int) -> dict[UUID, bytes]:
    """Return values sealed under keys of as many owners."""
    sealed = {}
    async with sample.unit_of_work() as uow:
        for _ in range(how_many):
            owner = uuid4()
            await uow.keys.create(owner)
            sealed[owner] = await uow.keys.seal(owner, field_of(owner), "kept")
    return sealed


def field_of(owner: UUID) -> SealedField:
    return SealedField("notes", "text", owner)


async def stored(sample: RunningService) -> dict[UUID, bytes]:
    return {row["owner"]: bytes(row["wrapped"]) for row in await sample.fetch("SELECT * FROM data_keys")}


def rotated(sample: RunningService) -> Path:
    path = Path(sample.context.settings.keyring)
    Keyring.rotate(path)
    return path


async def command(sample: RunningService, **variables: str) -> tuple[int | None, str]:
    settings: Settings = sample.context.settings
    secrets = {"database_url": settings.database_url, "bus": settings.bus}
    plain = {"keyring": settings.keyring, "issuer": settings.issuer, "mode": "local", **variables}
    values = plain | {
        name: secret.get_secret_value() for name, secret in secrets.items() if isinstance(secret, SecretStr)
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        REWRAP,
        "rewrap-keys",
        env={**os.environ, **{f"HELPLINE_{name}".upper(): value for name, value in values.items()}},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await running.communicate()
    return running.returncode, output.decode()


async def test_after_a_run_the_old_key_is_retired_and_everything_opens(sample: RunningService) -> None:
    sealed = await sealed_values(sample, 5)
    path = rotated(sample)
    newer = await sealed_values(sample, 2)
    assert await versions(sample.context.database) == {1: 5, 2: 2}
    assert await command(sample) == (
        0,
        "version 2: 7 keys\nEverything is under version 2; older versions may be retired (docs/keys.md).\n",
    )
    last, keys = Vault(Keyring.retire(path, 1)), await stored(sample)
    for owner, value in {**sealed, **newer}.items():
        assert last.open(last.open_key(owner, keys[owner]), field_of(owner), value) == "kept"


async def test_a_second_run_changes_nothing(sample: RunningService) -> None:
    await sealed_values(sample, 3)
    rotated(sample)
    assert (await command(sample))[0] == 0
    once = await stored(sample)
    assert (await command(sample))[0] == 0
    assert await stored(sample) == once


async def test_an_erased_key_stays_erased_also_when_it_is_erased_in_between(sample: RunningService) -> None:
    first, second, _ = await sealed_values(sample, 3)
    async with sample.unit_of_work() as uow:
        await uow.keys.erase(first)
    rotated(sample)
    database = sample.context.database
    async with sample.unit_of_work() as uow:
        await uow.keys.erase(second)
        await uow.session.flush()
        rewrapping = asyncio.create_task(rewrap(database))  # it has read the key, and waits for this row
        await asyncio.sleep(0.3)
        assert not rewrapping.done()
    await rewrapping
    keys = await stored(sample)
    assert (keys[first], keys[second]) == (b"", b"")
    assert await versions(database) == {2: 1}


async def test_a_run_killed_in_between_loses_nothing_and_the_next_one_completes_it(
    sample: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = await sealed_values(sample, 1200)  # three batches
    path = rotated(sample)
    code, _ = await command(sample, crash_point="unit_of_work.before_commit:2")
    assert code == -signal.SIGKILL
    assert await versions(sample.context.database) == {1: 700, 2: 500}
    assert (await command(sample))[0] == 0
    assert await versions(sample.context.database) == {2: 1200}
    last, keys = Vault(Keyring.retire(path, 1)), await stored(sample)
    for owner, value in sealed.items():
        assert last.open(last.open_key(owner, keys[owner]), field_of(owner), value) == "kept"


async def test_a_key_that_does_not_open_is_reported_and_left_and_the_others_are_wrapped_anew(
    sample: RunningService,
) -> None:
    owner, *_ = await sealed_values(sample, 3)
    damaged = (await stored(sample))[owner][:-1] + b"\0"
    pool = sample.context.database.pool
    await pool.execute("UPDATE data_keys SET wrapped = $2 WHERE owner = $1", owner, damaged)
    rotated(sample)
    code, output = await command(sample)
    assert (code, "version 1: 1 keys" in output, "version 2: 2 keys" in output) == (1, True, True)
    assert "Retire nothing that is still listed" in output
    keys = await stored(sample)
    assert keys[owner] == damaged
    with pytest.raises(DecryptionFailed):
        sample.context.vault.open_key(owner, damaged)


async def test_every_batch_is_in_the_audit_trail(sample: RunningService) -> None:
    await sealed_values(sample, 5)
    rotated(sample)
    await rewrap(sample.context.database, batch=2)
    entries = await sample.fetch("SELECT actor, codes FROM audit_entries WHERE action = 'keys.rewrapped'")
    assert {row["actor"] for row in entries} == {"operator:rewrap-keys"}
    assert sorted(row["codes"]["count"] for row in entries) == [1, 2, 2]
