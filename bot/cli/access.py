"""`fourstar access`: what customers consented to, and the ledger of it, which can be checked anywhere (R25)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.access import load_access
from bot.cli.ledger_checks import CheckedLedger, entry_fault, ledger_summary
from bot.cli.opened import AsJson, CustomerWord, customer_named, fail, look, print_facts, print_rows
from bot.cli.receipts import Keys, missing_database, read_key
from bot.policies import policy_of
from bot.settings import Settings
from contract.consents import AccessSpan, Grant
from contract.ledger import Entry, unexplained
from contract.ledger_bodies import UnreadableEntry, read_entry
from contract.local_time import local
from contract.receipts import SealedReceipt
from contract.withdrawals import covered_until, covering_span, waiting_since
from documents.ledger import check_entries, entry_line, read_entries
from documents.receipts import signer_of
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.grants import load_grants
from storage.ledger import acts_kept, entries_of, ledger_head

app = typer.Typer(help="Consents to remote access, and their ledger.", no_args_is_help=True)

JsonFile = Annotated[
    Path | None,
    typer.Option("--json", dir_okay=False, metavar="FILE", help="Export all of it, with signatures, one entry a line."),
]
CustomerOrFile = Annotated[str, typer.Argument(metavar="CUSTOMER|FILE", help="The customer's ledger, or an export.")]


@app.command("show")
def show(customer: CustomerWord, as_json: AsJson = False) -> None:
    """What a customer consented to, and whether remote work is covered now. Next: fourstar access ledger."""

    def act(session: Session, given: Settings, now: datetime) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = customer_named(session, customer)
        access = load_access(session, found.id, policy_of(given))
        withdrawal = access.withdrawal(now)
        facts = {
            "customer": found.name,
            "remote_work": _coverage(access.spans, now),
            "withdrawn_by": withdrawal.withdrawn_by_name if withdrawal else None,
            "entries": ledger_head(session, found.id).sequence,
        }
        return facts, [_grant_row(grant) for grant in access.grants]

    facts, rows = look(act)
    if as_json:
        print_facts({**facts, "sources": rows}, as_json=True)
        return
    print_facts(facts, as_json=False)
    typer.echo("")
    print_rows(
        rows, as_json=False, nothing="Nothing was recorded or found yet. What was asked: fourstar consent requests"
    )


def _coverage(spans: Iterable[AccessSpan], now: datetime) -> str:
    kept = tuple(spans)
    span = covering_span(kept, now)
    if span is None:
        ended = waiting_since(kept, datetime.min.replace(tzinfo=now.tzinfo), now)
        return "not covered" if ended.year == 1 else f"not covered since {_when(ended)}"
    until = covered_until(kept, now)
    carried = ", on the last known state: checks fail" if span.is_carried else ""
    return f"covered ({span.mechanism.value}) {f'until {_when(until)}' if until else 'without an end'}{carried}"


def _grant_row(grant: Grant) -> dict[str, Any]:
    return {
        "source": grant.id,
        "mechanism": grant.mechanism.value,
        "title": grant.title,
        "state": grant.state.value,
        "from": _when(grant.valid_from),
        "until": _when(grant.valid_until),
        "approved_by": grant.approved_by,
        "proof": grant.proof.value if grant.proof else None,
        "last_check": _when(grant.checked_at),
        "error": grant.error,
        "scope": ", ".join(one.name for one in grant.scope) or None,
    }


def _when(instant: datetime | None) -> str | None:
    return local(instant).strftime("%Y-%m-%d %H:%M") if instant else None


@app.command("ledger")
def ledger(customer: CustomerWord, file: JsonFile = None) -> None:
    """Everything that happened to a customer's consents, oldest first; with --json as a file that proves itself."""

    def act(session: Session, _settings: object, _now: object) -> list[dict[str, Any]]:
        entries = entries_of(session, customer_named(session, customer).id)
        return [_entry_row(read_entry(sealed.body)) for sealed in entries]

    def export(session: Session, _settings: object, _now: object) -> int:
        found = customer_named(session, customer)
        with path.open("xb") as opened:
            return sum(opened.write(f"{entry_line(one)}\n".encode()) > 0 for one in entries_of(session, found.id))

    if file is None:
        print_rows(look(act), as_json=False, nothing="There are no entries yet.")
        return
    path = file
    if path.exists():
        fail(f"{path} exists and is not written over. Choose another name.")
    try:
        entries = look(export)
    except OSError as error:
        fail(f"{path} can't be written: {error.strerror}.")
    typer.echo(f"{entries} entries. Check them anywhere: fourstar access verify {path}", err=True)


def _entry_row(entry: Entry) -> dict[str, Any]:
    note, grant = entry.note, entry.note.grant
    return {
        "entry": entry.sequence,
        "at": note.at_local[:16].replace("T", " "),
        "what": note.kind.value,
        "mechanism": grant.mechanism.value if grant else entry.note.details.get("mechanism"),
        "source": grant.title or grant.source_id if grant else None,
        "state": grant.state.value if grant else None,
        "ticket": note.ticket_number,
        "by": note.by.name if note.by else None,
    }


@app.command("verify")
def verify(
    what: CustomerOrFile,
    keys: Keys = None,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not compare a file with the database.")] = False,
) -> None:
    """Whether a ledger is as it was made: nothing edited, removed, swapped, put in or cut off. Exit code 1 if not.

    A file is checked with nothing but itself; where the database answers it is held against that too.
    """
    trusted = [read_key(path) for path in keys] if keys else None
    path = Path(what)
    if path.is_file():
        checked = _check_file(path, trusted, offline=offline)
    else:
        checked = look(lambda session, given, _now: _check_database(session, given, what, trusted))
    for fault in checked.faults:
        typer.echo(entry_fault(fault, has_lines=path.is_file()))
    for line in checked.beside:
        typer.echo(line)
    for note in checked.notes:
        typer.echo(note, err=True)
    if checked.wrong:
        fail(f"{checked.wrong} things are wrong." if checked.wrong > 1 else "That is wrong.")
    typer.echo(ledger_summary(checked, is_vouched=trusted is not None))


def _check_database(session: Session, given: Settings, word: str, trusted: list[str] | None) -> CheckedLedger:
    customer = customer_named(session, word)
    checked = CheckedLedger(own_key=signer_of(given.receipt_key.get_secret_value().encode()).fingerprint)
    checked.faults = check_entries(checked.noting(entries_of(session, customer.id)), trusted=trusted)
    entries = list(_readable(entries_of(session, customer.id)))
    checked.beside += [
        f"Source {grant.id} ({grant.mechanism.value}) is {grant.state.value}, and the ledger says otherwise: an entry "
        "was cut off, or the source was changed beside the ledger."
        for grant in unexplained(entries, load_grants(session, customer.id))
    ]
    for kind, count in acts_kept(session, customer.id).items():
        written = sum(entry.note.kind is kind for entry in entries)
        if written < count:
            checked.beside.append(f"{count - written} acts ({kind.value}) are kept that have no entry: cut off.")
    return checked


def _check_file(path: Path, trusted: list[str] | None, *, offline: bool) -> CheckedLedger:
    entries = list(read_entries(path.read_bytes().decode(errors="replace")))
    first = next(_readable(entries), None)

    def against(session: Session | None) -> CheckedLedger:
        checked = CheckedLedger()
        customer_id = _customer(session, first, checked) if session and first else None
        checked.faults = check_entries(
            checked.noting(entries),
            trusted=trusted,
            later=entries_of(session, customer_id) if session and customer_id else (),
            head=ledger_head(session, customer_id) if session and customer_id else None,
        )
        return checked

    missing = "--offline" if offline else missing_database()
    if not missing:
        try:
            return look(lambda session, _settings, _now: against(session))
        except typer.Exit:
            missing = "see above"
    checked = against(None)
    checked.notes.append(f"Not compared with a database ({missing}), so nothing is known of entries after the last.")
    return checked


def _customer(session: Session, first: Entry, checked: CheckedLedger) -> int | None:
    """Whose ledger a file is, in this database; None where that customer is not in it."""
    try:
        return load_customer(session, first.note.customer_id).id
    except NotFound:
        checked.notes.append("Not compared with the database: it does not know this customer.")
        return None


def _readable(entries: Iterable[SealedReceipt]) -> Iterator[Entry]:
    for sealed in entries:
        try:
            yield read_entry(sealed.body)
        except UnreadableEntry:
            continue
