"""Content of a disclosure: whose words go with what, and which reporter goes along."""

import json
import re
from typing import Any
from uuid import UUID

from shared.domain.vocabulary import Ground
from tests.case.builders import (
    acknowledge,
    confirm,
    content_of,
    sent_child,
    supplements,
    text_of,
)
from tests.case.conftest import CaseWork
from tests.support.builders import a_child, a_reporter

NOOR: dict[str, Any] = {
    "description": "Noor's sister",
    "lives_at": {"council": "E08000003", "description": "above the shop"},
}


def ids_in(text: str) -> set[UUID]:
    return {UUID(one) for one in re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)}


async def test_the_reporters_words_about_somebody_stay_where_the_account_stays(cases: CaseWork) -> None:
    """An adult on the case has not agreed to the account: the council reads of the child, in codes.

    Only the words that say where the child is are of the child's places, and go.
    """
    case_id = await sent_child(cases, persons=[a_child(**NOOR), {"name": "Jo", "age": {"years": 40}}])
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert "account" not in content
        assert "Noor's sister" not in json.dumps(content)
        (child,) = content["persons"]
        assert (child["name"], child["lives_at"]["description"]) == ("Mika", "above the shop")
        assert [one["concerns"] for one in content["children"]] == [["harmed_or_exploited"]]
    cases.clock.forward(seconds=1)
    await cases.do("POST", f"/v1/cases/{case_id}/dangers", {})
    (police,) = [event for event in await supplements(cases) if event.recipient_kind == "police"]
    assert "Noor's sister" in await text_of(cases, police.disclosure_id)


async def test_a_household_withholding_adult_is_named_by_relation_and_place_alone(cases: CaseWork) -> None:
    mother = {
        "name": "Jo",
        "age": {"years": 40},
        "phone": "07700 900777",
        "cares_for_child": True,
        "lives_at": {"council": "E08000003", "address": "4 Larch Row"},
        "found_at": {"council": "E08000032", "address": "9 Mill Yard"},
    }
    await sent_child(
        cases, persons=[a_child(role="household_member"), mother], place={"council": "E08000032"}
    )
    for event in await cases.authorised():
        text = await text_of(cases, event.disclosure_id)
        persons = {one["name"]: one for one in json.loads(text)["persons"]}
        assert persons["Jo"].keys() == {"ref", "name", "relation", "lives_at"}
        assert persons["Jo"]["relation"] == "carer"
        assert not any(hidden in text for hidden in ("Mill Yard", "E08000032", "07700 900777"))


async def test_what_goes_less_because_an_adult_was_added_is_never_announced(cases: CaseWork) -> None:
    case_id = await sent_child(cases)
    for event in await cases.authorised():
        assert "account" in await content_of(cases, event.disclosure_id)
        await acknowledge(cases, event)
    cases.clock.forward(seconds=1)
    adult = {"name": "Jo", "age": {"years": 40}, "roles": ["person_of_concern"]}
    assert (await cases.do("POST", f"/v1/cases/{case_id}/persons", adult)).status_code == 201
    assert await supplements(cases) == []


async def test_danger_is_said_or_not_at_all_and_never_denied(cases: CaseWork) -> None:
    await cases.report(danger_now="yes", persons=[{"name": "Jo", "age": {"years": 40}}])
    await cases.report(persons=[a_child()])
    await cases.let_time_pass(hours=1)
    texts = {event.grounds: await text_of(cases, event.disclosure_id) for event in await cases.authorised()}
    danger = json.loads(texts[(Ground.OVERRIDE_DANGER,)])
    assert danger["situation"]["danger_now"] is True
    assert [one["in_danger"] for one in danger["persons"]] == ["may_be"]
    calm = texts[(Ground.OVERRIDE_CHILD,)]
    assert "danger" not in calm.replace("override_danger", "")


async def test_an_advisers_words_about_somebody_go_with_them(cases: CaseWork) -> None:
    case_id = await cases.report(persons=[{"name": "Jo", "age": {"years": 40}}])
    cases.clock.forward(seconds=1)
    child = {"name": "Sami", "age": {"years": 15}, "description": "a scar on the left hand"}
    await cases.do("POST", f"/v1/cases/{case_id}/persons", child)
    await cases.run_scheduler()
    assert len(await cases.authorised()) == 2
    for event in await cases.authorised():
        content = await content_of(cases, event.disclosure_id)
        assert "account" not in content
        assert "scar" in json.dumps(content)


async def test_no_id_that_an_agency_reads_tells_when_its_record_was_made(cases: CaseWork) -> None:
    """A gap in the order would show that somebody was left out, a time how long it was held back."""
    case_id = await cases.report(persons=[a_child(), a_child()], reporter=a_reporter())
    await confirm(cases, case_id)
    for event in await cases.authorised():
        read = {event.disclosure_id, *ids_in(await text_of(cases, event.disclosure_id))}
        assert len(read) > 2
        assert {one.version for one in read} == {4}
