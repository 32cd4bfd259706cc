"""What is kept and given away: documents of every invoice, receipts of every decision, all of it in the export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from bot.announcements import MAKE_DOCUMENTS
from bot.exports import export_customer
from documents.exports import FolderTarget
from storage import billing_tables as billing
from storage import tables
from storage.contacts import load_customer
from storage.outbox_tables import mailbox, outbox
from tests.bot.invoiced import make_documents
from tests.bot.year.company import Company, Life

DECIDED = ("estimate_approved", "estimate_declined", "work_stopped")
OF_TICKETS: dict[str, Table] = {
    "tickets": tables.tickets,
    "time_entries": tables.work_entries,
    "costs": billing.costs,
    "estimates": tables.estimates,
}
OF_INVOICES: dict[str, Table] = {
    "invoices": billing.invoices,
    "invoice_lines": billing.invoice_lines,
    "invoice_documents": billing.invoice_documents,
    "payments": billing.payments,
    "payment_reminders": billing.payment_reminders,
    "questions": billing.invoice_questions,
}


async def check_papers(life: Life, folder: Path) -> None:
    """After everything: documents are made, each decision has its receipt, each export holds every row."""
    await life.database.write(_only_documents)
    await make_documents(life.world)
    made = await life.rows(billing.invoice_documents)
    numbers = {row["id"] for row in await life.rows(billing.invoices)}
    wanted = {(number, kind) for number in numbers for kind in ("pdf", "ubl")}
    assert {(row["invoice_id"], row["kind"]) for row in made} == wanted, (len(made), len(wanted))
    decided = [row for row in await life.rows(tables.ticket_events) if row["kind"] in DECIDED]
    receipts = await life.rows(billing.receipts)
    assert sorted(row["ticket_number"] for row in decided) == sorted(row["ticket_number"] for row in receipts)
    for one in life.companies:
        await _check_export(life, one, folder / str(one.id))


def _only_documents(session: Session) -> None:
    """Nobody's chat is delivered to here."""
    session.execute(delete(outbox).where(outbox.c.kind != MAKE_DOCUMENTS))
    session.execute(delete(mailbox).where(mailbox.c.mailbox.not_like("documents:%")))


async def _check_export(life: Life, one: Company, folder: Path) -> None:
    def act(session: Session) -> dict[str, Any]:
        customer = load_customer(session, one.id)
        return export_customer(session, customer, FolderTarget(folder), provider="Oxineo", now=life.now, internal=False)

    await life.database.read(act)
    ours = {"ticket_number": set[int](), "invoice_id": set[int]()}
    for part, key in ((OF_TICKETS, "ticket_number"), (OF_INVOICES, "invoice_id")):
        for name, table in part.items():
            rows = await life.rows(table)
            if "customer_id" in table.c:
                rows = [row for row in rows if row["customer_id"] == one.id]
                ours[key] = {row["number"] if key == "ticket_number" else row["id"] for row in rows}
            else:
                rows = [row for row in rows if row[key] in ours[key]]
            given = json.loads((folder / f"{name}.json").read_text())
            names = [column.name for column in table.primary_key if column.name in (given or [{}])[0]]
            expected = [tuple(row[name] for name in names) for row in rows]
            assert sorted(tuple(row[name] for name in names) for row in given) == sorted(expected), (name, one.id)
            assert len(given) == len(rows)
