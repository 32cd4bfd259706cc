"""The app in a contact's Teams: asked for, installed or refused; and the app as the customer's catalogue knows it (R5).

Who was never looked up in the directory has no row to keep it in; then only the mail with the link tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contract.reachability import InstallState
from storage.access_tables import LONGEST_ERROR, directory_accounts, tenant_watches


@dataclass(frozen=True, slots=True)
class Installation:
    """What became of bringing the app to somebody, and since when."""

    state: InstallState
    error: str | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CatalogApp:
    """The app in a customer's catalogue at the last look; `app_id` is None where it was not there."""

    app_id: str | None
    checked_at: datetime | None


def load_installations(session: Session, person_ids: Iterable[int]) -> dict[int, Installation]:
    """What became of the app for those of these people for whom it was asked, by person id."""
    rows = session.execute(
        select(
            directory_accounts.c.person_id,
            directory_accounts.c.install_state,
            directory_accounts.c.install_error,
            directory_accounts.c.install_at,
        ).where(
            directory_accounts.c.person_id.in_(sorted(set(person_ids))),
            directory_accounts.c.install_state.is_not(None),
        )
    )
    return {
        row.person_id: Installation(InstallState(row.install_state), row.install_error, row.install_at) for row in rows
    }


def keep_installation(
    session: Session, person_id: int, state: InstallState, now: datetime, *, error: str | None = None
) -> None:
    """Note what became of bringing the app to somebody."""
    session.execute(
        update(directory_accounts)
        .where(directory_accounts.c.person_id == person_id)
        .values(install_state=state.value, install_error=error[:LONGEST_ERROR] if error else None, install_at=now)
    )


def load_catalog_app(session: Session, customer_id: int) -> CatalogApp | None:
    """The app in a customer's catalogue; None where the customer's tenant is not watched."""
    found = session.execute(
        select(tenant_watches.c.catalog_app_id, tenant_watches.c.catalog_checked_at).where(
            tenant_watches.c.customer_id == customer_id, tenant_watches.c.is_on
        )
    ).one_or_none()
    return CatalogApp(found.catalog_app_id, found.catalog_checked_at) if found else None


def keep_catalog_app(session: Session, customer_id: int, app_id: str | None, now: datetime) -> None:
    """Note what the catalogue showed."""
    session.execute(
        update(tenant_watches)
        .where(tenant_watches.c.customer_id == customer_id)
        .values(catalog_app_id=app_id, catalog_checked_at=now)
    )
