"""What the running month has cost so far, as its invoice would say it now (R3, R14, D6, D33)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.opening import customer_of
from bot.turn import Answer, Turn
from cards.clicks.invoices import ShowCosts
from cards.costs import CostsSheet, costs_card
from contract.contracts import covering
from contract.invoices import InvoiceLine, invoice_lines
from contract.months import Month, month_of
from storage.billed_customers import load_billed_customers
from storage.ticket_records import load_records


def show_costs(turn: Turn, click: ShowCosts) -> Answer:
    """The costs of the running month per ticket, with the fee apart; provisional."""
    month, lines = running_costs(turn.session, customer_of(turn).id, turn.now)
    return costs_card(CostsSheet(month=month, lines=lines), turn.language, first=click.first)


def running_costs(session: Session, customer_id: int, now: datetime) -> tuple[Month, tuple[InvoiceLine, ...]]:
    """The running month, and the lines that its invoice has by now: what a preview shows, by the same rule."""
    month = month_of(now)
    records = [billed.record for billed in load_records(session, [customer_id], month)[customer_id]]
    [customer] = load_billed_customers(session, [customer_id], month)
    contract = covering(customer.contracts, date(*month, 1))
    return month, invoice_lines(month, records, customer.prices, has_fee=contract is not None)
