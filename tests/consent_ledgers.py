"""Ledgers of consents for tests: checks of one or more sources, written down as the product writes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from contract.consent_states import observed, unseen
from contract.consents import Change, ChangeKind, Finding, Grant, GrantState, Mechanism, NoFinding, Permission, Proof
from contract.ledger import Entry, EntryKind, Note, fact_of
from contract.receipts import NOTHING_BEFORE, Identity, SealedReceipt
from documents.ledger import seal_entry
from documents.receipts import signer_of
from tests.contract.builders import MONDAY
from tests.receipt_keys import TEST_KEY

ANNA = Identity("tenant-a", "object-1", "Anna “de” Vries\u2028")
"""A name with quotation marks and a line separator, which JSON does not escape."""
EXCHANGE, HELPDESK, READER = (Permission(f"r-{number}", f"Role {number}") for number in (1, 2, 3))


def active(**fields: Any) -> Finding:
    """In force, with proof."""
    return Finding(state=GrantState.ACTIVE, **{"scope": (EXCHANGE, HELPDESK), "proof": Proof.RELATIONSHIP, **fields})


CHANGES = (ChangeKind.ACTIVATED, ChangeKind.RECOVERED)
GONE = Finding(state=GrantState.NONE)
NO_ANSWER = NoFinding("timeout")


def note(kind: EntryKind, at: datetime = MONDAY, **fields: Any) -> Note:
    """An entry without its place."""
    given = {
        "provider": "Oxineo",
        "customer_id": 7,
        "customer_name": "Bakkerij Brood & Zo",
        "tenant_id": "tenant-a",
        "at_local": at.isoformat(),
    }
    return Note(kind=kind, at=at, **{**given, **fields})


class Ledger:
    """The entries of one customer, and where its sources stand."""

    def __init__(self) -> None:
        self.grants: dict[str, Grant] = {}
        self.entries: list[Entry] = []

    def see(
        self,
        at: datetime,
        finding: Finding | NoFinding,
        source: str = "relationship",
        mechanism: Mechanism = Mechanism.GDAP,
    ) -> Change:
        """Check a source, and write down what is new."""
        known = self.grants.get(source)
        before = known or replace(unseen(7, mechanism, source, at), id=len(self.grants) + 1)
        change = observed(before, finding, at, is_known=known is not None)
        self.grants[source] = change.after
        if change.kinds:
            fact = fact_of(change.after, seen_before=before.checked_at)
            self._add(note(EntryKind(change.kind), at, changes=change.kinds, grant=fact))
        return change

    def write(self, kind: EntryKind, at: datetime = MONDAY, **fields: Any) -> None:
        """Write down what somebody did."""
        self._add(note(kind, at, **fields))

    def _add(self, said: Note) -> None:
        self.entries.append(Entry(len(self.entries) + 1, "", "", said))


def sealed_ledger(length: int, *, other: int = 0) -> list[SealedReceipt]:
    """So many entries of different kinds, one behind the other; with `other` they say other things."""
    ledger = Ledger()
    grant = ledger.see(MONDAY, active(approved_by="Bo\n\t\\", valid_until=MONDAY.replace(year=2027))).after
    made: list[SealedReceipt] = []
    previous = NOTHING_BEFORE
    for sequence in range(1, length + 1):
        fact = fact_of(replace(grant, raw_digest="ab" * 32, asked_at=MONDAY), asked_by=ANNA, seen_before=MONDAY)
        said = (
            note(
                EntryKind.ACTIVATED,
                changes=CHANGES[: 1 + sequence % 2],
                grant=fact,
                details={"number": sequence + other},
            ),
            note(EntryKind.WITHDRAWN, by=ANNA, details={"reason": 'Te "veel"', "number": sequence + other}),
            note(
                EntryKind.SESSION_STARTED, ticket_number=1001, details={"scope": [{"id": "r"}], "n": other, "x": None}
            ),
        )[sequence % 3]
        made.append(seal_entry(signer_of(TEST_KEY.encode()), said, sequence, previous))
        previous = made[-1].digest
    return made
