"""`fourstar register YEAR`: every invoice and credit note of a year, for the accountant (D6-D9, D21)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import AsJson, fail, look, print_rows
from documents.row_files import csv_chunks, euros
from storage.register import Registered, load_register, number_faults

COLUMNS = (
    "number",
    "date",
    "due_date",
    "customer",
    "registration",
    "vat_id",
    "contract",
    "month",
    "net",
    "vat_percent",
    "vat_note",
    "vat",
    "gross",
    "original_number",
    "paid",
    "paid_on",
    "open",
)
SHOWN = ("number", "date", "customer", "month", "net", "vat_percent", "vat", "gross", "original_number", "open")
"""What fits on a screen; the file has every column."""


def register(
    year: Annotated[int, typer.Argument(min=2020, max=2100, help="The year of the invoice dates.")],
    csv_file: Annotated[
        Path | None, typer.Option("--csv", dir_okay=False, help="Write the rows to this new file, for a spreadsheet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every invoice and credit note by date, with sums by VAT rate, month and quarter.

    Checks that the numbers run without a gap: exit code 1 where they do not. Credit notes are negative, amounts are
    euros, in JSON whole cents. Next: fourstar invoice show NUMBER.
    """
    if csv_file is not None and csv_file.exists():
        fail(f"{csv_file} exists and is not written over. Choose another name.")

    def read(session: Session, _settings: object, _now: datetime) -> tuple[list[Registered], list[str]]:
        return list(load_register(session, year)), number_faults(session, year)

    found, faults = look(read)
    rows = [_row(one) for one in found]
    if csv_file is not None:
        with csv_file.open("xb") as file:
            file.writelines(csv_chunks(COLUMNS, rows))
    if as_json:
        typer.echo(_as_json(year, found, faults))
    elif csv_file is None:
        print_rows([{name: row[name] for name in SHOWN} for row in rows], as_json=False, nothing="Nothing was issued.")
        for title, sums in _sums(found).items():
            typer.echo()
            print_rows([_sum_row(title, name, kept) for name, kept in sums.items()], as_json=False, nothing="")
    else:
        typer.echo(f"{csv_file}: {len(rows)} rows.")
    if faults:
        fail("The numbers do not run without a gap: " + "; ".join(faults) + ".")
    if not as_json:
        typer.echo("The numbers run without a gap.")


def _row(one: Registered) -> dict[str, Any]:
    return {
        "number": one.number,
        "date": one.invoice_date,
        "due_date": one.due_date,
        "customer": one.customer,
        "registration": one.registration,
        "vat_id": one.vat_id,
        "contract": one.contract,
        "month": f"{one.year}-{one.month:02}",
        "net": euros(one.net_cents),
        "vat_percent": one.vat_percent,
        "vat_note": "Btw verlegd" if one.is_reverse_charge else "",
        "vat": euros(one.vat_cents),
        "gross": euros(one.gross_cents),
        "original_number": one.original_number,
        "paid": euros(one.paid_cents),
        "paid_on": one.paid_on,
        "open": euros(one.open_cents),
    }


def _sums(found: Iterable[Registered]) -> dict[str, dict[str, list[int]]]:
    """Net, VAT and gross: by rate, by month of the date, by quarter, and of the year."""
    sums: dict[str, dict[str, list[int]]] = {}
    for one in found:
        day = one.invoice_date
        names = {
            "vat": "reverse charge" if one.is_reverse_charge else f"{one.vat_percent} %",
            "month": f"{day:%Y-%m}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "year": str(day.year),
        }
        for title, name in names.items():
            for place, cents in enumerate((one.net_cents, one.vat_cents, one.gross_cents)):
                sums.setdefault(title, {}).setdefault(name, [0, 0, 0])[place] += cents
    return sums


def _sum_row(title: str, name: str, kept: list[int]) -> dict[str, Any]:
    return {title: name, "net": euros(kept[0]), "vat_amount": euros(kept[1]), "gross": euros(kept[2])}


def _as_json(year: int, found: list[Registered], faults: list[str]) -> str:
    sums = {
        title: {
            name: {"net_cents": net, "vat_cents": vat, "gross_cents": gross} for name, (net, vat, gross) in kept.items()
        }
        for title, kept in _sums(found).items()
    }
    told = {"year": year, "rows": [asdict(one) for one in found], "sums": sums, "faults": faults}
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)
