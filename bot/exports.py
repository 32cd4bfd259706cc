"""A customer's data put together: rows and bytes from storage, files from documents (R3, R19)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any

from sqlalchemy.orm import Session

from contract.people import Customer
from documents.exports import Content, Heading, Rows, Target, content_path, write_export
from documents.ledger import entry_line
from documents.receipts import receipt_line
from storage.exports import (
    PEOPLE,
    PEOPLE_COLUMNS,
    SUBJECTS,
    columns_of,
    export_files,
    export_people,
    export_receipts,
    export_rows,
)
from storage.files import load_content
from storage.ledger import entries_of


def export_customer(
    session: Session, customer: Customer, target: Target, *, provider: str, now: datetime, internal: bool
) -> dict[str, Any]:
    """Write everything of a customer to a target; returns the manifest. Nothing is changed."""
    subjects = [
        Rows(
            subject.name,
            tuple(columns_of(subject, internal=internal)),
            partial(export_rows, session, subject, customer.id, internal=internal),
        )
        for subject in SUBJECTS
    ]
    people = Rows(PEOPLE, PEOPLE_COLUMNS, partial(export_people, session, customer.id, internal=internal))
    contents = [
        Content(content_path(kept.kind, kept.number, kept.name), partial(load_content, session, kept.sha256))
        for kept in export_files(session, customer.id, internal=internal)
    ]
    heading = Heading(
        customer_id=customer.id,
        customer=customer.name,
        provider=provider,
        made_at=now,
        version=version("fourstar"),
        with_internal=internal,
    )
    return write_export(
        target,
        heading,
        [*subjects[:2], people, *subjects[2:]],
        {
            "receipts.jsonl": lambda: map(receipt_line, export_receipts(session, customer.id)),
            "consent_ledger.jsonl": lambda: map(entry_line, entries_of(session, customer.id)),
        },
        contents,
    )
