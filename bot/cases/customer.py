"""The customer of an `allowance` case: its contacts, tickets, entries and estimates, changed by the rules alone.

Every act calls what the bot calls: `moves`, `check_entry`, `estimates`, `life_cycle`, `check_appointment`. It raises
the Refusal of the rule that stood in the way, and then nothing has changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from contract import life_cycle
from contract.allowance import Allowance
from contract.consents import AccessSpan, Mechanism
from contract.contracts import Addendum, Contract
from contract.errors import Refusal
from contract.estimates import Estimate, EstimateState, Instrument, decide, expire, offer, supersede, withdraw
from contract.hours import OutsideHoursReason, Place, WorkEntry, check_entry, logged_minutes
from contract.moves import Move, check_move, moves
from contract.outcomes import Outcome, OutcomeDetails
from contract.people import Role, check_appointment
from contract.prices import PriceBook
from contract.tickets import State, Ticket

FIRST_TICKET = "T1"
"""The ticket that is meant where an event names none."""

_ENGINEER = 1
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(9998, 12, 31)


class NoSuchThing(Refusal):
    """An event names an entry, an estimate or a contact that the case does not have: found by nobody, so refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Work as an event tells of it."""

    minutes: int | None
    is_billable: bool | None = None
    place: Place | None = None
    has_addendum: bool | None = None


@dataclass(slots=True)
class Customer:
    """What stands after the events so far."""

    contacts: list[str]
    prices: PriceBook
    opened_at: datetime
    tickets: dict[str, Ticket] = field(default_factory=dict)
    entries: dict[str, list[WorkEntry]] = field(default_factory=dict)
    estimates: dict[str, list[Estimate]] = field(default_factory=dict)
    """By ticket, in the order in which they were offered."""
    _people: dict[str, int] = field(default_factory=dict)
    _entry_names: dict[str, tuple[str, int]] = field(default_factory=dict)
    _estimate_names: dict[str, tuple[str, int]] = field(default_factory=dict)
    _next: int = _ENGINEER

    def __post_init__(self) -> None:
        for name in self.contacts:
            self._person(name)

    # --- what is known ------------------------------------------------------------------------------------------------

    def ticket(self, name: str) -> Ticket:
        """The ticket of that name; an engineer has had it from the beginning."""
        return self.tickets.setdefault(
            name,
            Ticket(
                number=len(self.tickets) + 1,
                customer_id=1,
                subject=name,
                description=name,
                created_at=self.opened_at,
                created_by=_ENGINEER,
                state=State.IN_PROGRESS,
                engineer_id=_ENGINEER,
                claimed_at=self.opened_at,
            ),
        )

    def ticket_of_entry(self, name: str) -> str | None:
        """The ticket on which an entry of that name stands."""
        return self._entry_names.get(name, (None, 0))[0]

    def ticket_of_estimate(self, name: str) -> str | None:
        """The ticket for which an estimate of that name was offered."""
        return self._estimate_names.get(name, (None, 0))[0]

    def allowance(self, name: str) -> Allowance:
        """What may be logged on a ticket, and what is."""
        return Allowance(self.ticket(name).granted_minutes, logged_minutes(self.entries.get(name, ())))

    def role(self, by: str | None) -> Role:
        """A contact, somebody who was one, or else an engineer."""
        if by in self.contacts:
            return Role.CONTACT
        return Role.STRANGER if by in self._people else Role.ENGINEER

    # --- hours --------------------------------------------------------------------------------------------------------

    def log(self, name: str, work: Work, now: datetime, *, by: str | None, entry: str | None) -> None:
        """Log work that begins now. Raises what `check_entry` raises, and MoveNotAllowed."""
        ticket = self._allowed(name, Move.LOG_TIME, by, now)
        draft = WorkEntry(
            id=self._new_id(),
            ticket_number=ticket.number,
            engineer_id=self._new_id(),
            started_at=now,
            ended_at=now + timedelta(minutes=work.minutes or 0),
            is_billable=work.is_billable is not False,
            place=work.place or Place.REMOTE,
            outside_hours_reason=OutsideHoursReason.CUSTOMER_ASKED,
            recorded_at=now,
        )
        self._check(name, draft, work, now)
        self._keep(name, draft, entry)

    def correct(self, name: str, work: Work, now: datetime, *, by: str | None, entry: str) -> None:
        """Put another entry in the place of one: the same begin and addendum. Raises as `log`, and NoSuchThing."""
        self._allowed(name, Move.CORRECT_TIME, by, now)
        before = next(
            (one for one in self.entries.get(name, ()) if self._entry_names.get(entry) == (name, one.id)), None
        )
        if before is None:
            raise NoSuchThing
        minutes = before.minutes if work.minutes is None else work.minutes
        draft = replace(
            before,
            id=self._new_id(),
            ended_at=before.started_at + timedelta(minutes=minutes),
            is_billable=before.is_billable if work.is_billable is None else work.is_billable,
            place=work.place or before.place,
            recorded_at=now,
            corrects_id=before.id,
        )
        self._check(name, draft, work, now, before)
        self._keep(name, draft, entry)

    def _check(self, name: str, draft: WorkEntry, work: Work, now: datetime, before: WorkEntry | None = None) -> None:
        was_covered = before is not None and before.place is Place.ON_SITE
        is_covered = was_covered if work.has_addendum is None else work.has_addendum
        addenda = (Addendum(_FIRST_DAY, _FIRST_DAY, _LAST_DAY),) if is_covered else ()
        check_entry(
            draft,
            ticket=self.ticket(name),
            now=max(now, draft.ended_at),
            own_entries=() if before is None else (before,),
            contracts=(
                Contract(
                    id=1, customer_id=1, number="1", starts_on=_FIRST_DAY, ends_on=_LAST_DAY, on_site_addenda=addenda
                ),
            ),
            access=(AccessSpan(mechanism=Mechanism.MANUAL, begins_at=datetime(1, 1, 1, tzinfo=UTC), ends_at=None),),
            allowance=self.allowance(name),
            replacing=before,
        )

    def _keep(self, name: str, kept: WorkEntry, entry: str | None) -> None:
        self.entries.setdefault(name, []).append(kept)
        if entry is not None:
            self._entry_names[entry] = name, kept.id

    # --- estimates ----------------------------------------------------------------------------------------------------

    def offer(self, name: str, minutes: int, now: datetime, *, by: str | None, estimate: str | None) -> Instrument:
        """Offer extra minutes; an open estimate makes room. Raises EstimateMinutes and MoveNotAllowed."""
        ticket = self._allowed(name, Move.ESTIMATE, by, now)
        before = self.estimates.setdefault(name, [])
        made = offer(
            ticket,
            estimate_id=self._new_id(),
            revision=len(before) + 1,
            minutes=minutes,
            what="",
            prices=self.prices,
            created_by=_ENGINEER,
            now=now,
        )
        self._end_open(name, now, is_replaced=True)
        self.estimates[name].append(made)
        if estimate is not None:
            self._estimate_names[estimate] = name, made.id
        return made.instrument

    def decide(self, estimate: str, now: datetime, *, by: str | None, approve: bool, minutes: int | None) -> None:
        """Decide about an estimate. Raises what `contract.estimates.decide` raises, and NoSuchThing."""
        name, offered = self._estimate(estimate)
        decided = decide(
            offered,
            revision=offered.revision,
            approve=approve,
            by=self._people.get(by or "", 0),
            is_contact=by in self.contacts,
            now=now,
            minutes=minutes,
        )
        if approve:
            self.tickets[name] = life_cycle.grant(self.ticket(name), decided.minutes)
        self._replace(name, decided)

    def withdraw(self, estimate: str, now: datetime, *, by: str | None) -> None:
        """Take an open estimate back, which staff does. A contact takes its own approval back: the work stops (D13)."""
        name, offered = self._estimate(estimate)
        if offered.state is EstimateState.APPROVED and self.role(by) is Role.CONTACT:
            self.stop(name, now, by=by)
        else:
            self._allowed(name, Move.ESTIMATE, by, now)
            self._replace(name, withdraw(expire(offered, now)))

    def stop(self, name: str, now: datetime, *, by: str | None) -> None:
        """Stop further work after an approval, which a contact does. Raises NothingToStop and MoveNotAllowed."""
        ticket = self._allowed(name, Move.STOP_WORK, by, now)
        self.tickets[name] = life_cycle.stop_work(ticket, self.allowance(name).logged_minutes)

    def _estimate(self, estimate: str) -> tuple[str, Estimate]:
        name, number = self._estimate_names.get(estimate, ("", 0))
        found = next((one for one in self.estimates.get(name, ()) if one.id == number), None)
        if found is None:
            raise NoSuchThing
        return name, found

    def _replace(self, name: str, changed: Estimate) -> None:
        self.estimates[name] = [changed if one.id == changed.id else one for one in self.estimates[name]]

    def _end_open(self, name: str, now: datetime, *, is_replaced: bool) -> None:
        """Let the open estimate go: expired where its time is over, else superseded, or withdrawn by a closing."""
        for one in self.estimates.get(name, ()):
            if one.state is not EstimateState.OPEN:
                continue
            over = expire(one, now)
            if over.state is EstimateState.OPEN:
                over = supersede(one) if is_replaced else withdraw(one)
            self._replace(name, over)

    # --- the ticket, and its people -----------------------------------------------------------------------------------

    def close(self, name: str, now: datetime, *, by: str | None) -> None:
        """Close a ticket: staff resolves it, a contact withdraws it. Raises MoveNotAllowed."""
        move = Move.WITHDRAW if self.role(by) is Role.CONTACT else Move.RESOLVE
        ticket = self._allowed(name, move, by, now)
        if move is Move.WITHDRAW:
            closed = life_cycle.withdraw(ticket, now)
        else:
            closed = life_cycle.resolve(ticket, Outcome.SOLVED, OutcomeDetails(), now)
        self._end_open(name, now, is_replaced=False)
        self.tickets[name] = closed

    def reopen(self, name: str, now: datetime, *, by: str | None) -> None:
        """Reopen a ticket. Raises ReopenTooLate and MoveNotAllowed."""
        ticket = self._allowed(name, Move.REOPEN, by, now)
        self.tickets[name] = life_cycle.reopen(ticket, now)

    def appoint(self, who: str) -> None:
        """Appoint a contact. Raises TooManyContacts; NoSuchThing where nobody new is named."""
        check_appointment(len(self.contacts))
        if who in self.contacts:
            raise NoSuchThing
        self._person(who)
        self.contacts.append(who)

    def remove(self, who: str) -> None:
        """End an appointment. Raises NoSuchThing."""
        if who not in self.contacts:
            raise NoSuchThing
        self.contacts.remove(who)

    def _allowed(self, name: str, move: Move, by: str | None, now: datetime) -> Ticket:
        """The ticket, if this person can make this move now. Raises what `check_move` raises."""
        ticket = self.ticket(name)
        allowed = moves(
            ticket,
            self.role(by),
            self._people.get(by or "", _ENGINEER),
            now,
            has_open_estimate=any(one.is_open(now) for one in self.estimates.get(name, ())),
            logged_minutes=self.allowance(name).logged_minutes,
        )
        check_move(allowed, move, ticket, now)
        return ticket

    def _person(self, name: str) -> int:
        return self._people.setdefault(name, self._new_id())

    def _new_id(self) -> int:
        self._next += 1
        return self._next
