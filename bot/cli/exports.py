"""`fourstar export CUSTOMER`: everything that is kept of a customer, as files for the customer (R3, R19)."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import WRONG, CustomerWord, customer_named, fail, look
from bot.exports import export_customer
from bot.settings import Settings
from documents.exports import FolderTarget, ZipTarget

PARTIAL = ".partial"


def export(
    customer: CustomerWord,
    *,
    out: Annotated[Path | None, typer.Option("--out", help="Write to this new folder.")] = None,
    zip_file: Annotated[Path | None, typer.Option("--zip", dir_okay=False, help="Write this new zip file.")] = None,
    with_internal: Annotated[
        bool, typer.Option("--with-internal", help="Also the provider's internal notes and their files.")
    ] = False,
) -> None:
    """Write all of a customer's data as JSON and CSV, with files, invoices and a manifest of fingerprints.

    The customer gets what is theirs: internal notes stay out unless asked for. Nothing is changed.
    """
    if (out is None) == (zip_file is None):
        fail("Say where to: --out FOLDER or --zip FILE.", WRONG)
    place = out or zip_file
    assert place is not None  # noqa: S101 -- one of the two, as was just checked
    partial = place.with_name(place.name + PARTIAL)
    for taken in (place, partial):
        if taken.exists():
            fail(f"{taken} exists and is not written over. Remove it, or choose another name.")

    def act(session: Session, settings: Settings, now: datetime) -> dict[str, Any]:
        found = customer_named(session, customer)
        if out is not None:
            target = FolderTarget(partial)
            return _written(session, found, target, settings, now)
        with zipfile.ZipFile(partial, "x", allowZip64=True) as archive:
            return _written(session, found, ZipTarget(archive, now), settings, now)

    def _written(session: Session, found: Any, target: Any, settings: Settings, now: datetime) -> dict[str, Any]:
        return export_customer(session, found, target, provider=settings.provider_name, now=now, internal=with_internal)

    manifest = look(act)
    partial.rename(place)
    rows = sum(one.get("rows", 0) for one in manifest["files"] if one["path"].endswith(".json"))
    typer.echo(f"{place}: {len(manifest['files']) + 1} files, {rows} rows of {manifest['customer']['name']}.")
