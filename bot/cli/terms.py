"""`fourstar customer contract | addendum | prices | consent`: what was agreed, without chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot import prices as price_lists
from bot import terms
from bot.cli.opened import CustomerWord, change, customer_named
from bot.terms import NotKept, Reason
from cards.customer_forms import read_amount
from contract.contracts import Addendum
from contract.local_time import day_start, local
from contract.periods import starts_after_signing, year_end
from storage.prices import load_prices

Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Euros = Annotated[str, typer.Option(help="Euros, excl. VAT: 85 or 87.50. Left out: as it is now.")]


def add_to(app: typer.Typer) -> None:
    """Make these commands part of `fourstar customer`."""
    for name, command in (("contract", contract), ("addendum", addendum), ("prices", prices), ("consent", consent)):
        app.command(name)(command)


def _day(value: datetime | None) -> date | None:
    return value.date() if value else None


def contract(
    customer: CustomerWord,
    number: Annotated[str, typer.Option(help="The contract's number, as invoices name it.")],
    signed: Day = None,
    starts: Day = None,
    ends: Day = None,
) -> None:
    """Record a signed contract. Left out: it starts the month after signing and ends on 31 December."""

    def act(session: Session, _settings: object, now: datetime) -> str:
        found = customer_named(session, customer)
        first = _day(starts) or starts_after_signing(day_start(signed.date()) if signed else now)
        last = _day(ends) or year_end(first)
        terms.sign_contract(
            session,
            found.id,
            now,
            number=number,
            signed_at=day_start(signed.date()) if signed else now,
            signatory="-",
            starts_on=first,
            ends_on=last,
        )
        return f"{found.name}: contract {number}, {first} to {last}. Next: fourstar customer consent {found.id} --help"

    typer.echo(change(act))


def addendum(
    customer: CustomerWord,
    signed: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])],
    starts: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])],
    ends: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])],
) -> None:
    """Record a signed addendum for on-site work, within one contract."""

    def act(session: Session, _settings: object, _now: datetime) -> str:
        found = customer_named(session, customer)
        terms.keep_addendum(session, found.id, Addendum(signed.date(), starts.date(), ends.date()), _now)
        return f"{found.name}: on-site work is possible from {starts:%Y-%m-%d} to {ends:%Y-%m-%d}."

    typer.echo(change(act))


def prices(
    customer: CustomerWord,
    *,
    year: Annotated[int, typer.Option(min=2020, max=2100)],
    fee: Euros = "",
    office: Euros = "",
    after_hours: Euros = "",
    weekend_holiday: Euros = "",
    correct: Annotated[
        bool, typer.Option("--correct", help="Put a typing mistake right in a list that holds.")
    ] = False,
) -> None:
    """Record the price list of a year. Without one the contract's prices hold, or those of the last year before."""

    def act(session: Session, _settings: object, now: datetime) -> str:
        found = customer_named(session, customer)
        before = load_prices(session, found.id, (year,)).for_year(year)
        asked = replace(
            before,
            fee_cents=_cents(fee, before.fee_cents),
            office_cents=_cents(office, before.office_cents),
            after_hours_cents=_cents(after_hours, before.after_hours_cents),
            weekend_holiday_cents=_cents(weekend_holiday, before.weekend_holiday_cents),
        )
        price_lists.keep_prices(session, found.id, asked, now, is_correction=correct)
        return f"{found.name}: the prices of {year} are recorded."

    typer.echo(change(act))


def _cents(written: str, otherwise: int) -> int:
    cents = read_amount(written) if written else otherwise
    if cents is None:
        raise NotKept(Reason.AMOUNT)
    return cents


def consent(
    customer: CustomerWord,
    document: Annotated[str, typer.Option(help="Who consented, by which document, and where it is kept.")] = "",
    starts: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; today.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; until withdrawn.")] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="The customer withdrew it: nothing holds any more.")
    ] = False,
) -> None:
    """Record that the customer consented to remote access, or withdrew it."""

    def act(session: Session, _settings: object, now: datetime) -> str:
        found = customer_named(session, customer)
        if withdraw:
            ended = terms.withdraw_consent(session, found.id, now)
            return f"{found.name}: remote access is withdrawn." if ended else f"{found.name}: there was no consent."
        if not document.strip():
            raise NotKept(Reason.MISSING)
        first = _day(starts) or local(now.astimezone(UTC)).date()
        terms.keep_consent(
            session, found.id, now, document=document.strip()[:300], recorded_by=None, first=first, last=_day(until)
        )
        return f"{found.name}: consent from {first}. Next: fourstar contact add {found.id} --help"

    typer.echo(change(act))
