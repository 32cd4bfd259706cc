"""Who takes part: contacts of a customer, people of the provider, and everybody else (R4, R5, D15, D32).

A customer appoints at most two contacts. No contact or one is legal; a contact can be replaced at any time, and the
third is refused until one of the two is removed:

    one is active: a second may be appointed; two are active: a third is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from contract.errors import TooManyContacts

if TYPE_CHECKING:
    from datetime import datetime

MAX_CONTACTS = 2
"""Active contacts of one customer at the same time (R4)."""


_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")


def is_address(written: str) -> bool:
    """Tell whether this can be somebody's address or sign-in name, as far as can be told without asking anybody."""
    return _ADDRESS.fullmatch(written.strip()) is not None


class Language(StrEnum):
    """The language a person reads; everybody is informed in their own (R5)."""

    NL = "nl"
    EN = "en"


class Role(StrEnum):
    """What a person is to the contract at this moment (R4, D15)."""

    CONTACT = "contact"
    ENGINEER = "engineer"
    MANAGER = "manager"
    STRANGER = "stranger"
    """Of a known customer, but not appointed: is told who the contacts are (R4)."""
    OUTSIDER = "outsider"
    """Of an unknown tenant: is told nothing."""

    @property
    def is_staff(self) -> bool:
        """True for people of the provider; a manager is an engineer with more rights."""
        return self in (Role.ENGINEER, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an identity: `tenant_id` and `object_id` of an authenticated activity, nothing else."""

    id: int
    tenant_id: str
    object_id: str
    name: str
    email: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class Customer:
    """An organisation with a support contract; it has exactly one tenant."""

    id: int
    name: str
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Contact:
    """An active appointment of a person by a customer (R4, D32).

    `appointed_by` is None when it came from the command line.
    """

    id: int
    customer_id: int
    person: Person
    appointed_at: datetime
    appointed_by: int | None


def check_appointment(active: int) -> None:
    """Refuse one more contact where `active` are appointed already (R4): raises TooManyContacts."""
    if active >= MAX_CONTACTS:
        raise TooManyContacts(MAX_CONTACTS)
