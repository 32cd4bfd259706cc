"""`fourstar invoice`: run, preview, list, show, paid, credit, remind (R14, R15, D9)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot import credits as credit_acts
from bot import payments as payment_acts
from bot.cli import invoice_runs
from bot.cli.days import day_of, month_of
from bot.cli.invoice_runs import euros
from bot.cli.opened import AsJson, NotDone, change, customer_named, look, print_rows
from bot.payment_reminders import remind as remind_of
from bot.payment_reminders import to_remind
from bot.settings import Settings
from cards.customer_forms import read_amount
from contract.invoices import Invoice, InvoiceKind
from contract.local_time import local
from storage.hours import load_entries_by_id
from storage.invoice_lists import InvoiceRow, list_invoices
from storage.invoices import credit_notes_of, find_invoice
from storage.payments import load_balance, load_payments, unpaid_ids

app = typer.Typer(help="Invoices: issue a month, list, pay, credit, remind.", no_args_is_help=True)
invoice_runs.add_to(app)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The invoice's number: 2026-0042.")]
Day = Annotated[datetime | None, typer.Option(parser=day_of, metavar="DAY", help="The day of the payment; today.")]


def invoice_named(session: Session, number: str) -> Invoice:
    """The invoice or credit note with this number. Raises NotDone."""
    found = find_invoice(session, number)
    if found is None:
        raise NotDone(f"There is no invoice {number}. See: fourstar invoice list.")
    return found


@app.command("list")
def list_all(
    customer: Annotated[str, typer.Argument(metavar="[CUSTOMER]", help="Only of this customer.")] = "",
    *,
    month: Annotated[
        datetime | None, typer.Option(parser=month_of, metavar="MONTH", help="Only of this month: 2026-11.")
    ] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Only what is not paid.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been paid.")] = False,
    as_json: AsJson = False,
) -> None:
    """List invoices and credit notes, newest first; open ones by the day they were due."""

    def read(session: Session, _given: Settings, now: datetime) -> list[dict[str, Any]]:
        today = local(now).date()
        owner = customer_named(session, customer).id if customer else None
        ids = unpaid_ids(session, customer_id=owner, due_before=today if overdue else None)
        wanted = ids if is_open or overdue else None
        rows = list_invoices(
            session,
            customer_id=owner,
            month=(month.year, month.month) if month else None,
            ids=wanted,
            size=1_000_000,
        ).rows
        if wanted is not None:
            place = {key: number for number, key in enumerate(wanted)}
            rows = tuple(sorted(rows, key=lambda row: place[row.id]))
        return [_row(row, as_json=as_json) for row in rows]

    print_rows(look(read), as_json=as_json, nothing="There are no such invoices.")


def _row(row: InvoiceRow, *, as_json: bool) -> dict[str, Any]:
    is_note = row.kind is InvoiceKind.CREDIT_NOTE
    cents = {
        "net": row.net_cents,
        "vat": row.vat_cents,
        "gross": row.gross_cents,
        "open": 0 if is_note else row.balance.open_cents,
    }
    amounts: Mapping[str, Any] = (
        {f"{name}_cents": value for name, value in cents.items()}
        if as_json
        else {name: euros(value) for name, value in cents.items()}
    )
    return {
        "number": row.number,
        "kind": row.kind.value,
        "customer": row.customer,
        "month": f"{row.month[0]}-{row.month[1]:02}",
        "dated": row.invoice_date.isoformat(),
        "due": row.due_date.isoformat(),
        **amounts,
    }


@app.command()
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Show an invoice: every line with the entries it rests on, and who approved what is over two hours."""
    found = look(lambda session, _given, _now: _shown(session, number))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=str))
        return
    for line in _told(found):
        typer.echo(line)


def _shown(session: Session, number: str) -> dict[str, Any]:
    invoice = invoice_named(session, number)
    is_invoice = invoice.kind is InvoiceKind.INVOICE
    entries = load_entries_by_id(session, {piece.entry_id for line in invoice.lines for piece in line.pieces})
    found = asdict(invoice)
    found["reference"] = invoice.reference
    found |= {name: getattr(invoice, name) for name in ("net_cents", "vat_percent", "vat_cents", "gross_cents")}
    for line, shown in zip(invoice.lines, found["lines"], strict=True):
        for piece, rests_on in zip(line.pieces, shown["pieces"], strict=True):
            rests_on["minutes"] = piece.minutes
            rests_on["what"] = entries[piece.entry_id].what
            rests_on["engineer_id"] = entries[piece.entry_id].engineer_id
    found["payments"] = [asdict(payment) for payment in load_payments(session, invoice.id)] if is_invoice else []
    found["credit_notes"] = [note.number for note in credit_notes_of(session, invoice.id)] if is_invoice else []
    found["open_cents"] = load_balance(session, invoice.id).open_cents if is_invoice else 0
    return found


def _told(found: Mapping[str, Any]) -> list[str]:
    kind = "Credit note" if found["kind"] == InvoiceKind.CREDIT_NOTE else "Invoice"
    told = [
        f"{kind} {found['number']} of {found['invoice_date']}, due {found['due_date']}: {found['buyer']['name']}",
        f"contract {found['contract_number']}, reference {found['reference']}",
    ]
    if found["reason"]:
        told.append(f"takes back from {found['original_number']}: {found['reason']}")
    for place, line in enumerate(found["lines"], start=1):
        about = f"ticket {line['ticket_number']} {line['subject']}" if line["ticket_number"] else ""
        amount = euros(line["amount_cents"])
        told.append(
            f"{place:>3}  {line['kind']:<16} {line['quantity']:>6} {amount:>12}  {about} {line['what']}".rstrip()
        )
        for piece in line["pieces"]:
            begin, end = local(piece["start"]), local(piece["end"])
            allowed = f", estimate {piece['estimate']}" if piece["estimate"] else ""
            told.append(f"       {begin:%Y-%m-%d %H:%M}-{end:%H:%M} {piece['minutes']} min{allowed}: {piece['what']}")
    for one in found["approvals"]:
        how = "by phone" if one["is_by_phone"] else "by click"
        told.append(
            f"estimate {one['estimate']}: {one['minutes']} min by {one['decided_by']}, "
            f"{one['decided_at']:%Y-%m-%d %H:%M} UTC, {how}"
        )
    net, vat, gross, left = (euros(found[name]) for name in ("net_cents", "vat_cents", "gross_cents", "open_cents"))
    told.append(f"{net} excl. VAT, {vat} VAT ({found['vat_percent']} %), {gross} together; {left} open")
    told += [f"paid {one['paid_on']}: {euros(one['amount_cents'])} {one['note']}".rstrip() for one in found["payments"]]
    told += [f"credit note {note}" for note in found["credit_notes"]]
    return told


@app.command()
def paid(
    number: Number,
    *,
    on: Day = None,
    amount: Annotated[str, typer.Option(help="Euros: 100 or 387.03. Left out: all that is open.")] = "",
    note: Annotated[str, typer.Option(help="What the bank statement says.")] = "",
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the latest payment back: it was booked by mistake.")
    ] = False,
) -> None:
    """Book a payment of an invoice, in whole or in part."""

    def act(session: Session, _given: Settings, now: datetime) -> str:
        invoice = invoice_named(session, number)
        if undo:
            cents = payment_acts.undo_payment(session, invoice.id, note=note, by=None, now=now)
            what = "taken back"
        else:
            cents = payment_acts.book_payment(
                session,
                invoice.id,
                paid_on=on.date() if on else local(now).date(),
                amount_cents=_cents(amount),
                note=note,
                by=None,
                now=now,
            )
            what = "booked"
        left = euros(load_balance(session, invoice.id).open_cents)
        return f"{invoice.number}: {euros(cents)} {what}, {left} open."

    typer.echo(change(act))


def _cents(written: str) -> int | None:
    if not written:
        return None
    cents = read_amount(written)
    if cents is None:
        raise NotDone("The amount is not readable. Write it as 100 or 387.03.")
    return cents


@app.command()
def credit(
    number: Number,
    *,
    reason: Annotated[str, typer.Option(help="Why; it stands on the credit note. Not with --due.")] = "",
    lines: Annotated[
        list[int] | None, typer.Option("--line", help="A line to give back, as `show` counts them.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is left of the invoice.")] = False,
    due: Annotated[bool, typer.Option("--due", help="What is due back since entries were corrected.")] = False,
) -> None:
    """Issue a credit note for lines of an invoice, for all of it, or for what is due back."""
    if (lines is not None) + everything + due != 1:
        raise typer.BadParameter("give --line once or more, or --all, or --due")

    def act(session: Session, _given: Settings, now: datetime) -> str:
        invoice = invoice_named(session, number)
        if due:
            note = credit_acts.issue_due(session, invoice.id, None, now, None)
            if note is None:
                raise NotDone(f"Nothing of {invoice.number} is due back.")
        else:
            if not reason.strip():
                raise NotDone("Give a reason.")
            note = credit_acts.give_back(session, invoice.id, lines, reason=reason.strip()[:500], now=now, by=None)
        return f"{note.number}: {euros(note.gross_cents)} given back of {invoice.number}."

    typer.echo(change(act))


@app.command()
def remind(*, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say of which invoices.")] = False) -> None:
    """Remind of what is overdue now, once an invoice; the bot does this by itself on working days at 9:00."""

    def act(session: Session, _given: Settings, now: datetime) -> list[str]:
        rows = to_remind(session, now)
        return [
            f"{row.number}  {row.customer}  due {row.due_date}  {euros(row.balance.open_cents)} open"
            for row in rows
            if dry_run or remind_of(session, row, now)
        ]

    told = look(act) if dry_run else change(act)
    for line in told:
        typer.echo(line)
    typer.echo(f"{len(told)} {'to remind of' if dry_run else 'reminded of'}.")
