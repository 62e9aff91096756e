"""Faults of the kind that harm somebody, each planted into the running case service."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from case_service import (
    consent_api,
    contents,
    disclosures,
    disclosures_api,
    forcing,
    minding,
    pages,
    persons_api,
)
from case_service.legs import Leg
from case_service.pages import AccountTold, account_place
from case_service.situations import Account
from shared import sharing
from shared.duties import Bodies
from shared.geography import NATIONAL_DESK, SOCIAL_CARE_DESK
from shared.vocabulary import Ground, PrivacyChoice
from tests.case.test_planted import (
    handling_tells_of_the_source,
)

Plant = Callable[[pytest.MonkeyPatch], None]


def withdrawals_are_not_read(planted: pytest.MonkeyPatch) -> None:
    read = sharing.standing

    def blind(matter: sharing.Matter, person: str, at: datetime) -> sharing.Standing:
        kept = tuple(line for line in matter.consents if not line.withdraws)
        return read(replace(matter, consents=kept), person, at)

    planted.setattr(sharing, "standing", blind)


def silence_is_consent(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(sharing, "may_pass_situation", lambda matter, reporter, at: True)


def every_force_is_one_force(planted: pytest.MonkeyPatch) -> None:
    everywhere = Bodies(lambda gss: "police:E23000012", forcing._care_of, NATIONAL_DESK, SOCIAL_CARE_DESK)
    planted.setattr(forcing, "BODIES", everywhere)


def what_moved_is_dropped(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(forcing, "_matters", lambda facts: set[str]())


def nobody_has_time_to_confirm(planted: pytest.MonkeyPatch) -> None:
    planted.setattr(forcing, "_leaves_at", lambda duty, page, windows: page.case.received_at)


def silence_withholds(planted: pytest.MonkeyPatch) -> None:
    async def nobody_minds(*_: Any) -> bool:
        return False

    planted.setattr(minding, "_tick", nobody_minds)


def reports_of_others_are_opened_here(planted: pytest.MonkeyPatch) -> None:
    async def every_account(case_id: Any, uow: Any) -> list[Account]:
        rows = (await uow.session.scalars(select(AccountTold))).all()
        return [
            Account.model_validate(
                await uow.keys.open(row.case_id, account_place(row.contact_id), row.content)
            )
            for row in rows
        ]

    planted.setattr(pages, "_accounts_of", every_account)


def own_words_go_with_the_situation(planted: pytest.MonkeyPatch) -> None:
    whole = contents._whole_situation
    planted.setattr(
        contents, "_whole_situation", lambda page, today, *, own_words: whole(page, today, own_words=True)
    )


def the_kind_of_recipient_is_not_looked_at(planted: pytest.MonkeyPatch) -> None:
    def shares(matter: Any, person: Any, recipient: Any, at: Any) -> bool:
        return sharing.standing(matter, person.id, at).privacy is PrivacyChoice.SHARE

    planted.setattr(sharing, "_shares_with", shares)


def copies_are_not_called_back(planted: pytest.MonkeyPatch) -> None:
    async def none_of_them(*_: Any) -> Sequence[Any]:
        return []

    planted.setattr(consent_api, "recall_all_of", none_of_them)


def a_recorded_age_forces_nothing(planted: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None:
        return None

    planted.setattr(persons_api, "facts_changed", nothing)


def silence_of_an_agency_is_nobodys_task(planted: pytest.MonkeyPatch) -> None:
    async def quiet(leg: Leg, uow: Any) -> None:
        leg.due_at = None

    planted.setattr(minding, "escalate", quiet)


def consent_sends_by_force_too(planted: pytest.MonkeyPatch) -> None:
    """A disclosure carries every ground of its leg, not the one that it was authorised on."""
    authorise = disclosures.authorise

    async def on_every_ground(
        leg: Leg, kind: str, uow: Any, told: Any, *, grounds: Any = None, about: Any = ()
    ) -> Any:
        return await authorise(leg, kind, uow, told, grounds=leg.ground_set if grounds else None, about=about)

    planted.setattr(disclosures_api, "authorise", on_every_ground)


def a_leads_decision_names_everybody(planted: pytest.MonkeyPatch) -> None:
    decided = sharing._by_authorisation

    def everybody(matter: sharing.Matter, recipient: Any, at: Any) -> set[sharing.Item]:
        names = frozenset(person.id for person in matter.persons)
        wider = tuple(replace(one, persons=names) for one in matter.authorisations)
        return decided(replace(matter, authorisations=wider), recipient, at)

    planted.setitem(sharing._BY_GROUND, Ground.AUTHORISED, everybody)


PLANTS: tuple[Plant, ...] = (
    withdrawals_are_not_read,
    silence_is_consent,
    every_force_is_one_force,
    what_moved_is_dropped,
    nobody_has_time_to_confirm,
    silence_withholds,
    reports_of_others_are_opened_here,
    own_words_go_with_the_situation,
    handling_tells_of_the_source,
    the_kind_of_recipient_is_not_looked_at,
    copies_are_not_called_back,
    a_recorded_age_forces_nothing,
    silence_of_an_agency_is_nobodys_task,
    consent_sends_by_force_too,
    a_leads_decision_names_everybody,
)
