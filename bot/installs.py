"""The app comes by itself to a new contact, where the customer's tenant allows that; else a mail asks for it (R5).

Appointing somebody whose chat is not known asks Microsoft to install the app, which the bot then greets in; so does the
first look at those who were contacts before anybody watched. The app has to be in the customer's catalogue and the
permission granted; both are the customer's to decide. Where either is missing the contact gets one mail with the link
to the app, and where no mail can be sent the customer's card says that somebody has to call.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import customer_subject
from bot.clock import Clock
from bot.errands import ask_graph
from bot.outcomes import Dead, Done, End, Kind, Later, Outcome, Work
from contract.people import Role
from contract.reachability import InstallState
from graph.errors import AccessUnavailable, GraphError, GraphUnavailable, fault_of
from graph.tenants import Tenants
from storage.contacts import load_contacts, load_customer
from storage.customers import load_reach
from storage.database import Database
from storage.installs import (
    CatalogApp,
    keep_catalog_app,
    keep_installation,
    load_catalog_app,
    load_installations,
)
from storage.people import Standing, load_standings

INSTALL_APP = "install_app"
CATALOG_HOLDS = timedelta(hours=1)
"""How long an app that was found in a catalogue is taken to be there."""
NOT_IN_CATALOG = "not_in_catalog"


def bring_app(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    """Have the app installed for a new contact, where the customer's tenant is watched; asked once an appointment."""
    if load_catalog_app(session, customer_id) is None:
        return
    customer = load_customer(session, customer_id)
    ask_graph(
        session,
        customer.tenant_id,
        INSTALL_APP,
        {"customer": customer_id, "person": person_id},
        now,
        key=f"{INSTALL_APP}:{customer_id}:{person_id}:{now.isoformat()}",
    )
    keep_installation(session, person_id, InstallState.ASKED, now)


def bring_to_contacts(session: Session, customer_id: int, now: datetime) -> None:
    """The watch began: the app comes to those contacts who never had it and for whom it was never asked.

    Who had it and took it away is not given it again.
    """
    ids = [contact.person.id for contact in load_contacts(session, customer_id)]
    known, asked = load_reach(session, ids), load_installations(session, ids)
    for person_id in ids:
        chat = known[person_id]
        if not chat.has_chat and chat.heard_at is None and person_id not in asked:
            bring_app(session, customer_id, person_id, now)


@dataclass(frozen=True, slots=True)
class InstallKinds:
    """Performs `install_app`. `app_id` is the id in our manifest."""

    database: Database
    tenants: Tenants
    app_id: str
    clock: Clock = field(repr=False)

    def kinds(self) -> tuple[Kind, ...]:
        """What the graph lane registers."""
        return (Kind(INSTALL_APP, self.install, _installed, is_limited=False),)

    async def install(self, work: Work) -> Outcome:
        """Install the app for one person, who may have opened it meanwhile or be no contact any more."""
        from graph.installs import install

        customer_id, person_id = work.payload["customer"], work.payload["person"]
        reader, known = await self.database.read(partial(_wanted, customer_id=customer_id, person_id=person_id))
        if known is None or reader.chat is not None or not _is_contact(reader, customer_id):
            return Done()
        try:
            app_id = await self._catalog_app(reader.person.tenant_id, customer_id, known)
            if app_id is None:
                return Done({"error": NOT_IN_CATALOG})
            await install(self.tenants.of(reader.person.tenant_id), reader.person.object_id, app_id)
        except (GraphUnavailable, AccessUnavailable) as error:
            return Later(fault_of(error))
        except GraphError as error:
            return Done({"error": fault_of(error)})
        return Done({"installed": True})

    async def _catalog_app(self, tenant_id: str, customer_id: int, known: CatalogApp) -> str | None:
        from graph.installs import catalog_app

        now = self.clock.now()
        if known.app_id and known.checked_at and now - known.checked_at < CATALOG_HOLDS:
            return known.app_id
        found = await catalog_app(self.tenants.of(tenant_id), self.app_id)
        await self.database.write(partial(keep_catalog_app, customer_id=customer_id, app_id=found, now=now))
        return found


def _wanted(session: Session, *, customer_id: int, person_id: int) -> tuple[Standing, CatalogApp | None]:
    return load_standings(session, [person_id])[person_id], load_catalog_app(session, customer_id)


def _is_contact(reader: Standing, customer_id: int) -> bool:
    return reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == customer_id


def _installed(session: Session, work: Work, end: End, now: datetime) -> None:
    """Write down what came of it; who can't be given the app is asked by mail to add it."""
    customer_id, person_id = work.payload["customer"], work.payload["person"]
    result = end.result if isinstance(end, Done) else {"error": end.error if isinstance(end, Dead) else "dropped"}
    if not result:
        return
    error = result.get("error")
    state = InstallState.REFUSED if error else InstallState.INSTALLED
    keep_installation(session, person_id, state, now, error=str(error) if error else None)
    if error:
        _ask_by_mail(session, customer_id, person_id, now)
    announcements.follow(session, customer_subject(customer_id), now)


def _ask_by_mail(session: Session, customer_id: int, person_id: int, now: datetime) -> None:
    contact = next((one for one in load_contacts(session, customer_id) if one.person.id == person_id), None)
    if contact is None or not contact.person.email:
        return
    args = {"customer": customer_id, "person": person_id}
    key = f"{INSTALL_APP}:{contact.id}"
    announcements.mail(session, contact.person.email, "add_app", args, now, key=key)
