"""Who is to become contact, by address or because an account came back: from the question to its end (R4, D32).

proposed   by a contact, or by the directory: a manager decides
looking    decided, and asked of the directory; failed while it does not answer
appointed, refused (with the reason), dropped: the ends
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from contract.accounts import WhyNot
from storage.access_tables import contact_searches
from storage.errors import NotFound
from storage.rows import insert_row


class SearchState(StrEnum):
    """How far a search is."""

    PROPOSED = "proposed"
    LOOKING = "looking"
    FAILED = "failed"
    APPOINTED = "appointed"
    REFUSED = "refused"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """Whether it can still end in an appointment by itself or by a manager's yes."""
        return self in OPEN


OPEN = (SearchState.PROPOSED, SearchState.LOOKING, SearchState.FAILED)
_OPEN = tuple(state.value for state in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSearch:
    """Somebody is to become contact of a customer. `object_id` where it is known who that is."""

    id: int
    customer_id: int
    email: str
    object_id: str | None
    replaces_id: int | None
    state: SearchState
    reason: WhyNot | None
    asked_by: int | None
    asked_at: datetime
    person_id: int | None
    decided_by: int | None
    ended_at: datetime | None


def _search(row: Row[tuple[object, ...]]) -> ContactSearch:
    return ContactSearch(
        id=row.id,
        customer_id=row.customer_id,
        email=row.email,
        object_id=row.object_id,
        replaces_id=row.replaces_id,
        state=SearchState(row.state),
        reason=WhyNot(row.reason) if row.reason else None,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        person_id=row.person_id,
        decided_by=row.decided_by,
        ended_at=row.ended_at,
    )


def add_search(
    session: Session,
    customer_id: int,
    *,
    email: str,
    state: SearchState,
    now: datetime,
    object_id: str | None = None,
    person_id: int | None = None,
    replaces_id: int | None = None,
    asked_by: int | None = None,
) -> int:
    """Keep that somebody is to become contact; returns the id of the search."""
    return insert_row(
        session,
        contact_searches,
        customer_id=customer_id,
        email=email[:320],
        object_id=object_id,
        person_id=person_id,
        replaces_id=replaces_id,
        state=state.value,
        asked_by=asked_by,
        asked_at=now,
    )


def load_search(session: Session, search_id: int, *, lock: bool = False) -> ContactSearch:
    """One search. Raises NotFound."""
    query = select(contact_searches).where(contact_searches.c.id == search_id)
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound("contact search", search_id)
    return _search(found)


def save_search(session: Session, search: ContactSearch) -> None:
    """Keep how far it is."""
    session.execute(
        update(contact_searches)
        .where(contact_searches.c.id == search.id)
        .values(
            email=search.email[:320],
            object_id=search.object_id,
            replaces_id=search.replaces_id,
            state=search.state.value,
            reason=search.reason.value if search.reason else None,
            person_id=search.person_id,
            decided_by=search.decided_by,
            ended_at=search.ended_at,
        )
    )


def find_open(session: Session, customer_id: int, email: str, object_id: str | None) -> ContactSearch | None:
    """An open search for the same person: asked twice is asked once."""
    same = contact_searches.c.object_id == object_id
    if email:
        same = func.lower(contact_searches.c.email) == email.lower()
    found = session.execute(
        select(contact_searches)
        .where(contact_searches.c.customer_id == customer_id, contact_searches.c.state.in_(_OPEN), same)
        .order_by(contact_searches.c.id)
        .limit(1)
    ).one_or_none()
    return _search(found) if found else None


def list_open(session: Session, customer_id: int) -> list[ContactSearch]:
    """What waits for a manager or for the directory, oldest first."""
    query = select(contact_searches).where(
        contact_searches.c.customer_id == customer_id, contact_searches.c.state.in_(_OPEN)
    )
    return [_search(row) for row in session.execute(query.order_by(contact_searches.c.id))]


def list_latest(session: Session, customer_id: int, limit: int) -> list[ContactSearch]:
    """The latest searches of a customer, ended ones too, newest first."""
    query = select(contact_searches).where(contact_searches.c.customer_id == customer_id)
    return [_search(row) for row in session.execute(query.order_by(contact_searches.c.id.desc()).limit(limit))]


def was_offered(session: Session, customer_id: int, object_id: str, since: datetime) -> bool:
    """Whether the return of this person was offered, or somebody asked for the person, since then."""
    query = select(contact_searches.c.id).where(
        contact_searches.c.customer_id == customer_id,
        contact_searches.c.object_id == object_id,
        contact_searches.c.asked_at >= since,
        contact_searches.c.state != SearchState.DROPPED.value,
    )
    return session.execute(query.limit(1)).first() is not None


def drop_returns(session: Session, customer_id: int, object_id: str, now: datetime) -> list[int]:
    """An account that was offered again is lost again: what waits for a decision is dropped. Returns which."""
    rows = session.execute(
        update(contact_searches)
        .where(
            contact_searches.c.customer_id == customer_id,
            contact_searches.c.object_id == object_id,
            contact_searches.c.state == SearchState.PROPOSED.value,
        )
        .values(state=SearchState.DROPPED.value, ended_at=now)
        .returning(contact_searches.c.id)
    )
    return sorted(row.id for row in rows)
