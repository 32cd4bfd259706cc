"""Taking over time entries that another tool kept (R18, R20, R24-R26, D4, D11, D12, D23-D26).

Every line goes through the acts of logging in chat (`bot/hours.py`), in the order of time, so that an allowance is used
up across the lines: event, notices, announcements. One transaction: where a single line is refused, nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.hour_files import Refused, Row
from bot.hours import REFUSED_ENTRY, log_draft
from bot.turn import Policy, Turn
from bot.wire import Incoming, IncomingKind
from cards.entries import refused_text
from contract.errors import MoveNotAllowed
from contract.hours import WorkEntry
from contract.people import Language, Person
from contract.tickets import Ticket
from storage.errors import NotFound
from storage.hours import load_entries_by_id, lock_engineer
from storage.imports import keep_imported, load_imported
from storage.people import load_standings
from storage.staff import load_staff
from storage.tickets import load_ticket

OWN = "fourstar:"
"""Begins the ids of our own export: such a line is an entry that is here already."""

_OWN_KEY = re.compile(rf"id:{OWN}(\d{{1,9}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the lines of a file."""

    added: int
    minutes: int
    known: int
    """Lines that were imported before."""
    refused: tuple[Refused, ...]


class NothingKept(Exception):
    """Ends the transaction of a dry run, or of a file with a refused line; carries what would have come of it."""

    def __init__(self, imported: Imported) -> None:
        super().__init__()
        self.imported = imported


def import_rows(
    session: Session, rows: Iterable[Row], refused: Iterable[Refused], policy: Policy, now: datetime, *, apply: bool
) -> Imported:
    """Log every row that was not imported before. Raises NothingKept where a line is refused, or unless `apply`."""
    ordered = sorted(rows, key=lambda row: (row.span.start, row.line))
    found = _Import(session, policy, now, ordered)
    for row in ordered:
        found.take(row)
    all_refused = sorted((*refused, *found.refused), key=lambda one: one.line)
    imported = Imported(found.added, found.minutes, found.known, tuple(all_refused))
    if imported.refused or not apply:
        raise NothingKept(imported)
    return imported


class _Import:
    def __init__(self, session: Session, policy: Policy, now: datetime, rows: list[Row]) -> None:
        self._session = session
        self._policy = policy
        self._now = now
        self._staff = load_staff(session)
        # Everything is held in one order, tickets first as everybody does, before anything is judged.
        self._tickets = self._held(rows)
        engineers = {one.id for row in rows for one in self._people_named(row.engineer)}
        for person_id in sorted(engineers):
            lock_engineer(session, person_id)
        self._standings = load_standings(session, engineers)
        self._before = load_imported(session, [row.key for row in rows]) | self._own(rows)
        self.added = self.minutes = self.known = 0
        self.refused: list[Refused] = []

    def take(self, row: Row) -> None:
        """Log one row, or note why not."""
        if (before := self._before.get(row.key)) is not None:
            if _is_same(before, row):
                self.known += 1
            else:
                self._refuse(row, "this id was imported before, with another ticket or another time")
            return
        ticket = self._tickets.get(row.ticket)
        people = self._people_named(row.engineer)
        if ticket is None:
            self._refuse(row, f"there is no ticket {row.ticket}")
        elif len(people) != 1:
            self._refuse(row, _who(row.engineer, people))
        else:
            self._log(row, ticket, people[0])

    def _log(self, row: Row, ticket: Ticket, engineer: Person) -> None:
        draft = WorkEntry(
            id=0,
            ticket_number=ticket.number,
            engineer_id=engineer.id,
            started_at=row.span.start,
            ended_at=row.span.end,
            is_billable=row.is_billable,
            place=row.place,
            what=row.what,
            outside_hours_reason=row.reason,
            recorded_at=self._now,
        )
        turn = self._turn(engineer)
        try:
            happened = log_draft(turn, ticket, draft, key=None, was_repeated=row.span.was_repeated)
        except (*REFUSED_ENTRY, MoveNotAllowed) as error:
            self._refuse(row, refused_text(error, Language.EN, self._now).replace("\xa0", " "))
            return
        keep_imported(self._session, row.key, happened.details["entry"])
        self._before[row.key] = draft
        self.added += 1
        self.minutes += draft.minutes

    def _turn(self, engineer: Person) -> Turn:
        source = Incoming(
            kind=IncomingKind.OTHER,
            activity_id="",
            tenant_id=engineer.tenant_id,
            object_id=engineer.object_id,
            user_id="",
            name=engineer.name,
            conversation_id="",
            is_personal=False,
            service_url="",
        )
        return Turn(self._session, self._standings[engineer.id], self._now, source, self._policy)

    def _refuse(self, row: Row, why: str) -> None:
        self.refused.append(Refused(row.line, why))

    def _held(self, rows: list[Row]) -> dict[int, Ticket]:
        held: dict[int, Ticket] = {}
        for number in sorted({row.ticket for row in rows}):
            try:
                held[number] = load_ticket(self._session, number, lock=True)
            except NotFound:
                continue
        return held

    def _own(self, rows: list[Row]) -> dict[str, WorkEntry]:
        """The entries that lines of our own export name."""
        keys = {int(found[1]): row.key for row in rows if (found := _OWN_KEY.fullmatch(row.key)) is not None}
        return {keys[entry_id]: entry for entry_id, entry in load_entries_by_id(self._session, list(keys)).items()}

    def _people_named(self, word: str) -> list[Person]:
        """The people of the provider by object id, e-mail or name, whatever the capitals."""
        asked = word.casefold()
        return [
            one
            for one in self._staff
            if asked in (one.object_id.casefold(), (one.email or "").casefold(), one.name.casefold())
        ]


def _is_same(entry: WorkEntry, row: Row) -> bool:
    """Whether an entry is what the row says; a second row with the same id is not, unless it says the same."""
    return (entry.ticket_number, entry.started_at, entry.ended_at) == (row.ticket, row.span.start, row.span.end)


def _who(word: str, people: list[Person]) -> str:
    if not people:
        return f"nobody of the provider is known as {word}"
    return f"{len(people)} engineers are called {word}: write the e-mail address or the object id"
