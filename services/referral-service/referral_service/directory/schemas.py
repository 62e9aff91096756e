"""Request bodies and answers of the directory of agencies."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from referral_service.directory.models import Channel, Hours
from shared.domain.vocabulary import Code, Nation, RecipientKind
from shared.http.pagination import Page
from shared.http.schemas import Answer, Changed, Command, Flag

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ()-]{1,24}[0-9]$")]
AgencyName = Annotated[str, StringConstraints(min_length=2, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Name of an organisation; no control characters, which the database cannot hold or a page cannot show."""
Address = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
MAX_CONTACT_POINTS = 9
"""One for each of the three hours and three channels."""


class SetContactPoint(Command):
    """Way to reach an agency at certain hours. A webhook has an address, and a telephone has a number."""

    hours: Hours = Hours.ALWAYS
    """Hours at which the agency is reached here; always if left out."""
    channel: Channel
    """Way by which it is reached."""
    url: Address | None = None
    """Address of the endpoint: https, on a named public host; for a webhook only."""
    phone: Phone | None = Field(default=None, examples=["101"])
    """Telephone number."""

    @model_validator(mode="after")
    def _complete(self) -> "SetContactPoint":
        if (self.channel is Channel.WEBHOOK) != (self.url is not None):
            raise ValueError("a webhook has a url, and nothing else does")
        if self.channel is Channel.PHONE and self.phone is None:
            raise ValueError("a phone has a number")
        return self


class SetContactPoints(Command):
    """All contact points of an agency; they replace those in use, and any that is not named here ends."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contact_points": [
                        {
                            "hours": "office_hours",
                            "channel": "webhook",
                            "url": "https://referrals.example.police.uk/helpline",
                        },
                        {"hours": "out_of_hours", "channel": "phone", "phone": "101"},
                    ]
                }
            ]
        }
    )

    contact_points: list[SetContactPoint] = Field(max_length=MAX_CONTACT_POINTS)
    """Contact points, at most one for each pair of hours and channel."""
    encryption_key: Annotated[str, StringConstraints(max_length=400)] | None = None
    """Public X25519 key of the agency as base64 or PEM, with which messages to it are sealed.

    Left out, the key in use stays; null removes it.
    """
    new_signing_secret: Flag = False
    """Make a new signing secret, which replaces the one in use at once; without it that one stays."""

    @model_validator(mode="after")
    def _no_two_for_the_same_hours(self) -> "SetContactPoints":
        if len({(p.hours, p.channel) for p in self.contact_points}) < len(self.contact_points):
            raise ValueError("two contact points for the same hours and channel")
        return self


class RegisterAgency(Command):
    """Agency that is not responsible for a place, such as a charity or a first responder.

    Immigration enforcement has no recipient kind, because it is never a recipient.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency_code": "service_provider:harbour-house",
                    "name": "Harbour House",
                    "nation": "England",
                    "recipient_kinds": ["service_provider"],
                }
            ]
        }
    )

    agency_code: Code
    """Code of the agency, which no other agency has."""
    name: AgencyName
    """Name as advisers see it."""
    nation: Nation | None = None
    """Nation in which it works; null for several."""
    recipient_kinds: list[
        Literal[
            RecipientKind.NRM_FIRST_RESPONDER,
            RecipientKind.SERVICE_PROVIDER,
            RecipientKind.LABOUR_ENFORCEMENT,
            RecipientKind.HEALTH,
        ]
    ] = Field(min_length=1)
    """Recipient kinds that it is."""


class ContactPointOut(Answer):
    """Way to reach an agency at certain hours."""

    hours: Hours
    """Hours at which the agency is reached here."""
    channel: Channel
    """Way by which it is reached."""
    url: str | None = Field(examples=["https://referrals.example.police.uk/helpline"])
    """Address of the endpoint; for operators only, null for everybody else."""
    phone: str | None = Field(examples=["101"])
    """Telephone number."""


class AgencyOut(Changed):
    """Agency of the directory."""

    id: UUID
    """Id of the agency, which follows from its code."""
    version: int
    """Version of the agency; every change raises it. As an ETag it is the If-Match of the next change."""
    agency_code: str = Field(examples=["police:E23000005"])
    """Code of the agency."""
    name: str = Field(examples=["Greater Manchester Police"])
    """Name of the agency."""
    nation: Nation | None
    """Nation in which it works; null for several."""
    recipient_kinds: list[RecipientKind]
    """Recipient kinds that it is."""
    territorial: bool
    """The agency is responsible for a place of its own, as a police force is."""
    contact_points: list[ContactPointOut]
    """Ways to reach it."""
    sealed_to_its_key: bool
    """Messages to the agency are sealed with its public key."""


class AgencyWithSecret(AgencyOut):
    """Agency after a change of its contact points."""

    signing_secret: str | None = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])
    """Secret that signs the messages to the agency, shown only when it is made; null if the old one stays."""


class AgencyPage(Page[AgencyOut]):
    """Agencies in the order of their codes."""
