"""Everything that was issued, paid and asked, as raw rows, and what the naive oracle says of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.credits import due_of
from storage import billing_tables as billing
from storage.payments import load_balances
from tests.bot.year.acts import books
from tests.bot.year.company import Life
from tests.bot.year.oracle import (
    FREE,
    LEAST,
    MINUTE,
    Books,
    Key,
    Month,
    Row,
    following,
    grouped,
    half_up,
    here,
    is_working_day,
    latest,
    month_of,
    mornings,
    next_to_come,
)

VAT = 21
WORK = ("office", "after_hours", "weekend_holiday")
FIRST_RUN: Month = (2026, 10)


@dataclass(slots=True)
class Ledger:
    """The rows, and what the product says is due back of each invoice."""

    books: Books
    invoices: dict[int, Row]
    lines: dict[int, list[Row]]
    payments: dict[int, list[Row]]
    reminders: dict[int, datetime]
    questions: dict[int, list[Row]]
    due: dict[int, list[Any]]
    balances: dict[int, Any]

    def of_customer(self, customer: int, *, kind: str = "invoice") -> list[Row]:
        """What was issued to a customer."""
        return [row for row in self.invoices.values() if row["customer_id"] == customer and row["kind"] == kind]


async def ledger_of(life: Life) -> Ledger:
    """Everything as it is now."""
    invoices = {row["id"]: row for row in await life.rows(billing.invoices)}
    originals = [row["id"] for row in invoices.values() if row["kind"] == "invoice"]

    def read(session: Any) -> tuple[dict[int, list[Any]], dict[int, Any]]:
        due = {key: list(due_of(session, key).lines) for key in originals}
        return due, dict(load_balances(session, originals))

    due, balances = await life.database.read(read)
    return Ledger(
        books=await books(life),
        invoices=invoices,
        lines=grouped(await life.rows(billing.invoice_lines), "invoice_id"),
        payments=grouped(await life.rows(billing.payments), "invoice_id"),
        reminders={row["invoice_id"]: row["reminded_at"] for row in await life.rows(billing.payment_reminders)},
        questions=grouped(await life.rows(billing.invoice_questions), "invoice_id"),
        due=due,
        balances=balances,
    )


def _key(line: Row) -> Key:
    what = line["details"].get("what", "") if line["kind"] == "cost" else ""
    return line["price_year"], line["kind"], line["price_cents"], what


# --- documents --------------------------------------------------------------------------------------------------------


def check_documents(ledger: Ledger) -> None:
    """Net is the sum of the lines, VAT is over the net, amounts are rounded half up, numbers have no gap."""
    series: dict[str, list[int]] = defaultdict(list)
    for row in ledger.invoices.values():
        lines = ledger.lines[row["id"]]
        assert row["net_cents"] == sum(line["amount_cents"] for line in lines), row["number"]
        assert row["vat_percent"] == (0 if row["is_reverse_charge"] else VAT)
        assert row["vat_cents"] == half_up(row["net_cents"] * row["vat_percent"], 100)
        assert row["gross_cents"] == row["net_cents"] + row["vat_cents"]
        if row["kind"] == "invoice":
            for line in lines:
                exact = line["quantity"] * line["price_cents"]
                is_minutes = line["kind"] in (*WORK, "minimum")
                assert line["amount_cents"] == (half_up(exact, 60) if is_minutes else exact), (row["number"], line)
        name, _, number = row["number"].partition("-")
        assert name == f"{'C' if row['kind'] == 'credit_note' else ''}{row['invoice_date'].year}"
        assert here(row["issued_at"]).date() == row["invoice_date"]
        series[name].append(int(number))
    for numbers in series.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def is_issued(ledger: Ledger, customer: int, through: Month) -> bool:
    """Whether nothing of the customer's months is still held back for want of billing details."""
    months = {(row["year"], row["month"]) for row in ledger.of_customer(customer)}
    month = FIRST_RUN
    while month <= through:
        if ledger.books.covered(customer, month) and month not in months:
            return False
        month = following(month)
    return True


def check_fees(ledger: Ledger, customer: int, through: Month) -> None:
    """The fee is billed for exactly the months that contracts cover, once, at that year's price (R13, D10)."""
    fees: Counter[Month] = Counter()
    for row in ledger.of_customer(customer):
        for line in ledger.lines[row["id"]]:
            if line["kind"] == "fee":
                month = row["year"], row["month"]
                fees[month] += 1 - sum(
                    back.quantity for back in ledger.due[row["id"]] if back.original_id == line["id"]
                )
                assert line["amount_cents"] == ledger.books.price(customer, row["year"], "fee_cents")
    chosen: set[Month] = set()
    for row in ledger.of_customer(customer, kind="credit_note"):
        month = row["year"], row["month"]
        back = sum(line["quantity"] for line in ledger.lines[row["id"]] if line["kind"] == "fee")
        if row["credits"] == "correction":
            fees[month] -= back
        elif back:
            chosen.add(month)
    month = FIRST_RUN
    while month <= through:
        # What the manager gave back of a fee need not be given back once more.
        is_right = fees[month] == ledger.books.covered(customer, month)
        assert is_right or (fees[month] == 1 and month in chosen), ("fee", customer, month, fees[month])
        month = following(month)
    assert not [month for month in +fees if month > through]


# --- tickets ----------------------------------------------------------------------------------------------------------


def check_tickets(ledger: Ledger, customer: int, through: Month) -> None:
    """Every billable minute that stands is billed once, at its price; every ticket has its fifteen minutes."""
    billed: dict[int, Counter[Key]] = defaultdict(Counter)
    due: dict[int, Counter[Key]] = defaultdict(Counter)
    chosen: dict[int, Counter[Key]] = defaultdict(Counter)
    for kind in ("invoice", "credit_note"):
        for row in ledger.of_customer(customer, kind=kind):
            for line in ledger.lines[row["id"]]:
                target = chosen if row["credits"] == "choice" else billed
                sign = -1 if row["credits"] == "correction" else 1
                target[line["ticket_number"] or 0][_key(line)] += sign * line["quantity"]
            for back in ledger.due.get(row["id"], ()):
                what = back.what if back.kind == "cost" else ""
                key = back.price_year, back.kind.value, back.price_cents, what
                due[back.ticket_number or 0][key] += back.quantity
    for number, ticket in ledger.books.tickets.items():
        if ticket["customer_id"] == customer and next_to_come(ticket["created_at"]) <= through:
            _check_ticket(ledger.books, number, (billed[number], due[number], chosen[number]), through)
            if not chosen[number]:
                _check_pieces(ledger, number, through)


def _check_ticket(
    books: Books, number: int, sums: tuple[Counter[Key], Counter[Key], Counter[Key]], through: Month
) -> None:
    billed, due, chosen = sums
    worth = books.worth(number, through=through)
    for key in {*billed, *worth}:
        if key[1] == "minimum":
            continue
        net = billed[key] - due[key]
        assert worth[key] <= net <= worth[key] + chosen[key], ("work", number, key, worth[key], net, chosen[key])
    ticket = books.tickets[number]
    created = month_of(ticket["created_at"])[0]
    minimum = {key: quantity for key, quantity in billed.items() if key[1] == "minimum"}
    cents = books.price(ticket["customer_id"], created, "office_cents")
    assert all(key[:3] == (created, "minimum", cents) for key, quantity in minimum.items() if quantity), (
        number,
        minimum,
    )
    worked = sum(quantity for key, quantity in billed.items() if key[1] in WORK)
    short = max(0, LEAST - worked)
    has = sum(minimum.values())
    pending = sum(quantity for key, quantity in due.items() if key[1] == "minimum")
    given = sum(quantity for key, quantity in chosen.items() if key[1] == "minimum")
    if books.is_void(number):
        assert min(0, given) <= has - pending <= max(0, given), ("void", number, has, pending)
    elif books.is_waived(number):
        assert min(0, given) <= has - pending <= short + max(0, given), ("waived", number, has, pending, short)
    elif month_of(ticket["created_at"]) <= through:
        assert has == short, ("minimum", number, has, short)


def _check_pieces(ledger: Ledger, number: int, through: Month) -> None:
    """Where nothing was corrected, each minute stands on the one invoice where it belongs (D7, D9)."""
    books = ledger.books
    calm = all(entry["corrects_id"] is None for entry in books.entries[number])
    if not calm or any(event["kind"] == "ticket_marked_duplicate" for event in books.events[number]):
        return
    entries = {entry["id"]: entry for entry in books.entries[number]}
    seen: set[tuple[int, datetime]] = set()
    free = 0
    for row in ledger.invoices.values():
        for line in ledger.lines[row["id"]]:
            if line["ticket_number"] != number or row["kind"] != "invoice":
                continue
            for piece in line["details"].get("pieces", ()):
                entry = entries[piece["entry"]]
                allowing = [one for one in books.estimates[number] if _number(one) == piece.get("estimate")]
                assert all(one["decided_at"] <= entry["recorded_at"] for one in allowing), ("later", number)
                assert ("estimate" in piece) == bool(allowing), ("estimate", number)
                start, end = (datetime.fromisoformat(piece[name]) for name in ("start", "end"))
                free += 0 if allowing else len(_minutes(start, end))
                for minute in _minutes(start, end):
                    assert (entry["id"], minute) not in seen, ("twice", number, minute)
                    seen.add((entry["id"], minute))
                    month = max(month_of(minute), next_to_come(entry["recorded_at"]))
                    assert month == (row["year"], row["month"]), ("month", number, minute, row["number"])
    expected = {
        (entry["id"], minute)
        for entry in entries.values()
        if entry["is_billable"]
        for minute in _minutes(entry["started_at"], entry["ended_at"])
        if month_of(minute) <= through
    }
    assert free <= FREE, ("without an approval", number, free)
    assert seen == expected, ("pieces", number, len(seen), len(expected))


def _minutes(start: datetime, end: datetime) -> list[datetime]:
    return [start + step * MINUTE for step in range(int((end - start) / MINUTE))]


def _number(estimate: Row) -> str:
    return f"{estimate['ticket_number']}-{estimate['revision']}"


# --- money --------------------------------------------------------------------------------------------------------


def check_payments(ledger: Ledger, now: datetime) -> None:
    """What is open is gross less credit notes and payments; reminders go out once, and only when due (R15)."""
    for row in ledger.invoices.values():
        if row["kind"] != "invoice":
            continue
        notes = [one for one in ledger.invoices.values() if one["original_id"] == row["id"]]
        changes = [(one["issued_at"], one) for one in notes]
        changes += [(one["recorded_at"], one) for one in ledger.payments[row["id"]]]
        assert ledger.balances[row["id"]].open_cents == _open(row, changes, now), row["number"]
        due = [
            morning
            for morning in mornings(row["due_date"], now)
            if morning >= row["issued_at"]
            and _open(row, [one for one in changes if one[0] < morning], morning) > 0
            and not _is_asked(ledger.questions[row["id"]], morning)
        ]
        expected = due[0] if due else None
        assert ledger.reminders.get(row["id"]) == expected, (row["number"], ledger.reminders.get(row["id"]), expected)
        assert expected is None or is_working_day(here(expected).date())


def _open(row: Row, changes: list[tuple[datetime, Row]], _at: datetime) -> int:
    notes = [one for _, one in changes if "original_id" in one]
    paid = sum(one["amount_cents"] for _, one in changes if "original_id" not in one)
    back = sum(one["net_cents"] for one in notes)
    owed = row["gross_cents"] - sum(one["gross_cents"] for one in notes)
    return int((0 if notes and back == row["net_cents"] else owed) - paid)


def _is_asked(questions: list[Row], at: datetime) -> bool:
    """Whether a question waited then."""
    return any(
        latest([(one["asked_at"], True), *([(one["answered_at"], False)] if one["answered_at"] else [])], at, False)
        for one in questions
    )
