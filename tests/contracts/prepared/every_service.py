"""Every service, prepared: the one place in which tests of all services look them up."""

from tests.contracts.prepared.prepared_case import prepared_case
from tests.contracts.prepared.prepared_intake import prepared_intake
from tests.contracts.prepared.prepared_issuer import prepared_issuer
from tests.contracts.prepared.prepared_referral import prepared_referral
from tests.contracts.prepared.prepared_stats import prepared_stats

PREPARED = {
    "intake": prepared_intake,
    "case": prepared_case,
    "referral": prepared_referral,
    "stats": prepared_stats,
    "issuer": prepared_issuer,
}
