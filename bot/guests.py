"""The same engineer as a guest in a customer's tenant: a second identity that only the engineer confirms (D15).

A stranger of a watched tenant is looked up first: where the account is a guest's whose address is that of somebody on
the staff, that engineer is asked in the own chat, and no manager is. The address alone proves nothing, as whoever
manages that tenant writes it there; so nothing follows from it but the question.

In a customer's tenant the engineer is recognised, and that is all: what the bot writes there is the customer's to keep
and to read, internal notes and other customers' names among it. So nothing is shown there and nothing done; the answer
says where to work. Messages that the bot begins go to the own chat, which the guest's never replaces. Who leaves the
staff is nobody there either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.directory import Directory
from bot.errands import ask_graph
from bot.knocking import knock
from bot.outcomes import Done, End, Kind, Outcome, Work, result_of
from bot.turn import Answer, Notice, Policy, Turn
from bot.wire import IncomingKind
from cards.clicks.guests import ConfirmGuest, RefuseGuest
from cards.components import Card
from cards.guests import GuestSheet, guest_answer, guest_card
from contract.people import Customer, Person, Role
from graph.errors import GraphError, fault_of
from storage.contacts import find_knock, load_knock, refuse_knock
from storage.database import Database
from storage.errors import NotFound
from storage.guests import (
    GuestIdentity,
    GuestState,
    decide_guest,
    find_guest,
    load_guest,
    offer_guest,
    staff_with_address,
    was_asked,
)
from storage.people import Standing, find_standing, load_person, load_standings, set_email
from storage.staff import find_by_object_ids
from storage.watches import load_watch

WHO_IS_GUEST = "who_is_guest"
QUESTION_HOLDS = timedelta(days=7)
"""How long a question that nobody answers keeps the managers from hearing of a stranger who goes on writing."""
_SPOKEN = frozenset({IncomingKind.MESSAGE, IncomingKind.ACTION, IncomingKind.SUBMIT})


def guest_subject(guest_id: int) -> str:
    """What the engineer's cards of the question are remembered by."""
    return f"guest:{guest_id}"


# --- in the customer's tenant -----------------------------------------------------------------------------------------


def answer_guest(turn: Turn, customer: Customer) -> Answer:
    """One line without data, whatever an engineer says or clicks as a guest."""
    source = turn.source
    if source.is_automatic or source.kind not in _SPOKEN:
        return None
    text = guest_answer(turn.person.name, customer.name, turn.language)
    return Notice(text, is_error=source.kind is not IncomingKind.MESSAGE)


def asks_first(session: Session, person: Person, customer: Customer, now: datetime) -> bool:
    """Whether the managers hear nothing of this stranger yet, who may be an engineer; then that is found out."""
    watch = load_watch(session, customer.id)
    if watch is None or not watch.is_on:
        return False
    guest = find_guest(session, person.tenant_id, person.object_id)
    if guest is not None:
        return guest.state is GuestState.OFFERED and now - guest.found_at < QUESTION_HOLDS
    ask_graph(
        session,
        customer.tenant_id,
        WHO_IS_GUEST,
        {"person": person.id, "customer": customer.id},
        now,
        key=f"{WHO_IS_GUEST}:{person.id}:{now:%Y-%m-%d}",
    )
    # Whom the managers know of already just knocks once more.
    return find_knock(session, person.id) is None


@dataclass(frozen=True, slots=True)
class GuestKinds:
    """Performs `who_is_guest`."""

    database: Database
    directory: Directory

    def kinds(self) -> tuple[Kind, ...]:
        """What the graph lane registers."""
        return (Kind(WHO_IS_GUEST, self.look_up, _looked_up, is_limited=False),)

    async def look_up(self, work: Work) -> Outcome:
        """Ask whose account a stranger's is. No answer is an answer: a colleague of the customer must not wait."""
        person = await self.database.read(partial(load_person, person_id=work.payload["person"]))
        try:
            account = await self.directory.load(person.tenant_id, person.object_id)
        except GraphError as error:
            return Done({"error": fault_of(error)})
        return Done({"guest": account.is_guest, "name": account.name, "mail": account.mail or ""})


def _looked_up(session: Session, work: Work, end: End, now: datetime) -> None:
    """Ask the engineer whose address it is; or let the stranger knock like any other."""
    person_id, customer_id = work.payload["person"], work.payload["customer"]
    found = result_of(end)
    stranger = load_standings(session, [person_id])[person_id]
    if stranger.role is not Role.STRANGER:
        return
    if found.get("guest") and found.get("mail"):
        set_email(session, person_id, str(found["name"]), str(found["mail"]))
        if _offered(session, stranger.person, str(found["mail"]), now):
            return
    knock_id = find_knock(session, person_id)
    if knock_id is None:
        knock(session, customer_id, person_id, now)


def _offered(session: Session, stranger: Person, address: str, now: datetime) -> bool:
    """Whether exactly one of the staff has this address, who is now asked, once for each tenant, or was before."""
    known = find_guest(session, stranger.tenant_id, stranger.object_id)
    if known is not None:
        return known.state is not GuestState.REFUSED
    owners = staff_with_address(session, [address])
    # Whoever manages that tenant can make any number of guests with this address.
    if len(owners) != 1 or was_asked(session, stranger.tenant_id, owners[0]):
        return False
    guest_id = offer_guest(session, stranger.tenant_id, stranger.object_id, owners[0], now)
    if guest_id is not None:
        announcements.show(session, owners[0], "guest", {"guest": guest_id}, now, subject=guest_subject(guest_id))
    return True


# --- in the engineer's own chat ---------------------------------------------------------------------------------------


def confirm_guest(turn: Turn, click: ConfirmGuest) -> Answer:
    """The engineer says that it is them; a guest who was asked about is a stranger no more."""
    guest = _own(turn, click.guest)
    if guest.state is GuestState.OFFERED:
        decide_guest(turn.session, guest.id, GuestState.CONFIRMED, turn.now)
        _withdraw_knock(turn, guest)
    return _guest_answer(turn.session, turn.person, click.guest, turn.now)


def refuse_guest(turn: Turn, click: RefuseGuest) -> Answer:
    """The engineer says that it is somebody else: whoever it is knocks like any other. Also after a mistaken yes."""
    guest = _own(turn, click.guest)
    if guest.state is not GuestState.REFUSED:
        decide_guest(turn.session, guest.id, GuestState.REFUSED, turn.now)
        stranger = find_standing(turn.session, guest.tenant_id, guest.object_id)
        if stranger is not None and stranger.role is Role.STRANGER and guest.customer is not None:
            knock(turn.session, guest.customer.id, stranger.person.id, turn.now)
    return _guest_answer(turn.session, turn.person, click.guest, turn.now)


def _own(turn: Turn, guest_id: int) -> GuestIdentity:
    """The question to the caller. Raises NotFound for one that was put to somebody else."""
    guest = load_guest(turn.session, guest_id, lock=True)
    if guest.person.id != turn.person.id:
        raise NotFound("guest", guest_id)
    return guest


def _withdraw_knock(turn: Turn, guest: GuestIdentity) -> None:
    """Whoever knocked before it was known who that is does not want to become a contact."""
    stranger_id = _stranger_id(turn.session, guest)
    knock_id = find_knock(turn.session, stranger_id) if stranger_id is not None else None
    if knock_id is None or load_knock(turn.session, knock_id).state != "waiting":
        return
    refuse_knock(turn.session, knock_id, turn.person.id, turn.now)
    announcements.follow(turn.session, announcements.knock_subject(knock_id), turn.now)
    if guest.customer is not None:
        announcements.follow(turn.session, announcements.customer_subject(guest.customer.id), turn.now)


def guest_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The question, for the engineer it was put to. Raises NotFound for anybody else, and once it is forgotten."""
    if load_guest(session, args["guest"]).person.id != reader.person.id or not reader.role.is_staff:
        raise NotFound("guest", args["guest"])
    return _guest_answer(session, reader.person, args["guest"], now)


def _guest_answer(session: Session, reader: Person, guest_id: int, now: datetime) -> Card:
    guest = load_guest(session, guest_id)
    stranger_id = _stranger_id(session, guest)
    stranger = load_person(session, stranger_id) if stranger_id is not None else guest.person
    return guest_card(
        GuestSheet(
            guest_id=guest.id,
            guest_name=stranger.name,
            address=stranger.email or "",
            customer_name=guest.customer.name if guest.customer else guest.tenant_id,
            state=guest.state.value,
            found_at=guest.found_at,
            decided_at=guest.decided_at,
        ),
        reader.language,
        now,
    )


def _stranger_id(session: Session, guest: GuestIdentity) -> int | None:
    """The person as whom the guest was kept before anybody knew who that is."""
    found = find_by_object_ids(session, guest.tenant_id, [guest.object_id]).get(guest.object_id)
    return found.id if found else None
