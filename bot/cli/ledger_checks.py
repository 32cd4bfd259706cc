"""What a check of a ledger of consents found, in plain words (R25)."""

from __future__ import annotations

from bot.cli.receipt_checks import CheckedChain, fault_text
from contract.ledger import Entry
from contract.ledger_bodies import read_entry
from contract.receipt_chain import Fault


class CheckedLedger(CheckedChain[Entry]):
    """Entries; beside them what the ledger does not explain."""

    def __init__(self, own_key: str = "") -> None:
        super().__init__(read_entry, own_key)


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
        *checked.signed(is_vouched=is_vouched),
    ]
    return "\n".join(lines)
