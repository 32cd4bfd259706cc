"""Invoices and credit notes as they were issued (R14, D6-D9, D33). They are only ever added to: nothing of one changes.

A number is given in the transaction that keeps the invoice, from a row that is held (storage/invoice_numbers.py). Read
back, an invoice equals the one that was issued, to the piece of an entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, literal_column, select
from sqlalchemy.orm import Session

from contract.invoices import CreditCause, Invoice, InvoiceKind, InvoiceLine
from contract.lines import LineKind
from contract.people import Language
from storage.billing_tables import invoice_lines, invoices
from storage.errors import NotFound
from storage.invoice_json import (
    approvals_of,
    buyer_json,
    buyer_of,
    details_json,
    pieces_of,
    seller_json,
    seller_of,
    used_approvals,
)
from storage.invoice_numbers import take_numbers

# Statements of every run are made once: building one costs more than running it.
_originals = invoices.alias("originals")
_INVOICES = (
    select(
        invoices,
        _originals.c.number.label("original_number"),
        _originals.c.invoice_date.label("original_date"),
    )
    .outerjoin(_originals, _originals.c.id == invoices.c.original_id)
    .where(invoices.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(invoices.c.id)
)
_LINES = (
    select(invoice_lines)
    .where(invoice_lines.c.invoice_id.in_(bindparam("ids", expanding=True)))
    .order_by(invoice_lines.c.invoice_id, invoice_lines.c.position)
)
_HELD = select(invoices.c.id).where(invoices.c.id == bindparam("invoice_id")).with_for_update()
_ADD = insert(invoices).returning(invoices.c.id, sort_by_parameter_order=True)
_ADD_LINES = insert(invoice_lines).returning(invoice_lines.c.id, sort_by_parameter_order=True)


# --- issuing ----------------------------------------------------------------------------------------------------------


def issue(session: Session, invoice: Invoice, *, now: datetime, by: int | None = None) -> Invoice:
    """Keep a draft under the next number of its series; returns it with number and ids.

    A second invoice of the same contract and month violates a unique constraint. What it must carry by law is the
    caller's to check (`contract.invoices.check_complete`).
    """
    return issue_all(session, [invoice], now=now, by=by)[0]


def issue_all(session: Session, drafts: Sequence[Invoice], *, now: datetime, by: int | None = None) -> list[Invoice]:
    """Keep drafts under the next numbers of their series, in the given order; returns them with numbers and ids."""
    numbered = _numbered(session, drafts)
    if not numbered:
        return []
    ids = session.execute(_ADD, [_columns(invoice, now, by) for invoice in numbered]).scalars().all()
    rows = [
        _line_columns(invoice_id, position, line, invoice)
        for invoice_id, invoice in zip(ids, numbered, strict=True)
        for position, line in enumerate(invoice.lines, start=1)
    ]
    line_ids = iter(session.execute(_ADD_LINES, rows).scalars().all() if rows else ())
    return [
        replace(
            invoice,
            id=invoice_id,
            lines=tuple(replace(line, id=next(line_ids)) for line in invoice.lines),
            approvals=used_approvals(invoice),
        )
        for invoice_id, invoice in zip(ids, numbered, strict=True)
    ]


def _numbered(session: Session, drafts: Sequence[Invoice]) -> list[Invoice]:
    series: dict[tuple[InvoiceKind, int], list[int]] = {}
    for place, draft in enumerate(drafts):
        series.setdefault((draft.kind, draft.invoice_date.year), []).append(place)
    numbered = list(drafts)
    # In one order, whoever issues: two transactions that hold each other's series would wait for ever.
    for (kind, _), places in sorted(series.items()):
        numbers = take_numbers(session, kind, drafts[places[0]].invoice_date, len(places))
        for place, number in zip(places, numbers, strict=True):
            numbered[place] = replace(drafts[place], number=number)
    return numbered


def _columns(invoice: Invoice, now: datetime, by: int | None) -> dict[str, Any]:
    return {
        "kind": invoice.kind.value,
        "number": invoice.number,
        "customer_id": invoice.customer_id,
        "contract_id": invoice.contract_id,
        "contract_number": invoice.contract_number,
        "year": invoice.month[0],
        "month": invoice.month[1],
        "issued_at": now,
        "issued_by": by,
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.due_date,
        "language": invoice.language.value,
        "reference": invoice.reference[:100],
        "seller": seller_json(invoice.seller),
        "buyer": buyer_json(invoice.buyer),
        "net_cents": invoice.net_cents,
        "vat_percent": invoice.vat_percent,
        "is_reverse_charge": invoice.is_reverse_charge,
        "vat_cents": invoice.vat_cents,
        "gross_cents": invoice.gross_cents,
        "original_id": invoice.original_id,
        "reason": invoice.reason or None,
        "credits": invoice.cause.value if invoice.cause else None,
    }


def _line_columns(invoice_id: int, position: int, line: InvoiceLine, invoice: Invoice) -> dict[str, Any]:
    return {
        "invoice_id": invoice_id,
        "position": position,
        "kind": line.kind.value,
        "ticket_number": line.ticket_number,
        "price_year": line.price_year,
        "quantity": line.quantity,
        "price_cents": line.price_cents,
        "amount_cents": line.amount_cents,
        "details": details_json(line, invoice.approvals),
        "original_id": line.original_id,
    }


# --- reading ----------------------------------------------------------------------------------------------------------


def load_invoice(session: Session, invoice_id: int, *, lock: bool = False) -> Invoice:
    """The invoice or credit note with this id, as it was issued. Raises NotFound.

    Whoever books a payment or gives something back holds its row, so that no two give back the same.
    """
    if lock:
        session.execute(_HELD, {"invoice_id": invoice_id})
    found = load_invoices(session, [invoice_id])
    if not found:
        raise NotFound("invoice", invoice_id)
    return found[0]


def load_invoices(session: Session, invoice_ids: Iterable[int]) -> tuple[Invoice, ...]:
    """These invoices and credit notes with their lines, oldest first."""
    ids = sorted(set(invoice_ids))
    if not ids:
        return ()
    lines: dict[int, list[Row[Any]]] = {invoice_id: [] for invoice_id in ids}
    for row in session.execute(_LINES, {"ids": ids}):
        lines[row.invoice_id].append(row)
    return tuple(_invoice_of(row, lines[row.id]) for row in session.execute(_INVOICES, {"ids": ids}))


def find_invoice(session: Session, number: str) -> Invoice | None:
    """The invoice or credit note with this number."""
    found = session.scalar(select(invoices.c.id).where(invoices.c.number == number.strip().upper()))
    return load_invoice(session, found) if found is not None else None


def load_invoices_of(session: Session, customer_id: int) -> tuple[Invoice, ...]:
    """Everything that was ever issued to a customer, oldest first."""
    ids = session.scalars(select(invoices.c.id).where(invoices.c.customer_id == customer_id)).all()
    return load_invoices(session, ids)


def invoices_page(session: Session, customer_id: int, *, skip: int, limit: int) -> list[int]:
    """The ids of a page of everything that was issued to a customer, newest first."""
    ids = select(invoices.c.id).where(invoices.c.customer_id == customer_id).order_by(invoices.c.id.desc())
    return list(session.scalars(ids.offset(skip).limit(limit)))


def credit_notes_of(session: Session, invoice_id: int) -> tuple[Invoice, ...]:
    """The credit notes that took something back from an invoice, oldest first (D9)."""
    return load_invoices(
        session, session.scalars(select(invoices.c.id).where(invoices.c.original_id == invoice_id)).all()
    )


def is_year_invoiced(session: Session, customer_id: int, year: int) -> bool:
    """Whether an invoice of the customer rests on the prices of this year, which then can not change (R29, D10)."""
    found = session.scalar(
        select(invoice_lines.c.id)
        .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
        .where(invoices.c.customer_id == customer_id, invoice_lines.c.price_year == year)
        .limit(1)
    )
    return found is not None


def invoiced_contracts(session: Session, contract_ids: Collection[int], year: int, month: int) -> dict[int, int]:
    """Which of these contracts have their invoice of the month already: contract → invoice."""
    if not contract_ids:
        return {}
    found = session.execute(
        select(invoices.c.contract_id, invoices.c.id).where(
            invoices.c.contract_id.in_(sorted(contract_ids)),
            invoices.c.year == year,
            invoices.c.month == month,
            # Written out: only so do both engines see that the partial index answers it.
            invoices.c.kind == literal_column("'invoice'"),
        )
    )
    return {row.contract_id: row.id for row in found}


def invoiced_customers(session: Session, customer_ids: Collection[int], year: int, month: int) -> frozenset[int]:
    """Which of these customers have an invoice of the month, of whichever contract: their work of it is charged."""
    if not customer_ids:
        return frozenset()
    found = session.scalars(
        select(invoices.c.customer_id).where(
            invoices.c.customer_id.in_(sorted(customer_ids)),
            invoices.c.year == year,
            invoices.c.month == month,
            invoices.c.kind == literal_column("'invoice'"),
        )
    )
    return frozenset(found)


def load_sums(session: Session, invoice_ids: Collection[int]) -> dict[int, tuple[int, int, int]]:
    """Net, VAT and gross of these invoices, in cents."""
    if not invoice_ids:
        return {}
    found = session.execute(
        select(invoices.c.id, invoices.c.net_cents, invoices.c.vat_cents, invoices.c.gross_cents).where(
            invoices.c.id.in_(sorted(invoice_ids))
        )
    )
    return {row.id: (row.net_cents, row.vat_cents, row.gross_cents) for row in found}


def _invoice_of(row: Row[Any], lines: Sequence[Row[Any]]) -> Invoice:
    return Invoice(
        id=row.id,
        kind=InvoiceKind(row.kind),
        number=row.number,
        customer_id=row.customer_id,
        contract_id=row.contract_id,
        contract_number=row.contract_number,
        month=(row.year, row.month),
        invoice_date=row.invoice_date,
        due_date=row.due_date,
        language=Language(row.language),
        seller=seller_of(row.seller),
        buyer=buyer_of(row.buyer),
        lines=tuple(_line_of(line, row) for line in lines),
        is_reverse_charge=row.is_reverse_charge,
        original_id=row.original_id,
        original_number=row.original_number,
        original_date=row.original_date,
        reason=row.reason or "",
        cause=CreditCause(row.credits) if row.credits else None,
        approvals=approvals_of(line.details for line in lines),
    )


def _line_of(row: Row[Any], invoice: Row[Any]) -> InvoiceLine:
    return InvoiceLine(
        id=row.id,
        kind=LineKind(row.kind),
        month=(invoice.year, invoice.month),
        ticket_number=row.ticket_number,
        subject=row.details.get("subject", ""),
        price_year=row.price_year,
        quantity=row.quantity,
        price_cents=row.price_cents,
        amount_cents=row.amount_cents,
        pieces=pieces_of(row.details),
        what=row.details.get("what", ""),
        charged_in=tuple(row.details["charged_in"]) if "charged_in" in row.details else None,
        original_id=row.original_id,
    )
