"""`fourstar prices`: the price list of a year, for one customer or for all (R13, R21-R23, R29, D10, D34)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot import prices
from bot.cli.opened import AsJson, CustomerWord, change, customer_named, look, print_rows
from bot.prices import NewPrices
from bot.terms import NotKept, Reason
from cards.customer_forms import read_amount
from contract.holidays import LiberationDay
from contract.local_time import local
from contract.prices import PriceList
from storage.prices import load_prices, price_years

app = typer.Typer(help="Price lists by calendar year, for one customer or for all.", no_args_is_help=True)

Euros = Annotated[str, typer.Option(help="Euros, excl. VAT: 85 or 87.50. Left out: as it is now.")]
Switch = Annotated[bool | None, typer.Option(show_default=False)]


@app.command("set")
def set_prices(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id.")] = "",
    *,
    year: Annotated[int, typer.Option(min=2020, max=2100)],
    fee: Euros = "",
    office: Euros = "",
    after_hours: Euros = "",
    weekend_holiday: Euros = "",
    good_friday: Switch = None,
    dec_24: Annotated[bool | None, typer.Option("--dec-24/--no-dec-24", show_default=False)] = None,
    dec_31: Annotated[bool | None, typer.Option("--dec-31/--no-dec-31", show_default=False)] = None,
    liberation_day: Annotated[LiberationDay | None, typer.Option(help="In which years 5 May is a holiday.")] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="For every customer that has no list of its own for this year.")
    ] = False,
    correct: Annotated[
        bool,
        typer.Option("--correct", help="Put a typing mistake right in a list that holds, while nothing was invoiced."),
    ] = False,
) -> None:
    """Record the price list of a year. Without one the contract's prices hold, or those of the last year before."""
    if bool(customer) is everybody:
        raise typer.BadParameter("name one customer, or give --all", param_hint="CUSTOMER")
    if everybody and correct:
        raise typer.BadParameter("not with --all: name the customer", param_hint="--correct")

    def act(session: Session, _settings: object, now: datetime) -> str:
        asked = NewPrices(
            fee_cents=_cents(fee),
            office_cents=_cents(office),
            after_hours_cents=_cents(after_hours),
            weekend_holiday_cents=_cents(weekend_holiday),
            good_friday=good_friday,
            dec_24=dec_24,
            dec_31=dec_31,
            liberation_day=liberation_day,
        )
        if everybody:
            count = prices.keep_prices_of_all(session, year, asked, now)
            whom = "1 customer" if count == 1 else f"{count} customers"
            return f"The prices of {year} are recorded for {whom}. A list that a customer had for it already stays."
        found = customer_named(session, customer)
        before = load_prices(session, found.id, (year,)).for_year(year)
        prices.keep_prices(session, found.id, asked.over(before), now, is_correction=correct)
        return f"{found.name}: the prices of {year} are recorded."

    typer.echo(change(act))


def _cents(written: str) -> int | None:
    if not written:
        return None
    cents = read_amount(written)
    if cents is None:
        raise NotKept(Reason.AMOUNT)
    return cents


@app.command("list")
def show_list(customer: CustomerWord, as_json: AsJson = False) -> None:
    """The price lists of a customer, those of this year and the next included, and where each comes from."""

    def read(session: Session, _settings: object, now: datetime) -> list[dict[str, Any]]:
        found = customer_named(session, customer)
        own, year = price_years(session, found.id), local(now).year
        shown = sorted({*own, year, year + 1})
        book = load_prices(session, found.id, shown)
        return [_row(book.for_year(one), _origin(one, own)) for one in shown]

    print_rows(look(read), as_json=as_json, nothing="")


def _origin(year: int, own: tuple[int, ...]) -> str:
    if year in own:
        return "own list"
    earlier = [one for one in own if one < year]
    return f"as in {earlier[-1]}: no list of its own (D34)" if earlier else "the contract's prices"


def _row(held: PriceList, origin: str) -> dict[str, Any]:
    return {
        "year": held.year,
        "fee_cents": held.fee_cents,
        "office_cents": held.office_cents,
        "after_hours_cents": held.after_hours_cents,
        "weekend_holiday_cents": held.weekend_holiday_cents,
        "good_friday": held.holidays.good_friday,
        "liberation_day": held.holidays.liberation_day.value,
        "dec_24": held.holidays.dec_24,
        "dec_31": held.holidays.dec_31,
        "origin": origin,
    }
