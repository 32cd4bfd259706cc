"""The ledger of a customer's consents to remote access: everything that happened to them, in order (R25).

Each entry says what happened, where the consent it is about stands from then on, who did it and how that is proven. The
entries of one customer are a chain of their own, numbered 1, 2, 3 ...; each carries the digest of the one before and
the signature of the installation's key, as the receipts of decisions do. Nothing is changed or taken away. Names in a
body are those of then and stay, also where they are erased elsewhere: the ledger is evidence.

A check that found nothing new is no entry: when a source was seen last stands beside the ledger.

    1 asked      app      requested   by Eva, of the provider
    2 activated  app      active      from 9:12 on, proven by a token
    3 failed     app      unknown     the last good check was at 14:00
    4 recovered  app      active
    5 withdrawn                       by Anna, a contact
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contract.consents import ChangeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from contract.consents import Grant, GrantState, Mechanism, Permission, Proof
    from contract.receipts import Identity


class EntryKind(StrEnum):
    """What an entry of the ledger is about (R25)."""

    # Observed of a source.
    NEW = ChangeKind.NEW
    ACTIVATED = ChangeKind.ACTIVATED
    ENDED = ChangeKind.ENDED
    FAILED = ChangeKind.FAILED
    RECOVERED = ChangeKind.RECOVERED
    NARROWED = ChangeKind.NARROWED
    WIDENED = ChangeKind.WIDENED
    EXTENDED = ChangeKind.EXTENDED
    SHORTENED = ChangeKind.SHORTENED
    EXPIRING = ChangeKind.EXPIRING
    CHANGED = ChangeKind.CHANGED
    # Done by somebody.
    ADOPTED = "adopted"
    """A consent that was recorded before there was a ledger."""
    ASKED = "asked"
    FORWARDED = "forwarded"
    DECLINED = "declined"
    WARNED = "warned"
    WITHDRAWN = "withdrawn"
    LIFTED = "lifted"
    END_ASKED = "end_asked"
    """Somebody wants the grant or the relationship ended."""
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"

    @property
    def is_observed(self) -> bool:
        """Whether it says where a source stands, so that access is judged by it."""
        return self in _OBSERVED


_OBSERVED = frozenset({EntryKind.ADOPTED, *(EntryKind(kind) for kind in ChangeKind if kind is not ChangeKind.NONE)})


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantFact:
    """What an entry says of its source, as it stands from then on (R25)."""

    id: int
    mechanism: Mechanism
    source_id: str
    title: str
    state: GrantState
    known_state: GrantState
    scope: tuple[Permission, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    asked_by: Identity | None
    asked_at: datetime | None
    approved_by: str | None
    proof: Proof | None
    checked_at: datetime | None
    """The last check that got an answer."""
    seen_before: datetime | None
    """The last one before that; what was in force then counts until then."""
    raw_digest: str | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Everything an entry says but its place in the chain (R25)."""

    kind: EntryKind
    changes: tuple[ChangeKind, ...] = ()
    """All that an observation changed at once; `kind` is the weightiest of them."""
    at: datetime
    at_local: str
    """The same on Amsterdam's clock, as it was written then (D1)."""
    provider: str
    customer_id: int
    customer_name: str
    tenant_id: str
    grant: GrantFact | None = None
    ticket_number: int | None = None
    by: Identity | None = None
    """Who did it; None for what the schedule found, and from the command line."""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A note at its place in the chain of its customer; `key` is the fingerprint of the key that signs it."""

    sequence: int
    previous: str
    key: str
    note: Note


def fact_of(grant: Grant, *, asked_by: Identity | None = None, seen_before: datetime | None = None) -> GrantFact:
    """Return what an entry says of a grant (R25)."""
    return GrantFact(
        id=grant.id,
        mechanism=grant.mechanism,
        source_id=grant.source_id,
        title=grant.title,
        state=grant.state,
        known_state=grant.known_state,
        scope=grant.scope,
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        asked_by=asked_by,
        asked_at=grant.asked_at,
        approved_by=grant.approved_by,
        proof=grant.proof,
        checked_at=grant.checked_at,
        seen_before=seen_before,
        raw_digest=grant.raw_digest,
        error=grant.error,
    )


def unexplained(entries: Iterable[Entry], grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return the grants that stand elsewhere than the ledger says: the row was changed, or entries were cut off (R25).

    Of a grant that is in force its scope and its end are compared too.
    """
    last: dict[int, GrantFact] = {}
    for entry in entries:
        if entry.note.grant is not None and entry.note.kind.is_observed:
            last[entry.note.grant.id] = entry.note.grant
    return tuple(grant for grant in grants if grant.id not in last or not _is_as_said(grant, last[grant.id]))


def _is_as_said(grant: Grant, said: GrantFact) -> bool:
    if (grant.state, grant.known_state) != (said.state, said.known_state):
        return False
    return not grant.known_state.is_active or (grant.scope, grant.valid_until) == (said.scope, said.valid_until)
