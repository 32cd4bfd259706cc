"""A consent that was asked for by a link: who it was asked of, how far it came, and what the link still does (R25).

    asked            the link is good for 7 days, for one customer and its tenant
    returned         Microsoft sent the administrator back; what that said is not believed, but verified
    given            an app-only token of the tenant showed the permissions

A later request takes the place of an earlier one that is still open. A link that was declined can be used again: who
clicked it may have been the wrong person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract.consents import Mechanism

FORWARDED_EVERY = timedelta(days=1)
"""How often a request is mailed to the same administrator at most."""
DECLINED = "declined:"
"""What an outcome begins with where Microsoft brought back a no; its own code follows."""


class Outcome(StrEnum):
    """How a request ended (R25)."""

    VERIFYING = "verifying"
    GIVEN = "given"
    NOT_FOUND = "not_found"
    """Microsoft brought the administrator back, and after 15 minutes the permissions were not there."""
    OTHER_TENANT = "other_tenant"
    """Somebody of another organisation signed in. The link stays good for the right one."""
    SUPERSEDED = "superseded"


class RequestState(StrEnum):
    """What the link of a request does now (R25)."""

    OPEN = "open"
    VERIFYING = "verifying"
    GIVEN = "given"
    NOT_FOUND = "not_found"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in with Microsoft before consenting, as that person was called then (R25)."""

    tenant_id: str
    object_id: str
    name: str
    username: str

    @property
    def words(self) -> str:
        """The person as the ledger names the approver."""
        return f"{self.name} <{self.username}>" if self.username else self.name or self.object_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequest:
    """One request; instants aware UTC."""

    id: int
    customer_id: int
    mechanism: Mechanism
    grant_id: int | None = None
    asked_by: int | None
    asked_at: datetime
    expires_at: datetime
    administrator: str | None = None
    administrator_email: str | None = None
    forwarded_by: int | None = None
    forwarded_at: datetime | None = None
    signed_in: SignedIn | None = None
    used_at: datetime | None = None
    outcome: str | None = None

    def state(self, now: datetime) -> RequestState:
        """What the link does at an instant; one that was used does nothing more, however long it was good for."""
        if self.outcome == Outcome.SUPERSEDED:
            return RequestState.SUPERSEDED
        if self.used_at is not None:
            is_done = self.outcome in (Outcome.GIVEN, Outcome.NOT_FOUND)
            return RequestState(self.outcome) if is_done and self.outcome else RequestState.VERIFYING
        return RequestState.OPEN if now < self.expires_at else RequestState.EXPIRED

    @property
    def declined_why(self) -> str | None:
        """Microsoft's code, where the last attempt was declined."""
        is_no = self.outcome is not None and self.outcome.startswith(DECLINED)
        return self.outcome.removeprefix(DECLINED) if is_no and self.outcome is not None else None


def may_forward(asked: ConsentRequest, address: str | None, now: datetime) -> bool:
    """Whether the request may be mailed there now: once a day, at once to somebody else (R25)."""
    if asked.forwarded_at is None or now >= asked.forwarded_at + FORWARDED_EVERY:
        return True
    return (asked.administrator_email or "").casefold() != (address or "").casefold()
