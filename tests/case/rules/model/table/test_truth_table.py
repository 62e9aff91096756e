"""Truth table of the rules, a row for each sentence of the agreement, answered by the model."""

import pytest

from tests.case.rules.model.table.age_rows import AGE_ROWS, AgeRow, somebody
from tests.case.rules.model.table.consent_rows import AUTHORISED_ROWS, CONSENT_ROWS, ConsentRow
from tests.case.rules.model.table.content_rows import CONTENT_ROWS, ContentRow
from tests.case.rules.model.table.place_rows import PLACE_ROWS, PlaceRow
from tests.case.rules.model.table.rules_under_test import MODEL


@pytest.mark.parametrize("row", AGE_ROWS, ids=lambda row: row[0])
def test_an_age_means_what_its_sentence_says(row: AgeRow) -> None:
    _, said, on, expected = row
    assert MODEL.age(somebody(*said), on) == expected


@pytest.mark.parametrize("row", PLACE_ROWS, ids=lambda row: row[0])
def test_exactly_the_agencies_of_the_sentence_are_told(row: PlaceRow) -> None:
    _, case, expected = row
    assert MODEL.agencies(case) == expected


@pytest.mark.parametrize("row", CONTENT_ROWS, ids=lambda row: row[0])
def test_an_override_sends_what_the_sentence_says(row: ContentRow) -> None:
    _, case, code, grounds, expected = row
    assert MODEL.forced(case, code, grounds) == expected


@pytest.mark.parametrize("row", CONSENT_ROWS, ids=lambda row: row[0])
def test_consent_lets_go_what_the_sentence_says(row: ConsentRow) -> None:
    _, case, kind, expected = row
    assert MODEL.by_consent(case, kind) == expected


@pytest.mark.parametrize("row", AUTHORISED_ROWS, ids=lambda row: row[0])
def test_a_lead_lets_go_what_was_decided(row: ConsentRow) -> None:
    _, case, code, expected = row
    assert MODEL.authorised(case, code) == expected
