"""Two customers of whom everything is kept that can be: for exports, erasures and registers.

On top of the stage: decided estimates with receipts, an issued invoice and a credit note with documents and payments, a
question, a signed contract, an addendum with costs, prices, billing details, files with bytes. The words of the stage
stand in every text that somebody wrote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import Table, insert, select

from bot import announcements
from bot.errands import ask_graph
from cards.clicks.estimates import ApproveEstimate
from cards.clicks.queue import AddNote, ResolveTicket
from contract.accounts import AccountState, DirectoryAccount, changes_between
from contract.consents import Mechanism
from contract.contracts import Contract
from contract.invoices import CreditCause, Invoice, InvoiceLine, credit_note, month_invoice
from contract.lines import LineKind
from contract.parties import Address, BillingDetails, Seller
from contract.people import Language
from contract.prices import contract_prices
from contract.remote_sessions import EndedWhy, RemoteSession
from storage import billing_tables as billing
from storage import tables, watches
from storage.accounts import save_account
from storage.administrators import Administrator, keep_administrator
from storage.billing_details import load_billing_details, save_billing_details
from storage.contracts import load_contracts
from storage.database import Database
from storage.files import keep_content
from storage.guests import offer_guest
from storage.invoices import issue, load_invoice
from storage.migrations import all_metadata
from storage.payments import add_payment
from storage.people import load_people
from storage.prices import load_prices, set_prices
from storage.remote_sessions import add_session, end_session
from storage.ticket_records import load_records
from storage.withdrawals import add_withdrawal, lift_withdrawals
from tests.bot.archived_consents import give_consent
from tests.bot.people import Somebody
from tests.bot.stage import OURS, THEIRS, Stage, make_stage

SELLER = Seller(
    name="Oxineo B.V.",
    address=Address(street="Voorstraat 116", postal_code="3231 BK", city="Brielle"),
    registration="12345678",
    vat_id="NL004495445B01",
    iban="NL91ABNA0417164300",
)
DECEMBER = datetime(2026, 12, 1, 12, tzinfo=UTC)


async def make_archive(database: Database, *, closed: bool = True) -> Stage:
    """The stage with everything on top; `closed`: both tickets are resolved."""
    stage = await make_stage(database)
    world = stage.world
    await database.write(_without_invoices)
    for who, ids, word in ((world.anna, stage.ours, OURS), (world.other, stage.theirs, THEIRS)):
        await stage.act(who, ApproveEstimate, ids)
        await stage.act(world.eva, AddNote, ids, text=f"{word} note")
        if closed:
            await stage.act(world.eva, ResolveTicket, ids, summary=f"{word} summary")
        await database.write(partial(_fill, stage=stage, who=who, ids=ids, word=word))
        await database.write(partial(_let_in, stage=stage, who=who, ids=ids, word=word))
        await database.write(partial(give_consent, who=who, customer_id=ids["customer"], word=word, now=world.now))
        await database.write(
            partial(_watch, who=who, customer_id=ids["customer"], word=word, eva_id=world.eva.id, now=world.now)
        )
    world.now = DECEMBER
    for ids in (stage.ours, stage.theirs):
        await database.write(partial(_invoice, customer_id=ids["customer"]))
    for who, ids, word in ((world.anna, stage.ours, OURS), (world.other, stage.theirs, THEIRS)):
        await database.write(partial(_ask, who=who, customer_id=ids["customer"], word=word))
    return stage


def _without_invoices(session: Any) -> None:
    """The stage's own invoices are of made up lines; these are the ones that the raw entries lead to."""
    leading = {"invoices", "invoice_counters"}
    for table in all_tables():
        if {key.column.table.name for key in table.foreign_keys} & leading:
            leading.add(table.name)
    for table in reversed(list(all_tables())):
        if table.name in leading:
            session.execute(table.delete())


def _let_in(session: Any, *, stage: Stage, who: Somebody, ids: dict[str, int], word: str) -> None:
    """An administrator is named and mailed, consent was withdrawn and given again, and Eva was in."""
    customer, now = ids["customer"], stage.world.now
    address = f"{word}@admin.example"
    named = Administrator(customer, f"{word} beheer", address, Language.NL, None, now)
    keep_administrator(session, named)
    args = {"customer": customer, "request": ids["consent_request"], "language": "nl", "forwarded_by": f"{word} sent"}
    announcements.mail(session, address, "consent_request", args, now, key=f"of {customer}")
    [person] = load_people(session, [who.id]).values()
    add_withdrawal(session, customer, replace(person, name=f"{word} withdrew"), f"{word} incident", now)
    lift_withdrawals(session, customer, replace(person, name=f"{word} lifted"), now)
    started = RemoteSession(
        id=0,
        customer_id=customer,
        ticket_number=ids["ticket"],
        engineer_id=stage.world.eva.id,
        engineer_name=stage.world.eva.name,
        started_at=now,
        mechanism=Mechanism.MANUAL,
    )
    end_session(session, add_session(session, started).id, now, EndedWhy.BY_ENGINEER)


def _watch(session: Any, *, who: Somebody, customer_id: int, word: str, eva_id: int, now: datetime) -> None:
    """The directory was looked at, which can't be done any more; an answer stands in the outbox."""
    address = f"{word}@own.example"
    account = DirectoryAccount(
        object_id=who.object_id,
        name=who.name,
        user_principal_name=address,
        mail=None,
        language=None,
        is_guest=False,
        state=AccountState.ENABLED,
    )
    save_account(session, who.id, account, changes_between(None, account), now)
    watches.switch_on(session, customer_id, now)
    offer_guest(session, who.tenant_id, f"guest-of-{word}", eva_id, now)
    ask_graph(session, who.tenant_id, "watch_people", {"customer": customer_id, "said": f"{word} said"}, now)
    watches.switch_off(session, customer_id, now, by=None, why=f"{word} reason")


def _fill(session: Any, *, stage: Stage, who: Somebody, ids: dict[str, int], word: str) -> None:
    world, customer = stage.world, ids["customer"]
    (contract,) = load_contracts(session, customer)
    details = BillingDetails(
        legal_name=f"{word} B.V.",
        address=Address(street=f"{word} 1", postal_code="3231 BJ", city=word),
        registration="12345678",
        email=f"{word}@mail.example",
        reference=f"PO {word}",
    )
    save_billing_details(session, customer, details)
    for name in ("paper", "picture"):
        content = f"{word} {name}".encode()
        keep_content(session, hashlib.sha256(content).hexdigest(), content)
    _add(
        session,
        billing.signatures,
        contract_id=contract.id,
        signatory=f"{word} signatory",
        person_id=who.id,
        document_name=f"{word}.pdf",
        document_sha256=hashlib.sha256(f"{word} paper".encode()).hexdigest(),
        recorded_at=world.now,
    )
    addendum = _add(
        session,
        tables.addenda,
        contract_id=contract.id,
        signed_on=contract.starts_on,
        starts_on=contract.starts_on,
        ends_on=contract.ends_on,
    )
    item = _add(session, billing.addendum_items, addendum_id=addendum, what=f"{word} travel", price_cents=2500)
    _add(
        session,
        billing.costs,
        ticket_number=ids["ticket"],
        item_id=item,
        happened_on=date(2026, 11, 23),
        quantity=1,
        recorded_at=world.now,
    )
    set_prices(session, customer, contract_prices(2026))
    session.execute(
        tables.consents.update().where(tables.consents.c.customer_id == customer).values(document=f"{word} consent")
    )
    session.execute(
        tables.files.update()
        .where(tables.files.c.id == ids["file"])
        .values(state="stored", failure=None, sha256=hashlib.sha256(f"{word} picture".encode()).hexdigest())
    )
    session.execute(
        tables.tickets.update()
        .where(tables.tickets.c.number == ids["ticket"])
        .values(affected=f"{word} affected", reach=f"{word} reach", microsoft_case=f"{word} case")
    )
    session.execute(tables.people.update().where(tables.people.c.id == who.id).values(email=f"{word}@own.example"))


def _add(session: Any, table: Table, **values: Any) -> int:
    key = session.execute(insert(table).values(**values)).inserted_primary_key
    return int(key[0])


def _invoice(session: Any, *, customer_id: int) -> None:
    invoice = issue(session, draft_of(session, customer_id), now=DECEMBER)
    line = next(line for line in invoice.lines if line.kind is LineKind.OFFICE)
    given = InvoiceLine(
        kind=line.kind,
        month=line.month,
        ticket_number=line.ticket_number,
        subject=line.subject,
        price_year=line.price_year,
        quantity=line.quantity,
        price_cents=line.price_cents,
        amount_cents=line.amount_cents,
        original_id=line.id,
    )
    reason = f"{invoice.buyer.name} asked"
    note = credit_note(invoice, [given], dated=DECEMBER.date(), cause=CreditCause.CHOICE, reason=reason)
    issue(session, note, now=DECEMBER)
    for kind in ("pdf", "ubl"):
        content = f"{invoice.buyer.name} {kind}".encode()
        sha256 = hashlib.sha256(content).hexdigest()
        keep_content(session, sha256, content)
        _add(
            session,
            billing.invoice_documents,
            invoice_id=invoice.id,
            kind=kind,
            name=f"{invoice.number}.{kind}",
            sha256=sha256,
            created_at=DECEMBER,
        )
    owed = load_invoice(session, invoice.id).gross_cents - note.gross_cents
    paid_on, by = date(2026, 12, 1), f"paid by {invoice.buyer.name}"
    add_payment(session, invoice.id, paid_on=paid_on, amount_cents=owed, note=by, now=DECEMBER)


def draft_of(session: Any, customer_id: int) -> Invoice:
    """The invoice of November from the raw entries, as the month's run makes it."""
    (contract,) = load_contracts(session, customer_id)
    found = load_records(session, [customer_id], (2026, 11))[customer_id]
    draft = month_invoice(
        _covering(contract),
        (2026, 11),
        [one.record for one in found],
        load_prices(session, customer_id, (2026,)),
        seller=SELLER,
        buyer=load_billing_details(session, customer_id).buyer,
        language=Language.NL,
    )
    assert draft is not None
    return replace(draft, approvals=tuple(approval for one in found for approval in one.approvals))


def _covering(contract: Contract) -> Contract:
    return replace(contract, ends_on=date(2026, 12, 31))


def _ask(session: Any, *, who: Somebody, customer_id: int, word: str) -> None:
    invoices = billing.invoices
    line = session.execute(
        select(billing.invoice_lines.c.id, billing.invoice_lines.c.invoice_id)
        .join(invoices, invoices.c.id == billing.invoice_lines.c.invoice_id)
        .where(invoices.c.customer_id == customer_id, invoices.c.kind == "invoice")
        .limit(1)
    ).one()
    question = _add(
        session,
        billing.invoice_questions,
        invoice_id=line.invoice_id,
        line_id=line.id,
        asked_by=who.id,
        asked_at=DECEMBER,
        answered_at=DECEMBER,
    )
    _add(
        session,
        billing.question_messages,
        question_id=question,
        at=DECEMBER,
        person_id=who.id,
        name=who.name,
        text=f"{word} question",
        key=f"key-{question}",
    )
    _add(session, billing.payment_reminders, invoice_id=line.invoice_id, reminded_at=DECEMBER)


def all_tables() -> Iterable[Table]:
    """Every table there is."""
    return all_metadata().sorted_tables
