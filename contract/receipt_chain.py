"""Whether receipts are as they were made: nothing edited, removed, swapped or put in, nothing cut off (D13, D15, R19).

Each receipt names the digest of the one before, so what is wrong can be seen without asking anybody:

    1, 2, 3 as they were made                          nothing
    body 2 says 300 minutes instead of 240             2 is edited
    ... and its digest is made to fit                  3 names another one before it
    1, 3                                               2 is removed
    1, 3, 2                                            2 stands out of order
    1, 2, and there is a receipt 4                     3 is cut off

A last receipt that is cut off leaves no trace in the others. It is missed by a later receipt, or by whoever knows how
far the chain goes. Of one customer there are only some receipts, with those of others between: `is_whole=False`.
Signatures are checked in documents/receipts.py. The entries of the ledger of consents (contract/ledger.py) are a chain
of the same kind: what differs is how a body is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contract.receipt_bodies import UnreadableBody, digest_of, read
from contract.receipts import NOTHING_BEFORE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contract.receipts import SealedReceipt


class FaultKind(StrEnum):
    """What can be wrong with a receipt (D13, D15)."""

    UNREADABLE = "unreadable"
    """Not the body of a receipt in canonical form."""
    EDITED = "edited"
    """The digest is not that of the body."""
    MISPLACED = "misplaced"
    """Kept under `other` as its sequence."""
    REPEATED = "repeated"
    """There is another one with the same sequence."""
    OUT_OF_ORDER = "out_of_order"
    """It stands behind `other`, which is later."""
    REMOVED = "removed"
    """Those from this one through `other` are missing."""
    UNLINKED = "unlinked"
    """It names another digest than that of the one before: that one was changed, or this one was put in."""
    CUT_OFF = "cut_off"
    """Those from this one through `other`, behind the last, are missing."""
    CONTRADICTED = "contradicted"
    """A later receipt, or whoever knows the chain, knows another one in this place."""
    TOO_FAR = "too_far"
    """Whoever knows the chain says that it ends before this one, at `other`."""
    UNSIGNED = "unsigned"
    """The signature is not of this body and the key it names."""
    OTHER_KEY = "other_key"
    """Signed, but with a key that nobody vouches for."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, with which receipt; `position` counts from 1 in the order in which they were given, 0: in none."""

    kind: FaultKind
    sequence: int | None
    position: int = 0
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain goes: the last receipt's sequence and digest; 0 where there is none."""

    sequence: int = 0
    digest: str = NOTHING_BEFORE


class Linked(Protocol):
    """What any body of a chain says: its place, the digest of the one before, and the key that signs it."""

    @property
    def sequence(self) -> int: ...  # noqa: D102 -- see the class
    @property
    def previous(self) -> str: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class _Link:
    digest: str
    previous: str | None
    """None where the body can not be read."""
    position: int


def verify_chain(
    receipts: Iterable[SealedReceipt],
    *,
    is_whole: bool = True,
    later: Iterable[SealedReceipt] = (),
    head: Head | None = None,
    read_body: Callable[[str], Linked] = read,
) -> tuple[Fault, ...]:
    """Return everything that is wrong, in the order of the receipts; nothing where all is well (D13, D15).

    `is_whole`: they should be all from the first on. `later`: receipts of the same chain from elsewhere, some of them
    made after the last. `head`: how far the chain is known to go. `read_body` raises UnreadableBody.
    """
    faults: list[Fault] = []
    links: dict[int, _Link] = {}
    last = 0
    for position, sealed in enumerate(receipts, start=1):
        try:
            receipt = read_body(sealed.body)
        except UnreadableBody:
            faults.append(Fault(FaultKind.UNREADABLE, sealed.place, position))
            if sealed.place is not None:
                # It is there, whatever became of it; the next one still has to name its digest.
                links.setdefault(sealed.place, _Link(sealed.digest, None, position))
            continue
        sequence = receipt.sequence
        if digest_of(sealed.body) != sealed.digest:
            faults.append(Fault(FaultKind.EDITED, sequence, position))
        if sealed.place not in (None, sequence):
            faults.append(Fault(FaultKind.MISPLACED, sequence, position, sealed.place))
        if sequence in links:
            faults.append(Fault(FaultKind.REPEATED, sequence, position))
            continue
        if sequence < last:
            faults.append(Fault(FaultKind.OUT_OF_ORDER, sequence, position, last))
        links[sequence] = _Link(sealed.digest, receipt.previous, position)
        last = max(last, sequence)
    faults += _gaps(links, is_whole=is_whole)
    faults += _unlinked(links)
    faults += _against(links, later, read_body, is_whole=is_whole)
    if head is not None:
        faults += _end(links, head, is_whole=is_whole)
    return tuple(faults)


def _gaps(links: dict[int, _Link], *, is_whole: bool) -> Iterator[Fault]:
    """Find what is missing before the last."""
    before = 0
    for sequence in sorted(links) if is_whole else ():
        if sequence > before + 1:
            yield Fault(FaultKind.REMOVED, before + 1, links[sequence].position, sequence - 1)
        before = sequence


def _unlinked(links: dict[int, _Link]) -> Iterator[Fault]:
    """Find the receipts that do not name the one before, as far as that is here."""
    for sequence in sorted(links):
        before = links.get(sequence - 1)
        expected = before.digest if before else NOTHING_BEFORE if sequence == 1 else None
        named = links[sequence].previous
        if None not in (expected, named) and expected != named:
            yield Fault(FaultKind.UNLINKED, sequence, links[sequence].position)


def _against(
    links: dict[int, _Link], later: Iterable[SealedReceipt], read_body: Callable[[str], Linked], *, is_whole: bool
) -> Iterator[Fault]:
    """Hold the receipts against others of the same chain; those that can not be read say nothing."""
    known: set[int] = set()
    for sealed in later:
        try:
            receipt = read_body(sealed.body)
        except UnreadableBody:
            continue
        sequence = receipt.sequence
        known.add(sequence)
        mine, before = links.get(sequence), links.get(sequence - 1)
        if mine is not None and mine.digest != digest_of(sealed.body):
            yield Fault(FaultKind.CONTRADICTED, sequence, mine.position)
        elif mine is None and before is not None and before.digest != receipt.previous:
            yield Fault(FaultKind.CONTRADICTED, sequence - 1, before.position)
    missing = [one for one in range(max(links, default=0) + 1, max(known, default=0)) if one not in known]
    if missing and is_whole:
        yield Fault(FaultKind.CUT_OFF, missing[0], other=missing[-1])


def _end(links: dict[int, _Link], head: Head, *, is_whole: bool) -> Iterator[Fault]:
    """Hold the last receipt against how far the chain is known to go."""
    last = max(links, default=0)
    if last > head.sequence:
        yield Fault(FaultKind.TOO_FAR, last, links[last].position, head.sequence)
    elif last == head.sequence and last and links[last].digest != head.digest:
        yield Fault(FaultKind.CONTRADICTED, last, links[last].position)
    elif last < head.sequence and is_whole:
        yield Fault(FaultKind.CUT_OFF, last + 1, other=head.sequence)
