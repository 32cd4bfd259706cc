"""What a check of a ledger of consents found, in plain words (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.cli.receipt_checks import fault_text, whose
from contract.ledger import Entry
from contract.ledger_bodies import UnreadableEntry, read_entry
from contract.receipt_chain import Fault
from contract.receipts import SealedReceipt


@dataclass(slots=True)
class CheckedLedger:
    """What was checked, and what was found."""

    faults: tuple[Fault, ...] = ()
    beside: list[str] = field(default_factory=list)
    """What stands beside the ledger and is not explained by it."""
    notes: list[str] = field(default_factory=list)
    count: int = 0
    last: Entry | None = None
    digest: str = ""
    keys: list[str] = field(default_factory=list)
    """The fingerprints of the keys, in the order in which they were first used."""
    own_key: str = ""
    """The fingerprint of this installation's key, where there is one."""

    @property
    def wrong(self) -> int:
        """How many things are wrong."""
        return len(self.faults) + len(self.beside)

    def noting(self, entries: Iterable[SealedReceipt]) -> Iterator[SealedReceipt]:
        """The same entries; what is said of them in the end is remembered as they pass."""
        for sealed in entries:
            try:
                self.last, self.digest = read_entry(sealed.body), sealed.digest
            except UnreadableEntry:
                yield sealed
                continue
            self.count += 1
            if self.last.key not in self.keys:
                self.keys.append(self.last.key)
            yield sealed


def entry_fault(fault: Fault, *, has_lines: bool) -> str:
    """One thing that is wrong, as a sentence that begins with where it is."""
    return fault_text(fault, has_lines=has_lines, called=("entry", "entries"))


def ledger_summary(checked: CheckedLedger, *, is_vouched: bool) -> str:
    """What a check proves that found nothing wrong."""
    if checked.last is None:
        return "There are no entries."
    note = checked.last.note
    what = "1 entry is as it was made" if checked.count == 1 else f"{checked.count} entries are as they were made"
    lines = [
        f"{note.customer_name}: {what}: none edited, removed, swapped or put in.",
        f"The last, {checked.last.sequence}: {note.kind.value}, {note.at_local}.",
        f"Its digest: {checked.digest}",
        *(f"Signed with the key {key}{whose(key, checked.own_key)}." for key in checked.keys),
    ]
    if not is_vouched and not checked.own_key:
        lines.append("Whether that is the provider's key is for you to compare, or give it: --key PUBLIC.pem")
    return "\n".join(lines)
