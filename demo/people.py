"""The people of the demo: a customer with two contacts and somebody who is none, a second customer whose contacts are
still to be appointed, and the provider's two engineers.

Ids look like Entra's and Teams' and never change, so that stories, tests and windows of the local client speak of the
same people.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

BOT_APP_ID = "5b0e2c1c-6d0f-4a3e-9b61-2f8d5f3c7a10"
BOT_ID = f"28:{BOT_APP_ID}"
BOT_NAME = "Four Star Support"


class Part(StrEnum):
    """What somebody is to the product. A stranger works for a customer and was not appointed."""

    CONTACT = "contact"
    ENGINEER = "engineer"
    MANAGER = "manager"
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A Microsoft 365 tenant."""

    name: str
    tenant_id: str
    domain: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody with a Teams account. `locale` is what the Teams client says of itself, such as `nl-NL`."""

    key: str
    given_name: str
    surname: str
    organisation: Organisation
    object_id: str
    part: Part
    locale: str

    @property
    def name(self) -> str:
        """The name Teams shows."""
        return f"{self.given_name} {self.surname}"

    @property
    def tenant_id(self) -> str:
        """The Entra tenant the account belongs to."""
        return self.organisation.tenant_id

    @property
    def email(self) -> str:
        """Also the user principal name."""
        return f"{self.key}@{self.organisation.domain}"

    @property
    def user_id(self) -> str:
        """The id of this person for this bot."""
        return f"29:{uuid5(NAMESPACE_URL, self.object_id).hex}"

    @property
    def chat_id(self) -> str:
        """The 1:1 chat with the bot."""
        return f"a:{uuid5(NAMESPACE_URL, self.object_id + BOT_ID).hex}"


BAKERY = Organisation("Bakkerij Korenbloem", "7c1f6d0e-3f4b-4c59-8f0a-1d2b9e7a4c01", "korenbloem.example")
GARAGE = Organisation("Garage De Linde", "3e5f7a91-6b2c-4d8e-a1f0-9c7b5d3e1a03", "delinde.example")
PROVIDER = Organisation("Oxineo", "0d9a8b7c-2e1f-4b6a-9c3d-5e4f7a8b9c02", "oxineo.example")

ANNA = Identity("anna", "Anna", "de Vries", BAKERY, "a1b2c3d4-0001-4a00-8a00-000000000001", Part.CONTACT, "nl-NL")
BEN = Identity("ben", "Ben", "Carter", BAKERY, "a1b2c3d4-0002-4a00-8a00-000000000002", Part.CONTACT, "en-GB")
SAM = Identity("sam", "Sam", "Bakker", BAKERY, "a1b2c3d4-0003-4a00-8a00-000000000003", Part.STRANGER, "nl-NL")
CARLA = Identity("carla", "Carla", "Smit", GARAGE, "a1b2c3d4-0004-4a00-8a00-000000000004", Part.STRANGER, "nl-NL")
DIRK = Identity("dirk", "Dirk", "Mulder", GARAGE, "a1b2c3d4-0005-4a00-8a00-000000000005", Part.STRANGER, "nl-NL")
FAY = Identity("fay", "Fay", "Okafor", GARAGE, "a1b2c3d4-0006-4a00-8a00-000000000006", Part.STRANGER, "en-GB")
EVA = Identity("eva", "Eva", "Jansen", PROVIDER, "e1f2a3b4-0001-4e00-8e00-000000000001", Part.ENGINEER, "nl-NL")
MARK = Identity("mark", "Mark", "Visser", PROVIDER, "e1f2a3b4-0002-4e00-8e00-000000000002", Part.MANAGER, "en-GB")

PEOPLE = (ANNA, BEN, EVA, MARK, SAM, CARLA, DIRK, FAY)
WITH_WINDOW = (ANNA, BEN, EVA, MARK, SAM, CARLA)
"""Who gets a window of the local client: each is a program of its own."""
ORGANISATIONS = (BAKERY, GARAGE, PROVIDER)
