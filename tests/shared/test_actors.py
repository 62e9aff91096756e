"""The name under which the audit trail keeps whoever acted: always a code, and never the same for two."""

from datetime import timedelta

import pytest

from shared.access import actor_of
from shared.clock import utc_now
from shared.identity import Principal, Role
from shared.vocabulary import is_code


def somebody(subject: str, service: str | None = None) -> Principal:
    return Principal(
        subject=subject,
        roles=frozenset({Role.SERVICE if service else Role.ADVISER}),
        audience="case",
        agency=None,
        service=service,
        expires_at=utc_now() + timedelta(hours=1),
    )


def test_nobody_is_the_public_and_a_service_goes_by_its_name() -> None:
    assert actor_of(None) == "public"
    assert actor_of(somebody("referral", "referral")) == "service:referral"


@pytest.mark.parametrize("subject", ["ada", "a b", "ada@example.org", "é" * 40, "x" * 300, "<script>"])
def test_an_actor_fits_the_column_and_holds_no_odd_sign(subject: str) -> None:
    actor = actor_of(somebody(subject))
    assert len(actor) <= 200
    assert is_code(actor.removeprefix("user:")) or actor.removeprefix("user:").isalnum()


def test_two_long_subjects_that_begin_alike_are_two_actors() -> None:
    """Two people sign a stand-down: whoever looked like the other could not, or could sign twice."""
    same = "https://sign-in.example/realms/helpline/users/" * 3
    assert actor_of(somebody(f"{same}1")) != actor_of(somebody(f"{same}2"))
