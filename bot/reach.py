"""How the contacts of a customer can be reached, put together from what is known of chat, app and address (R5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from contract.people import Contact
from contract.reachability import Reachability, Signs, reachability
from storage.customers import load_reach
from storage.installs import Installation, load_installations


def reach_of(
    session: Session,
    contacts: Sequence[Contact],
    *,
    sends_mail: bool,
    installed: Mapping[int, Installation] | None = None,
) -> dict[int, Reachability]:
    """The reachability of each of these contacts, by person id; `sends_mail`: whether mails go out.

    `installed` is what became of the app for each, where that is known already.
    """
    if not contacts:
        return {}
    ids = [contact.person.id for contact in contacts]
    known = load_reach(session, ids)
    installed = load_installations(session, ids) if installed is None else installed
    found = {}
    for contact in contacts:
        chat, app = known[contact.person.id], installed.get(contact.person.id)
        found[contact.person.id] = reachability(
            Signs(
                has_chat=chat.has_chat,
                appointed_at=contact.appointed_at,
                installed_at=chat.installed_at,
                heard_at=chat.heard_at,
                unreachable_since=chat.unreachable_since,
                install_state=app.state if app else None,
                install_at=app.at if app else None,
                has_address=bool(contact.person.email),
                sends_mail=sends_mail,
            )
        )
    return found
