"""Entries of the ledger of consents as files: signed and checked as the receipts of decisions are (R25).

A file has one entry a line, each with the public key it was signed with. It is checked with nothing but itself.

    {"digest": "...", "entry": {...}, "public_key": "MCow...", "signature": "..."}
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from contract.ledger import Entry, Note
from contract.ledger_bodies import read_entry, write_entry
from contract.receipt_chain import Fault, Head
from contract.receipts import SealedReceipt
from documents.receipts import Signer, check, read_sealed, sealed_line

BODY = "entry"


def seal_entry(signer: Signer, note: Note, sequence: int, previous: str) -> SealedReceipt:
    """The entry of a note at its place in the chain of its customer."""
    return signer.sign(write_entry(Entry(sequence, previous, signer.fingerprint, note)))


def entry_line(sealed: SealedReceipt) -> str:
    """An entry on one line, without its end."""
    return sealed_line(sealed, BODY)


def read_entries(text: str) -> Iterator[SealedReceipt]:
    """The entries in a file. What is none is given as one that can not be read."""
    return read_sealed(text, BODY)


def check_entries(
    entries: Iterable[SealedReceipt],
    *,
    trusted: Collection[str] | None = None,
    later: Iterable[SealedReceipt] = (),
    head: Head | None = None,
) -> tuple[Fault, ...]:
    """Everything that is wrong with the ledger of one customer, its signatures included, in its order."""
    return check(entries, trusted=trusted, later=later, head=head, read_body=read_entry)
