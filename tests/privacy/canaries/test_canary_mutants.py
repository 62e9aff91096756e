"""Mutants of the canaries: each planted leak is found in its own sink. One that leaks nothing is none."""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import httpx2
import pytest

from tests.privacy.canaries.canaries import Canaries
from tests.privacy.canaries.canary_client import CanaryClient
from tests.privacy.canaries.canary_flows import (
    REPORTS,
    answer_as_agencies,
    hand_over_by_phone,
    open_pages,
    send_reports,
)
from tests.privacy.canaries.canary_mutants import MUTANTS, REPORT, Mutant, verdict
from tests.privacy.canaries.canary_refusals import send_to_each_route
from tests.privacy.canaries.canary_sinks import installed
from tests.privacy.canaries.search import Hit
from tools.local.environment import module_command

IN_DANGER = (REPORTS[1], REPORTS[3])
STEM = "zqmutantk"


def with_mutants(name: str, verb: str) -> Sequence[str]:
    if name == "issuer":
        return module_command(name, verb)
    return [sys.executable, "-m", "tests.privacy.canaries.canary_mutants", name, verb]


async def test_each_planted_leak_is_found_for_its_own_reason(folder: Path, tmp_path: Path) -> None:
    """All mutants leak in one run: a find names the word, the sink and the encoding, and so the mutant."""
    report = tmp_path / "mutants"
    report.touch()
    canaries = Canaries(STEM)
    async with (
        httpx2.AsyncClient(timeout=30, trust_env=False) as http,
        installed(folder, command=with_mutants, environment={REPORT: str(report)}) as installation,
    ):
        client = CanaryClient(installation.system, http, canaries)
        await live_through_an_hour(client)
        texts = {"pages": await open_pages(client), **await installation.rows()}
        await installation.stop()
        hits = installation.search(STEM, texts)
    verdicts = {one.name: verdict(one, report.read_text(), hits, canaries.sent) for one in MUTANTS}
    assert verdicts == dict.fromkeys(verdicts, "noticed")


async def live_through_an_hour(client: CanaryClient) -> None:
    """Send words through the code of every mutant: two reports in danger, a handover, answers, refused paths."""
    first, second = await send_reports(client, IN_DANGER)
    answered, handed_over = [(await client.imported_case(one))["id"] for one in (first, second)]
    await hand_over_by_phone(client, handed_over)

    async def referred() -> bool:
        listed = await client.accepted("referral", "GET", f"/v1/referrals?case_id={answered}", "adviser")
        return bool(listed["items"])

    await client.until(referred)
    assert await answer_as_agencies(client, answered) > 0
    await send_to_each_route(client, "stats")


A_MUTANT = Mutant("a_mutant", "case", lambda _: None, "spoken to", "rows of case")
SENT = {"zq0001": "spoken to", "zq0002": "report 1"}
FOUND = Hit("zq0001", "utf-8", "rows of case")


@pytest.mark.parametrize(
    ("report", "hits", "expected"),
    [
        ("a_mutant: reached\n", [FOUND], "noticed"),
        ("", [FOUND], "never reached"),
        ("another_mutant: reached\n", [FOUND], "never reached"),
        ("a_mutant: broke with TypeError\n", [FOUND], "broke with TypeError"),
        ("a_mutant: reached\na_mutant: broke with AttributeError\n", [FOUND], "broke with AttributeError"),
        ("a_mutant: reached\n", [], "not noticed"),
        ("a_mutant: reached\n", [Hit("zq0001", "utf-8", "rows of intake")], "not noticed"),
        ("a_mutant: reached\n", [Hit("zq0001", "hex", "rows of case")], "not noticed"),
        ("a_mutant: reached\n", [Hit("zq0002", "utf-8", "rows of case")], "not noticed"),
    ],
)
def test_a_mutant_counts_only_where_it_was_reached_and_its_own_words_leaked_into_its_own_sink(
    report: str, hits: list[Hit], expected: str
) -> None:
    assert verdict(A_MUTANT, report, hits, SENT) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (lambda: None, "broke with TypeError"),
        (lambda value: value.no_such_thing, "broke with AttributeError"),
        (lambda value: None, "reached"),
    ],
)
def test_a_leak_that_does_not_fit_its_function_is_reported_and_the_service_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: object, expected: str
) -> None:
    monkeypatch.setenv(REPORT, str(tmp_path / "report"))
    code = SimpleNamespace(double=lambda value: 2 * value)
    A_MUTANT.wrap(code, "double", fault)  # type: ignore[arg-type]  # that some do not fit is the point
    assert code.double(2) == 4
    assert (tmp_path / "report").read_text() == f"a_mutant: {expected}\n"
