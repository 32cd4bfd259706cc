"""`fourstar customer watch`: whether the accounts of a customer's contacts are watched in their directory (R4, D32)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot import watches
from bot.cli.opened import CustomerWord, NotDone, change, customer_named
from bot.settings import Settings
from storage.watches import load_watch


def watch(
    customer: CustomerWord,
    *,
    stop: Annotated[str | None, typer.Option(metavar="REASON", help="Watch no longer, for this reason.")] = None,
) -> None:
    """Watch the contacts' accounts: who leaves the customer is locked out. It begins by itself with the app's consent.

    With --stop the contacts are whom you named, until you have them watched again.
    """

    def act(session: Session, _settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        if stop is not None:
            if not stop.strip():
                raise NotDone("Say why they are not watched any more: --stop REASON.")
            if not watches.stop_watching(session, found.id, now, by=None, why=stop):
                raise NotDone(f"The accounts of {found.name} are not watched.")
            return f"The accounts of {found.name} are not watched any more."
        if not watches.watch_again(session, found.id, now):
            raise NotDone(f"The accounts of {found.name} are watched already.")
        return f"The accounts of {found.name} are watched; the running bot looks at once."

    typer.echo(change(act))


def watch_facts(session: Session, customer_id: int) -> dict[str, Any]:
    """How a customer is watched, for `customer show`."""
    found = load_watch(session, customer_id)
    return {
        "accounts_watched": found is not None and found.is_on,
        "last_look": found.looked_at if found is not None else None,
        "looking_fails_since": found.failing_since if found is not None else None,
        "looking_fails_with": found.error if found is not None else None,
        "not_watched_because": found.stopped_why if found is not None else None,
    }
