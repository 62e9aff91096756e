"""Wrong rules planted into the product: a row of the table, or a world, notices each of them."""

import pytest

from tests.case.rules.product.differences import differences
from tests.case.rules.product.faults import wrong_decisions, wrong_duties
from tests.case.rules.product.faults.rule_copies import WORLDS, WrongRule, planted
from tests.case.rules.product.product_rows import ROWS

WRONG_RULES: dict[str, WrongRule] = {
    **wrong_decisions.CONSENT,
    **wrong_decisions.PERSONS,
    **wrong_decisions.SOURCES,
    **wrong_decisions.CONTENTS,
    **wrong_duties.PLACES,
    **wrong_duties.AGENCIES,
    **wrong_duties.TIMES,
}
WORLDS_NEEDED = 150
NOTHING = WrongRule("facts", "class CaseFacts:", "class CaseFacts:")


def test_many_rules_are_planted() -> None:
    assert len(WRONG_RULES) > 100


def test_a_copy_without_a_wrong_rule_answers_as_the_product() -> None:
    with planted(NOTHING) as rules:
        assert [name for name, row in ROWS.items() if row.answer(rules) != row.expected] == []
        assert list(differences(20, rules=rules)) == []


@pytest.mark.parametrize("wrong", WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_planted_rule_is_noticed(wrong: WrongRule) -> None:
    with planted(wrong) as rules:
        if wrong.row == WORLDS:
            assert next(differences(WORLDS_NEEDED, rules=rules), None) is not None
        else:
            assert ROWS[wrong.row].answer(rules) != ROWS[wrong.row].expected
