"""People by what somebody types: an object id, an address or a name."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contract.people import Person
from storage.people import person_of
from storage.tables import people


def find_people(session: Session, tenant_id: str, word: str) -> list[Person]:
    """People of a tenant by object id, address or name, for the command line and the manager."""
    return [
        person_of(row)
        for row in session.execute(
            select(people)
            .where(
                people.c.tenant_id == tenant_id,
                or_(people.c.object_id == word, people.c.email == word, people.c.name == word),
            )
            .order_by(people.c.id)
        )
    ]
