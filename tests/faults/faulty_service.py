"""A service with one fault planted, as a program: the fault tests must notice it."""

import runpy
import sys
from typing import Any
from uuid import UUID, uuid4


def delete_from_the_outbox_before_the_bus_has_it() -> None:
    from shared import crash_points
    from shared.messaging import outbox_relay

    async def relay_once(connection: Any, bus: Any, *, source: str) -> int:
        rows = await connection.fetch("SELECT * FROM outbox ORDER BY number LIMIT 500")
        if rows:
            await connection.execute("DELETE FROM outbox WHERE number = ANY($1)", [r["number"] for r in rows])
            crash_points.crash_point("relay.published")
        for row in rows:
            await bus.publish(row["topic"], outbox_relay._envelopes([row], source))
        return len(rows)

    outbox_relay.relay_once = relay_once


def give_every_attempt_a_webhook_id_of_its_own() -> None:
    from referral_service.deliveries import delivery_worker, webhook

    signed_request = webhook.signed_request

    def signed_with_another_id(endpoint: Any, _webhook_id: UUID, text: str, at: Any) -> Any:
        return signed_request(endpoint, uuid4(), text, at)

    delivery_worker.signed_request = signed_with_another_id  # type: ignore[attr-defined,assignment]  # planted


FAULTS = {
    "intake": delete_from_the_outbox_before_the_bus_has_it,
    "referral": give_every_attempt_a_webhook_id_of_its_own,
}

if __name__ == "__main__":
    name, *words = sys.argv[1:]
    FAULTS[name]()
    sys.argv = [name, *words]
    runpy.run_module(f"{name}_service", run_name="__main__", alter_sys=True)
