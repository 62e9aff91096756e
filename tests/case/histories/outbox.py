"""Outbox of the service as a history reads it: on from where it was, about its own case."""

from dataclasses import dataclass, field
from uuid import UUID

from shared.events import DisclosureAuthorised, DisclosureRecalled, read
from tests.case.conftest import CaseWork

KINDS = [DisclosureAuthorised.type, DisclosureRecalled.type]
NEWER = "SELECT number, type, body FROM outbox WHERE number > $1 AND type = ANY($2) ORDER BY number"


@dataclass
class Outbox:
    """Events that were not taken yet. Nothing is read twice: a case of thousands would be read slowly."""

    last: int = -1
    authorised: list[DisclosureAuthorised] = field(default_factory=list)
    recalled: list[DisclosureRecalled] = field(default_factory=list)

    async def start(self, cases: CaseWork) -> None:
        """Begin behind everything that is there: it is about earlier cases."""
        rows = await cases.service.fetch("SELECT coalesce(max(number), 0) AS number FROM outbox")
        self.last = rows[0]["number"]

    async def read(self, cases: CaseWork, case_id: UUID) -> None:
        rows = await cases.service.fetch(NEWER, self.last, KINDS)
        self.last = rows[-1]["number"] if rows else self.last
        for row in rows:
            event = read(row["type"], bytes(row["body"]))
            if isinstance(event, DisclosureAuthorised) and event.case_id == case_id:
                self.authorised.append(event)
            elif isinstance(event, DisclosureRecalled) and event.case_id == case_id:
                self.recalled.append(event)

    def take_forced(self) -> list[DisclosureAuthorised]:
        """Take the messages that an override forces; what was consented to waits for its own step."""
        forced = [one for one in self.authorised if is_forced(one)]
        self.authorised = [one for one in self.authorised if one not in forced]
        return forced

    def take_consented(self) -> list[DisclosureAuthorised]:
        taken, self.authorised = [one for one in self.authorised if not is_forced(one)], []
        return taken

    def take_recalled(self) -> list[DisclosureRecalled]:
        taken, self.recalled = self.recalled, []
        return taken


def is_forced(event: DisclosureAuthorised) -> bool:
    return any(ground.startswith("override") for ground in event.grounds)
