"""A service with one fault planted, as a program: what the fault tests must notice."""

import runpy
import sys
from typing import Any
from uuid import UUID, uuid4


def relay_forgets_before_the_bus_has_it() -> None:
    from shared import fault_points, relay

    async def relay_once(connection: Any, bus: Any, *, source: str) -> int:
        rows = await connection.fetch("SELECT * FROM outbox ORDER BY number LIMIT 500")
        if rows:
            await connection.execute("DELETE FROM outbox WHERE number = ANY($1)", [r["number"] for r in rows])
            fault_points.reached("relay.published")
        for row in rows:
            await bus.publish(row["topic"], relay._messages([row], source))
        return len(rows)

    relay.relay_once = relay_once


def courier_gives_every_try_a_name_of_its_own() -> None:
    from referral_service import delivering, sending

    letter = sending.letter

    def renamed(endpoint: Any, _webhook_id: UUID, text: str, at: Any) -> Any:
        return letter(endpoint, uuid4(), text, at)

    delivering.letter = renamed  # type: ignore[attr-defined,assignment]  # planted


PLANTED = {
    "intake": relay_forgets_before_the_bus_has_it,
    "referral": courier_gives_every_try_a_name_of_its_own,
}

if __name__ == "__main__":
    name, *words = sys.argv[1:]
    PLANTED[name]()
    sys.argv = [name, *words]
    runpy.run_module(f"{name}_service", run_name="__main__", alter_sys=True)
