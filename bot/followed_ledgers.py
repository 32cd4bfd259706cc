"""Ledgers of consents as far as they were followed: kept in memory, so that a card reads only what is new (R25).

An entry carries the digest of the one before it, so the digest of one entry says what stands in all before it. What was
made of a ledger up to an entry holds as long as that entry is there with that digest; else the ledger is read from its
beginning. So nobody has to say when to forget: a transaction that was undone left another last entry.
"""

from __future__ import annotations

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from contract.access_spans import Course, follow
from contract.ledger import Entry, EntryKind
from contract.ledger_bodies import UnreadableEntry, read_entry
from contract.receipt_chain import Head
from contract.receipts import SealedReceipt
from storage.ledger import entries_at, entries_of, ledger_heads

Courses = Mapping[int, Course]
"""The sources of a customer by number."""

MOST = 10_000
"""Customers that are remembered: a few hundred bytes each, more only where a source came and went often."""

_log = logging.getLogger(__name__)
_JUDGED_BY = frozenset(kind for kind in EntryKind if kind.is_observed)


@dataclass(frozen=True, slots=True)
class _Followed:
    head: Head
    courses: Courses


@dataclass(slots=True)
class _Memory:
    """What is remembered of one database; reads come from several threads."""

    kept: OrderedDict[int, _Followed] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def of(self, customer_id: int) -> _Followed | None:
        with self.lock:
            if customer_id in self.kept:
                self.kept.move_to_end(customer_id)
            return self.kept.get(customer_id)

    def keep(self, customer_id: int, followed: _Followed) -> None:
        with self.lock:
            self.kept[customer_id] = followed
            self.kept.move_to_end(customer_id)
            if len(self.kept) > MOST:
                self.kept.popitem(last=False)


_memories: WeakKeyDictionary[Any, _Memory] = WeakKeyDictionary()


def load_courses(session: Session, customers: Collection[int]) -> Mapping[int, Courses]:
    """The sources of each of these customers, followed to the last entry of the ledger."""
    memory = _memories.setdefault(session.get_bind().engine, _Memory())
    found: dict[int, Courses] = {}
    unknown: dict[int, Head] = {}
    for customer_id, head in ledger_heads(session, customers).items():
        known = memory.of(customer_id)
        if known is not None and known.head != head:
            known = _followed_on(session, customer_id, known, head)
            if known is not None:
                memory.keep(customer_id, known)
        if known is None:
            unknown[customer_id] = head
        else:
            found[customer_id] = known.courses
    for customer_id, courses in _from_the_beginning(session, unknown).items():
        memory.keep(customer_id, _Followed(unknown[customer_id], courses))
        found[customer_id] = courses
    return found


def _followed_on(session: Session, customer_id: int, known: _Followed, head: Head) -> _Followed | None:
    """What is known and what came after it; None where that is another ledger."""
    sealed = [
        one
        for one in entries_of(session, customer_id, after=known.head.sequence - 1)
        if one.place is not None and one.place <= head.sequence
    ]
    if not sealed or (sealed[0].place, sealed[0].digest) != (known.head.sequence, known.head.digest):
        return None
    return _Followed(head, follow(known.courses, _readable(customer_id, sealed[1:])))


def _from_the_beginning(session: Session, heads: Mapping[int, Head]) -> Mapping[int, Courses]:
    if not heads:
        return {}
    said: dict[int, list[SealedReceipt]] = defaultdict(list)
    for customer_id, sealed in entries_at(session, heads, _JUDGED_BY):
        if sealed.place is not None and sealed.place <= heads[customer_id].sequence:
            said[customer_id].append(sealed)
    return {one: follow({}, _readable(one, said[one])) for one in heads}


def _readable(customer_id: int, entries: Iterable[SealedReceipt]) -> Iterator[Entry]:
    """What is judged by. An entry that somebody broke says nothing, and stops nothing: verifying finds it."""
    for sealed in entries:
        try:
            yield read_entry(sealed.body)
        except UnreadableEntry:
            _log.error("entry %s of the ledger of customer %s can't be read", sealed.place, customer_id)
