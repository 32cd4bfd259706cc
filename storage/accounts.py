"""What the directory says of people, and how that came to be (R4, D15, D32).

Name, address and language stand with the person; here is what only the directory knows. Who was never looked up has no
row. Changes are only ever added, with the name and the address of then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from contract.accounts import AccountChange, AccountState, DirectoryAccount
from contract.people import Language, Person
from storage.access_tables import account_changes, directory_accounts
from storage.people import person_of
from storage.sessions import insert_into
from storage.tables import contacts, people

_ACCOUNTS = (
    select(people, directory_accounts)
    .join(directory_accounts, directory_accounts.c.person_id == people.c.id)
    .where(people.c.id.in_(bindparam("ids", expanding=True)))
)
_CHECKED = update(directory_accounts).where(directory_accounts.c.person_id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """A person's account as the last good look at it showed it."""

    person: Person
    state: AccountState
    is_guest: bool
    user_principal_name: str
    checked_at: datetime
    changed_at: datetime

    @property
    def account(self) -> DirectoryAccount:
        """The same as the directory says it."""
        return DirectoryAccount(
            object_id=self.person.object_id,
            name=self.person.name,
            user_principal_name=self.user_principal_name,
            mail=self.person.email,
            language=None,
            is_guest=self.is_guest,
            state=self.state,
        )


def _known(row: Row[Any]) -> KnownAccount:
    return KnownAccount(
        person=person_of(row),
        state=AccountState(row.state),
        is_guest=row.is_guest,
        user_principal_name=row.user_principal_name,
        checked_at=row.checked_at,
        changed_at=row.changed_at,
    )


def load_accounts(session: Session, person_ids: Iterable[int]) -> dict[int, KnownAccount]:
    """The accounts of those of these people who were ever looked up, by person id."""
    ids = sorted(set(person_ids))
    return {row.id: _known(row) for row in session.execute(_ACCOUNTS, {"ids": ids})} if ids else {}


def save_account(
    session: Session, person_id: int, account: DirectoryAccount, changes: Sequence[AccountChange], now: datetime
) -> None:
    """Keep what a good look showed: name, address, state, and what changed. A chosen language stays."""
    values = {
        "state": account.state.value,
        "is_guest": account.is_guest,
        "user_principal_name": account.user_principal_name[:320],
        "checked_at": now,
    }
    kept = insert_into(session, directory_accounts).values(person_id=person_id, changed_at=now, **values)
    renewed = {**values, "changed_at": now} if changes else values
    session.execute(kept.on_conflict_do_update(index_elements=["person_id"], set_=renewed))
    if changes:
        session.execute(
            update(people)
            .where(people.c.id == person_id)
            .values(name=account.name[:200], email=account.address[:320] or None)
        )
        session.execute(
            insert(account_changes),
            [
                {
                    "person_id": person_id,
                    "at": now,
                    "kind": change.kind.value,
                    "before": change.before and change.before[:320],
                    "after": change.after and change.after[:320],
                }
                for change in changes
            ],
        )


def prefer_language(session: Session, person_id: int, language: Language) -> None:
    """The language of the directory, for somebody who neither chose one nor was heard in one."""
    session.execute(
        update(people)
        .where(people.c.id == person_id, people.c.chose_language.is_(False), people.c.heard_at.is_(None))
        .values(language=language.value)
    )


def mark_checked(session: Session, person_ids: Collection[int], now: datetime) -> None:
    """A good look found nothing new about these people."""
    session.execute(_CHECKED.values(checked_at=now), {"ids": sorted(person_ids)})


# --- whom a watch is about --------------------------------------------------------------------------------------------

WATCHED_AT_MOST = 50
"""So many accounts fit one delta query."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Somebody whom the watch of a customer is about: a contact, or one whose appointment ended with the account."""

    person: Person
    removed_why: AccountState | None
    """None: is a contact."""
    removed_at: datetime | None


def list_watched(session: Session, customer_id: int, since: datetime) -> list[Watched]:
    """The contacts, and whose account was lost `since` and who did not become contact again; at most 50."""
    rows = session.execute(
        select(people, contacts.c.removed_at, contacts.c.removed_why)
        .join(contacts, contacts.c.person_id == people.c.id)
        .where(contacts.c.customer_id == customer_id)
        .order_by(contacts.c.id)
    ).all()
    # Of somebody who was contact more than once the last appointment counts.
    latest = {row.id: row for row in rows}
    active = [row for row in latest.values() if row.removed_at is None]
    lost = [
        row
        for row in latest.values()
        if row.removed_at is not None and row.removed_why is not None and row.removed_at >= since
    ]
    lost.sort(key=lambda row: row.removed_at, reverse=True)
    return [
        Watched(person_of(row), AccountState(row.removed_why) if row.removed_why else None, row.removed_at)
        for row in (*active, *lost)
    ][:WATCHED_AT_MOST]


def lost_contact(session: Session, customer_id: int) -> Watched | None:
    """Whose account was lost last among the contacts of a customer and who is no contact now."""
    row = session.execute(
        select(people, contacts.c.removed_at, contacts.c.removed_why)
        .join(contacts, contacts.c.person_id == people.c.id)
        .where(contacts.c.customer_id == customer_id, contacts.c.removed_why.is_not(None))
        .order_by(contacts.c.removed_at.desc(), contacts.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    active = select(contacts.c.id).where(contacts.c.person_id == row.id, contacts.c.removed_at.is_(None))
    if session.execute(active).first() is not None:
        return None
    return Watched(person_of(row), AccountState(row.removed_why), row.removed_at)
