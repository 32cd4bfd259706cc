"""What a check of receipts found, in plain words: what is wrong and where, or what the check proves (D13, D15)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from contract.receipt_bodies import UnreadableBody, read
from contract.receipt_chain import Fault, FaultKind
from contract.receipts import Receipt, SealedReceipt

WORDS = {
    FaultKind.UNREADABLE: "is no {one}, or was changed so that it can't be read as one",
    FaultKind.EDITED: "was edited: its digest is not that of what it says",
    FaultKind.MISPLACED: "is kept as number {other}: swapped with another one, or renumbered",
    FaultKind.REPEATED: "is there a second time: one of them was put in",
    FaultKind.OUT_OF_ORDER: "stands behind {one} {other}: they were swapped",
    FaultKind.REMOVED: "missing: removed{or_some}",
    FaultKind.UNLINKED: "does not follow from the one before: that one was changed, or this one was put in",
    FaultKind.CUT_OFF: "missing at the end: cut off, or made after this file was",
    FaultKind.CONTRADICTED: "is another one elsewhere: the database or the later {many} know it differently",
    FaultKind.TOO_FAR: "is not in the database, which ends at {other}",
    FaultKind.UNSIGNED: "has no good signature: it was edited, or signed by somebody else",
    FaultKind.OTHER_KEY: "is signed with a key that was not given with --key, and no later {one} vouches for it",
}
RECEIPTS = "receipt", "receipts"
RANGES = (FaultKind.REMOVED, FaultKind.CUT_OFF)


class Chained(Protocol):
    """What stands in a chain: it names the key that signs it."""

    @property
    def key(self) -> str:
        """The key's fingerprint."""


C = TypeVar("C", bound=Chained)


@dataclass
class CheckedChain(Generic[C]):
    """What was checked of a chain, and what was found. `read` reads one body."""

    read: Callable[[str], C]
    own_key: str = ""
    """The fingerprint of this installation's key, where there is one."""
    faults: tuple[Fault, ...] = ()
    beside: list[str] = field(default_factory=list)
    """What stands beside the chain and has nothing in it."""
    notes: list[str] = field(default_factory=list)
    count: int = 0
    last: C | None = None
    digest: str = ""
    keys: list[str] = field(default_factory=list)
    """The fingerprints of the keys, in the order in which they were first used."""

    @property
    def wrong(self) -> int:
        """How many things are wrong."""
        return len(self.faults) + len(self.beside)

    def noting(self, chain: Iterable[SealedReceipt]) -> Iterator[SealedReceipt]:
        """The same ones; what is said of them in the end is remembered as they pass."""
        for sealed in chain:
            try:
                self.last, self.digest = self.read(sealed.body), sealed.digest
            except UnreadableBody:
                yield sealed
                continue
            self.count += 1
            if self.last.key not in self.keys:
                self.keys.append(self.last.key)
            yield sealed

    def signed(self, *, is_vouched: bool) -> list[str]:
        """The digest of the last one, with which keys they are signed, and whose those are."""
        lines = [
            f"Its digest: {self.digest}",
            *(f"Signed with the key {key}{whose(key, self.own_key)}." for key in self.keys),
        ]
        if not is_vouched and not self.own_key:
            lines.append("Whether that is the provider's key is for you to compare, or give it: --key PUBLIC.pem")
        return lines


class Checked(CheckedChain[Receipt]):
    """Receipts; beside them the numbers of decided estimates without one."""

    def __init__(self, own_key: str = "") -> None:
        super().__init__(read, own_key)


def fault_text(fault: Fault, *, has_lines: bool, called: tuple[str, str] = RECEIPTS) -> str:
    """One thing that is wrong, as a sentence that begins with where it is. `called` is what one, and what many, are."""
    or_some = " (or these are only some of all: --partial)" if called == RECEIPTS else ""
    words = WORDS[fault.kind].format(other=fault.other, one=called[0], many=called[1], or_some=or_some)
    one = "this" if fault.sequence is None else f"{called[0]} {fault.sequence}"
    name = _range(fault, *called) if fault.kind in RANGES else one
    if has_lines and fault.position:
        return f"Line {fault.position}: {name} {words}."
    return f"{name.capitalize()} {words}."


def _range(fault: Fault, one: str, many: str) -> str:
    if fault.other in (None, fault.sequence):
        return f"{one} {fault.sequence} is"
    return f"{many} {fault.sequence} to {fault.other} are"


def whose(key: str, own: str) -> str:
    """Whether a key is the one that this installation has now; nothing where that is not known."""
    if not own:
        return ""
    return (
        ", this installation's"
        if key == own
        else ", which is not this installation's now: is it an older one of yours?"
    )


def summary(checked: Checked, *, is_vouched: bool) -> str:
    """What a check proves that found nothing wrong."""
    if checked.last is None:
        return "There are no receipts."
    decision = checked.last.decision
    what = (
        f"Receipt {checked.last.sequence} is as it was made"
        if checked.count == 1
        else f"{checked.count} receipts are as they were made: none edited, removed, swapped or put in"
    )
    by, at = decision.decided_by.name, decision.decided_at_local
    lines = [
        f"{what}.",
        f"The last, {checked.last.sequence}: estimate {decision.estimate_number} {decision.kind.value} by {by}, {at}.",
        *checked.signed(is_vouched=is_vouched),
    ]
    return "\n".join(lines)
