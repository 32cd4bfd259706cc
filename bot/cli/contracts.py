"""`fourstar contract`: contracts signed, renewed, cancelled and looked at, without chat (R6-R8, R27, R28, D16-D18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot import terms
from bot.cli.days import day_of
from bot.cli.evaluations import evaluate
from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_facts, print_rows
from bot.settings import Settings
from contract.contracts import Contract, cancel
from contract.local_time import day_start, local
from contract.people import Customer
from contract.periods import Cancellation, Side
from storage.contacts import list_customers, load_customer
from storage.contracts import find_contract, load_contracts, load_contracts_of
from storage.files import load_content
from storage.people import load_person
from storage.signatures import Signature, find_signature, invoices_after

app = typer.Typer(help="Contracts: sign, renew, cancel, show, list, evaluate.", no_args_is_help=True)
app.command("evaluate")(evaluate)

Signed = Annotated[datetime, typer.Option(parser=day_of, metavar="DAY", help="Day of the last signature.")]
Signatory = Annotated[str, typer.Option(help="Name of who signed for the customer.")]
Document = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, readable=True, help="The signed paper, to be kept with the contract."),
]
ContractNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The contract's number.")]


def _document(path: Path | None, settings: Settings) -> tuple[str, bytes] | None:
    if path is None:
        return None
    if path.stat().st_size > settings.file_limit_bytes:
        raise NotDone(f"{path.name} is larger than FOURSTAR_FILE_LIMIT_MB allows ({settings.file_limit_mb} MB).")
    return path.name[:300], path.read_bytes()


def _days(contract: Contract) -> str:
    return f"{contract.starts_on} to {contract.ends_on}"


@app.command("sign")
def sign(
    customer: CustomerWord,
    *,
    number: Annotated[str, typer.Option(help="The contract's number, as invoices name it.")],
    signed: Signed,
    signatory: Signatory,
    document: Document = None,
    starts: Annotated[datetime | None, typer.Option(parser=day_of, metavar="DAY", help="First day.")] = None,
    ends: Annotated[datetime | None, typer.Option(parser=day_of, metavar="DAY", help="Last day.")] = None,
) -> None:
    """Record a signed contract. Left out: it starts the month after signing and ends on 31 December."""

    def act(session: Session, settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        kept = terms.sign_contract(
            session,
            found.id,
            now,
            number=number,
            signed_at=day_start(signed.date()),
            signatory=signatory,
            document=_document(document, settings),
            starts_on=starts.date() if starts else None,
            ends_on=ends.date() if ends else None,
        )
        return f"{found.name}: contract {kept.number}, {_days(kept)}. Next: fourstar customer consent {found.id} --help"

    typer.echo(change(act))


@app.command("renew")
def renew(
    customer: CustomerWord,
    *,
    signed: Signed,
    signatory: Signatory,
    number: Annotated[str, typer.Option(help="The renewal's number. Left out: the old one with the new year.")] = "",
    renews: Annotated[
        str | None, typer.Option(help="Number of the contract it follows, where it is not clear.")
    ] = None,
    document: Document = None,
) -> None:
    """Record the signed renewal of a contract: a contract of its own, from the day after it at the earliest."""

    def act(session: Session, settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        kept = terms.renew_contract(
            session,
            found.id,
            now,
            number=number,
            renews=renews,
            signed_at=day_start(signed.date()),
            signatory=signatory,
            document=_document(document, settings),
        )
        return f"{found.name}: contract {kept.number}, {_days(kept)}."

    typer.echo(change(act))


@app.command("cancel")
def cancel_contract(
    customer: CustomerWord,
    *,
    received: Annotated[
        datetime | None, typer.Option(parser=day_of, metavar="DAY", help="Day on which it came in; today.")
    ] = None,
    per: Annotated[
        datetime | None, typer.Option(parser=day_of, metavar="DAY", help="A later month's end that it names.")
    ] = None,
    by: Annotated[Side, typer.Option(help="Who cancels.")] = Side.CUSTOMER,
    number: Annotated[str | None, typer.Option(help="The contract's number, where there are several.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more.")] = False,
) -> None:
    """Record a cancellation. Says which day will be the last, and asks once more: the first one stands."""

    def asked(now: datetime) -> Cancellation:
        day = received.date() if received else local(now).date()
        return Cancellation(received_at=day_start(day), requested_end=per.date() if per else None, by=by)

    def preview(session: Session, _settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        cancellation = asked(now)
        contract = terms.contract_to_cancel(load_contracts(session, found.id), cancellation.received_at, number)
        after = cancel(contract, cancellation)
        credit = invoices_after(session, after)
        more = f" Invoiced for later months already, to be credited: {', '.join(credit)}." if credit else ""
        return f"{found.name}: contract {after.number} {_ending(after)}.{more}"

    def act(session: Session, _settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        cancellation = asked(now)
        after = terms.cancel_contract(
            session,
            found.id,
            now,
            received_at=cancellation.received_at,
            requested_end=cancellation.requested_end,
            by=by,
            number=number,
        )
        return f"{found.name}: contract {after.number} {_ending(after)}."

    if not yes:
        typer.confirm(f"{look(preview)} Cancel it?", abort=True)
    typer.echo(change(act))


def _ending(contract: Contract) -> str:
    return "never starts" if contract.never_starts else f"ends on {contract.ends_on}"


@app.command("show")
def show(
    number: ContractNumber,
    save: Annotated[
        Path | None, typer.Option("--save-document", dir_okay=False, help="Write the signed paper to this file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Everything about one contract: days, months, invoice dates, signature, cancellation, addenda."""

    def read(session: Session, _settings: Settings, now: datetime) -> tuple[dict[str, Any], bytes | None]:
        contract = find_contract(session, number)
        if contract is None:
            raise NotDone(f"There is no contract {number}. See: fourstar contract list.")
        signature = find_signature(session, contract.id)
        sha256 = signature.document_sha256 if signature else None
        if save is not None and sha256 is None:
            raise NotDone("No signed paper is kept with this contract.")
        content = load_content(session, sha256) if save is not None and sha256 else None
        customer = load_customer(session, contract.customer_id)
        return {**_row(contract, customer, now), **_more(session, contract, signature)}, content

    row, content = look(read)
    if save is not None and content is not None:
        if save.exists():
            raise typer.BadParameter(f"{save} exists already", param_hint="--save-document")
        save.write_bytes(content)
    print_facts(row, as_json=as_json)


def _more(session: Session, contract: Contract, signature: Signature | None) -> dict[str, Any]:
    term, received = contract.term, contract.cancellation
    recorded_by = signature.recorded_by if signature else None
    return {
        "months_billed": len(term.months),
        "first_invoice": term.first_invoice_on,
        "last_invoice": term.last_invoice_on,
        "signed_on": local(contract.signed_at).date() if contract.signed_at else None,
        "signatory": contract.signatory or None,
        "document": contract.document_name or None,
        "document_sha256": signature.document_sha256 if signature else None,
        "recorded_by": load_person(session, recorded_by).name if recorded_by else None,
        "agreed_end": contract.agreed_ends_on,
        "cancelled_by": received.by.value if received else None,
        "cancellation_received_on": local(received.received_at).date() if received else None,
        "addenda": [f"{one.starts_on} to {one.ends_on}" for one in contract.on_site_addenda],
    }


@app.command("list")
def show_list(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id; all if left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """All contracts: whose, from when until when, and how they stand today."""

    def read(session: Session, _settings: Settings, now: datetime) -> list[dict[str, Any]]:
        wanted: Sequence[Customer] = [customer_named(session, customer)] if customer else list_customers(session)
        known = load_contracts_of(session, [one.id for one in wanted])
        return [_row(contract, one, now) for one in wanted for contract in known[one.id]]

    print_rows(look(read), as_json=as_json, nothing="There are no contracts: fourstar contract sign --help")


def _row(contract: Contract, customer: Customer, now: datetime) -> dict[str, Any]:
    return {
        "number": contract.number,
        "customer": customer.name,
        "starts_on": contract.starts_on,
        "ends_on": contract.ends_on,
        "state": _state(contract, local(now).date()),
    }


def _state(contract: Contract, today: date) -> str:
    if contract.never_starts:
        return "never starts"
    if contract.ends_on < today:
        return "ended, cancelled" if contract.cancellation else "ended"
    if contract.cancellation is not None:
        return "cancelled"
    return "to come" if contract.starts_on > today else "running"
