"""Reader of an access link: somebody at an agency with a browser, and the adviser who creates the link."""

from typing import Any

from tests.referral.partner_double import PUBLIC_URL
from tests.support.services import RunningService, signed_in


class LinkReader:
    """Person at an agency with a link and a browser."""

    def __init__(self, service: RunningService, url: str) -> None:
        self.http = service.http
        self.path = url.removeprefix(PUBLIC_URL)

    async def look(self) -> Any:
        return await self.http.get(self.path)

    async def open(self) -> Any:
        return await self.http.post(f"{self.path}/open")

    async def acknowledge(self, **form: str) -> Any:
        return await self.http.post(f"{self.path}/acknowledgement", data=form)


async def create_link(referral: RunningService) -> str:
    (row,) = await referral.fetch("SELECT id FROM referrals")
    created = await referral.http.post(f"/v1/referrals/{row['id']}/access-link", headers=signed_in("adviser"))
    assert created.status_code == 201
    url: str = created.json()["url"]
    return url
