"""Duties to which nothing written can go: only a countersigned call ends them."""

from case_service.sharing.duties.duty import DutyState
from tests.case.sharing.duties.duty_builders import DEADLINES, NOW, a_duty

AUTHORISED, SENT, HANDED_OVER = DutyState.AUTHORISED, DutyState.SENT, DutyState.HANDED_OVER


def test_a_message_that_did_not_arrive_confirms_no_call() -> None:
    """In either order: an endpoint that fails took nothing, although the content was handed out for it."""
    sent = a_duty(SENT)
    called = sent.handed_over(by="user:ada", at=NOW)
    assert called.state is HANDED_OVER
    for vain in (
        called.found_undeliverable(NOW),
        sent.found_undeliverable(NOW).handed_over(by="user:ada", at=NOW),
    ):
        assert (vain.state, vain.is_open, vain.waits_for_countersignature) == (SENT, True, True)
        signed = vain.call_countersigned()
        assert (signed.state, signed.found_undeliverable(NOW)) == (HANDED_OVER, signed)


def test_a_message_that_goes_after_all_confirms_the_call() -> None:
    vain = a_duty(AUTHORISED).handed_over(by="user:ada", at=NOW).found_undeliverable(NOW)
    assert (vain.issued(NOW).state, vain.issued(NOW).undeliverable_at) == (HANDED_OVER, None)


def test_nothing_is_undeliverable_before_it_is_tried() -> None:
    signed = a_duty(SENT).found_undeliverable(NOW).handed_over(by="user:ada", at=NOW).call_countersigned()
    news = signed.authorised(NOW, DEADLINES).handed_over(by="user:ada", at=NOW)
    assert not news.waits_for_countersignature, "the news may still go in writing"
