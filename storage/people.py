"""Who is who: people, what they are to the product, and where their chat is.

Identity is the tenant and the Entra object id of an authenticated activity (R4, D15). A person's role is never stored
as such: it follows from the staff list, the appointments and the tenant, so that taking one away works at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, and_, bindparam, select, update
from sqlalchemy.orm import Session

from contract.people import Customer, Language, Person, Role
from contract.staff_groups import StaffSource
from storage.access_tables import directory_accounts, guest_identities
from storage.rows import count_changed, insert_row
from storage.tables import contacts, customers, people

HEARD_EVERY = timedelta(minutes=15)
"""How fine 'last heard' is kept: finer would make a write of every read."""


@dataclass(frozen=True, slots=True)
class Chat:
    """Where a person's own chat with the bot is."""

    conversation_id: str
    service_url: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A person and what that person may be taken for, as of one transaction.

    `customer` is the organisation whose contact the person is, or, for a stranger, whose tenant it is; None for staff.
    """

    person: Person
    role: Role
    customer: Customer | None
    chat: Chat | None
    chose_language: bool
    heard_at: datetime | None
    unreachable_since: datetime | None
    guest_of: Customer | None = None
    """In whose tenant somebody of the staff is heard as a guest; None where they are at home."""
    is_looked_up: bool = False
    """Whether name and address follow the directory."""


_of_tenant = customers.alias("of_tenant")
_of_contact = customers.alias("of_contact")


def _standings() -> Select[tuple[object, ...]]:
    return (
        select(
            people,
            _of_contact.c.id.label("contact_customer_id"),
            _of_contact.c.name.label("contact_customer_name"),
            _of_contact.c.tenant_id.label("contact_tenant_id"),
            _of_tenant.c.id.label("tenant_customer_id"),
            _of_tenant.c.name.label("tenant_customer_name"),
            directory_accounts.c.person_id.label("looked_up"),
        )
        .select_from(people)
        .outerjoin(contacts, and_(contacts.c.person_id == people.c.id, contacts.c.removed_at.is_(None)))
        .outerjoin(_of_contact, _of_contact.c.id == contacts.c.customer_id)
        .outerjoin(_of_tenant, _of_tenant.c.tenant_id == people.c.tenant_id)
        .outerjoin(directory_accounts, directory_accounts.c.person_id == people.c.id)
    )


# Made once: building a statement costs more than running it.
_BY_IDENTITY = _standings().where(
    people.c.tenant_id == bindparam("tenant_id"), people.c.object_id == bindparam("object_id")
)
_GUEST = (
    select(guest_identities.c.person_id, customers)
    .join(customers, customers.c.tenant_id == guest_identities.c.tenant_id)
    .where(
        guest_identities.c.tenant_id == bindparam("tenant_id"),
        guest_identities.c.object_id == bindparam("object_id"),
        guest_identities.c.state == "confirmed",
    )
)
_BY_ID = _standings().where(people.c.id.in_(bindparam("ids", expanding=True)))
_PEOPLE = select(people).where(people.c.id.in_(bindparam("ids", expanding=True)))
_STAFF = select(people.c.id).where(people.c.staff_role.is_not(None)).order_by(people.c.id)


def person_of(row: Row[tuple[object, ...]]) -> Person:
    """The person in a row of `people`."""
    return Person(
        id=row.id,
        tenant_id=row.tenant_id,
        object_id=row.object_id,
        name=row.name,
        email=row.email,
        language=Language(row.language),
    )


def _standing(row: Row[tuple[object, ...]]) -> Standing:
    if row.staff_role is not None:
        role, customer = Role(row.staff_role), None
    elif row.contact_customer_id is not None:
        role = Role.CONTACT
        customer = Customer(id=row.contact_customer_id, name=row.contact_customer_name, tenant_id=row.contact_tenant_id)
    elif row.tenant_customer_id is not None:
        role = Role.STRANGER
        customer = Customer(id=row.tenant_customer_id, name=row.tenant_customer_name, tenant_id=row.tenant_id)
    else:
        role, customer = Role.STRANGER, None
    chat = Chat(row.conversation_id, row.service_url, row.user_id) if row.conversation_id else None
    return Standing(
        person=person_of(row),
        role=role,
        customer=customer,
        chat=chat,
        chose_language=row.chose_language,
        heard_at=row.heard_at,
        unreachable_since=row.unreachable_since,
        is_looked_up=row.looked_up is not None,
    )


def find_standing(session: Session, tenant_id: str, object_id: str) -> Standing | None:
    """What the person with this identity is now; None for somebody never seen.

    A guest whom an engineer confirmed to be is that engineer, and `guest_of` says where.
    """
    identity = {"tenant_id": tenant_id, "object_id": object_id}
    found = session.execute(_BY_IDENTITY, identity).one_or_none()
    standing = _standing(found) if found else None
    if standing is not None and standing.role is not Role.STRANGER:
        return standing
    guest = session.execute(_GUEST, identity).one_or_none()
    engineer = load_standings(session, [guest.person_id])[guest.person_id] if guest else None
    if guest is None or engineer is None or not engineer.role.is_staff:
        return standing
    return replace(engineer, guest_of=Customer(id=guest.id, name=guest.name, tenant_id=guest.tenant_id))


def load_standings(session: Session, person_ids: Iterable[int]) -> dict[int, Standing]:
    """What each of these people is now, by person id."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    return {row.id: _standing(row) for row in session.execute(_BY_ID, {"ids": ids})}


def load_person(session: Session, person_id: int) -> Person:
    """The person with this id. Raises NoResultFound for an id that never existed."""
    return person_of(session.execute(select(people).where(people.c.id == person_id)).one())


def load_people(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """These people by id."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    return {row.id: person_of(row) for row in session.execute(_PEOPLE, {"ids": ids})}


def is_known_tenant(session: Session, tenant_id: str, provider_tenant_id: str) -> bool:
    """Whether anybody in this tenant is answered with more than the data-free refusal."""
    if tenant_id == provider_tenant_id:
        return True
    return session.execute(select(customers.c.id).where(customers.c.tenant_id == tenant_id)).first() is not None


def add_person(
    session: Session,
    *,
    tenant_id: str,
    object_id: str,
    name: str,
    language: Language,
    now: datetime,
    email: str | None = None,
) -> int:
    """Keep somebody seen or named for the first time; returns the person id."""
    return insert_row(
        session,
        people,
        tenant_id=tenant_id,
        object_id=object_id,
        name=name[:200],
        email=email,
        language=language.value,
        chose_language=False,
        created_at=now,
    )


def is_stale(standing: Standing, chat: Chat, name: str, now: datetime) -> bool:
    """Whether what is kept of a person who is just being heard must be written again."""
    return (
        standing.chat != chat
        or standing.heard_at is None
        or now - standing.heard_at >= HEARD_EVERY
        or standing.unreachable_since is not None
        or (bool(name) and not standing.is_looked_up and standing.person.name != name[:200])
    )


def keep_heard(
    session: Session, standing: Standing, chat: Chat, name: str, now: datetime, *, guess: Language | None = None
) -> None:
    """Note that the person was heard in `chat`; whoever writes is reachable again.

    `guess` is the language of the client, which counts the first time somebody is heard who was named before.
    """
    is_new = standing.heard_at is None and not standing.chose_language
    session.execute(
        update(people)
        .where(people.c.id == standing.person.id)
        .values(
            # The directory's name holds where it was looked up (D32).
            name=standing.person.name if standing.is_looked_up else name[:200] or standing.person.name,
            conversation_id=chat.conversation_id,
            service_url=chat.service_url,
            user_id=chat.user_id,
            heard_at=now,
            language=(guess if guess and is_new else standing.person.language).value,
            installed_at=people.c.installed_at if standing.chat else now,
            unreachable_since=None,
        )
    )


def set_language(session: Session, person_id: int, language: Language, *, chosen: bool) -> None:
    """The language this person reads from now on."""
    session.execute(
        update(people).where(people.c.id == person_id).values(language=language.value, chose_language=chosen)
    )


def set_email(session: Session, person_id: int, name: str, email: str | None) -> None:
    """Name and address as the chat's roster knows them."""
    session.execute(update(people).where(people.c.id == person_id).values(name=name[:200], email=email))


def mark_welcomed(session: Session, person_id: int, now: datetime) -> bool:
    """Note that the welcome goes out; False when it already did, however often the install event comes."""
    done = count_changed(
        session,
        update(people).where(people.c.id == person_id, people.c.welcomed_at.is_(None)).values(welcomed_at=now),
    )
    return done > 0


def mark_unreachable(session: Session, person_id: int, now: datetime) -> None:
    """Teams refuses messages to this person until the person is heard again."""
    session.execute(
        update(people)
        .where(people.c.id == person_id, people.c.unreachable_since.is_(None))
        .values(unreachable_since=now)
    )


def forget_chat(session: Session, person_id: int) -> None:
    """The app was removed: the chat is gone, and a new installation is welcomed again."""
    session.execute(
        update(people)
        .where(people.c.id == person_id)
        .values(conversation_id=None, service_url=None, installed_at=None, welcomed_at=None)
    )


def staff_ids(session: Session) -> list[int]:
    """Every engineer and manager."""
    return list(session.scalars(_STAFF))


def manager_ids(session: Session) -> list[int]:
    """Every manager."""
    return list(
        session.scalars(select(people.c.id).where(people.c.staff_role == Role.MANAGER.value).order_by(people.c.id))
    )


def set_staff_role(session: Session, person_id: int, role: Role | None, source: StaffSource = StaffSource.LIST) -> None:
    """Make a person engineer or manager by this source, or neither."""
    values = {"staff_role": role.value if role else None, "staff_source": source.value if role else None}
    session.execute(update(people).where(people.c.id == person_id).values(values))
