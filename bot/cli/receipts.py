"""`fourstar receipts`: what customers decided, as evidence that can be handed over and checked (D13, D15)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import WRONG, AsJson, customer_named, fail, look, print_rows, settings
from bot.cli.receipt_checks import Checked, fault_text, summary
from bot.settings import InvalidSettings, Settings, load_settings
from contract.receipt_bodies import read
from contract.receipts import SealedReceipt
from documents.receipts import (
    BadKey,
    Signer,
    check,
    new_key,
    public_pem,
    read_public_key,
    read_receipts,
    receipt_line,
    signer_of,
)
from storage.receipts import all_receipts, chain_head, decided_without_receipt

app = typer.Typer(help="Receipts of what customers decided on estimates.", no_args_is_help=True)

Keys = Annotated[
    list[Path] | None,
    typer.Option("--key", exists=True, dir_okay=False, help="Public key (PEM) that is vouched for; may be repeated."),
]
SomeFile = Annotated[
    Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="Left out: the database.")
]
After = Annotated[
    Path | None, typer.Option("--after", exists=True, dir_okay=False, help="Receipts that were made later.")
]


@app.command("list")
def show_list(
    customer: Annotated[str | None, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Every receipt, or those of one customer. Next: fourstar receipts export."""

    def act(session: Session, _settings: object, _now: object) -> list[dict[str, Any]]:
        only = customer_named(session, customer).id if customer else None
        return [_row(sealed) for sealed in all_receipts(session, customer_id=only)]

    print_rows(look(act), as_json=as_json, nothing="There are no receipts yet.")


def _row(sealed: SealedReceipt) -> dict[str, Any]:
    receipt = read(sealed.body)
    decision = receipt.decision
    return {
        "receipt": receipt.sequence,
        "decided_at": decision.decided_at,
        "customer": decision.customer_name,
        "estimate": decision.estimate_number,
        "decision": decision.kind.value,
        "by": decision.decided_by.name,
        "via": decision.via.value,
        "fingerprint": sealed.digest,
    }


@app.command("export")
def export(
    out: Annotated[Path | None, typer.Option("--out", dir_okay=False, help="The new file; left out: printed.")] = None,
) -> None:
    """Every receipt as JSON, one a line, each with the public key it was signed with."""

    def act(session: Session, _settings: object, _now: object) -> int:
        with _opened(out) as file:
            return sum(file.write(f"{receipt_line(sealed)}\n".encode()) > 0 for sealed in all_receipts(session))

    if out is not None and out.exists():
        fail(f"{out} exists and is not written over. Choose another name.")
    count = look(act)
    typer.echo(f"{count} receipts. Check them anywhere: fourstar receipts verify {out or 'FILE'}", err=True)


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        return
    with out.open("wb") as file:
        yield file


@app.command("key")
def key() -> None:
    """Print this installation's public key, and its fingerprint. Customers get it another way than the receipts."""
    signer = _signer(settings())
    typer.echo(public_pem(signer.public_key), nl=False)
    typer.echo(f"Fingerprint: {signer.fingerprint}", err=True)


@app.command("new-key")
def make_key() -> None:
    """Print a new private key for FOURSTAR_RECEIPT_KEY_FILE. Keep it apart: it signs what customers approved."""
    typer.echo(new_key(), nl=False)


@app.command("verify")
def verify(
    file: SomeFile = None,
    *,
    keys: Keys = None,
    after: After = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The file has only some, as those of one customer.")
    ] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Do not compare a file with the database.")] = False,
) -> None:
    """Whether receipts are as they were made: nothing edited, removed, swapped, put in or cut off. Exit code 1 if not.

    A file is checked with nothing but itself; where the database answers it is held against that too.
    """
    trusted = [read_key(path) for path in keys] if keys else None
    later = list(read_receipts(_text(after))) if after else []
    if file is None:
        checked = look(lambda session, given, _now: _check_database(session, given, trusted, later))
    else:
        checked = _check_file(list(read_receipts(_text(file))), trusted, later, partial=partial, offline=offline)
    for fault in checked.faults:
        typer.echo(fault_text(fault, has_lines=file is not None))
    for number in checked.beside:
        typer.echo(f"Estimate {number} was decided, and its receipt is gone: removed, or cut off the end.")
    for note in checked.notes:
        typer.echo(note, err=True)
    if checked.wrong:
        fail(f"{checked.wrong} things are wrong." if checked.wrong > 1 else "That is wrong.")
    typer.echo(summary(checked, is_vouched=trusted is not None))


def _signer(given: Settings) -> Signer:
    return signer_of(given.receipt_key.get_secret_value().encode())


def read_key(path: Path) -> str:
    """The public key in a file, or the end of the command."""
    try:
        return read_public_key(path.read_bytes())
    except BadKey as error:
        fail(f"{path} has no Ed25519 public key in PEM ({error.found}). It is printed by: fourstar receipts key", WRONG)


def _text(path: Path) -> str:
    """The file as text. What is no UTF-8 is kept visible, and is then no receipt."""
    return path.read_bytes().decode(errors="replace")


def _check_database(
    session: Session, given: Settings, trusted: list[str] | None, later: list[SealedReceipt]
) -> Checked:
    checked = Checked(own_key=_signer(given).fingerprint)
    checked.faults = check(checked.noting(all_receipts(session)), trusted=trusted, later=later)
    checked.beside = decided_without_receipt(session)
    return checked


def _check_file(
    receipts: list[SealedReceipt],
    trusted: list[str] | None,
    later: list[SealedReceipt],
    *,
    partial: bool,
    offline: bool,
) -> Checked:
    def against(session: Session | None) -> Checked:
        checked = Checked()
        checked.faults = check(
            checked.noting(receipts),
            trusted=trusted,
            is_whole=not partial and len(receipts) > 1,
            later=chain(later, all_receipts(session) if session else ()),
            head=chain_head(session) if session else None,
        )
        return checked

    missing = "--offline" if offline else missing_database()
    if not missing:
        try:
            return look(lambda session, _settings, _now: against(session))
        except typer.Exit:
            missing = "see above"
    checked = against(None)
    checked.notes.append(f"Not compared with a database ({missing}), so nothing is known of receipts after the last.")
    return checked


def missing_database() -> str:
    """Why there is no database to compare with; empty where there is one."""
    try:
        given = load_settings()
    except InvalidSettings:
        return "no settings here"
    scheme, _, path = given.database_url.partition(":///")
    return "" if scheme != "sqlite" or Path(path).is_file() else f"there is none at {path}"
