"""Actor of an audit entry: always a code, and never the same for two callers."""

from datetime import timedelta

import pytest

from shared.clock import utc_now
from shared.domain.vocabulary import is_code
from shared.http.auth import actor_of
from shared.identity.principals import Principal, Role


def a_principal(subject: str, service: str | None = None) -> Principal:
    return Principal(
        subject=subject,
        roles=frozenset({Role.SERVICE if service else Role.ADVISER}),
        audience="case",
        agency=None,
        service=service,
        expires_at=utc_now() + timedelta(hours=1),
    )


def test_a_caller_without_token_is_the_public_and_a_service_has_its_name() -> None:
    assert actor_of(None) == "public"
    assert actor_of(a_principal("referral", "referral")) == "service:referral"


@pytest.mark.parametrize("subject", ["ada", "a b", "ada@example.org", "é" * 40, "x" * 300, "<script>"])
def test_an_actor_fits_the_column_and_holds_no_odd_sign(subject: str) -> None:
    actor = actor_of(a_principal(subject))
    assert len(actor) <= 200
    assert is_code(actor.removeprefix("user:")) or actor.removeprefix("user:").isalnum()


def test_two_long_subjects_that_begin_alike_are_two_actors() -> None:
    """Two people sign a stand-down: with one actor for both, they could not, or one could sign twice."""
    same = "https://sign-in.example/realms/helpline/users/" * 3
    assert actor_of(a_principal(f"{same}1")) != actor_of(a_principal(f"{same}2"))
