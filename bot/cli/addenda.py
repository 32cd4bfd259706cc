"""`fourstar addendum`: on-site work that was agreed, and what it charges beside hours (R24, R26, D25)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot import terms
from bot.cli.days import day_of
from bot.cli.opened import AsJson, CustomerWord, change, customer_named, look, print_rows
from bot.terms import NotKept, Reason
from cards.customer_forms import read_amount
from contract.contracts import Addendum, AddendumItem
from storage.contracts import load_contracts

app = typer.Typer(help="Addenda for on-site work, with travel and other costs.", no_args_is_help=True)

Day = Annotated[datetime, typer.Option(parser=day_of, metavar="DAY")]


@app.command("add")
def add(
    customer: CustomerWord,
    signed: Day,
    starts: Day,
    ends: Day,
    item: Annotated[
        list[str] | None,
        typer.Option(metavar="WHAT=EUROS", help="A cost and its price for one, excl. VAT: 'Travel, one visit=45'."),
    ] = None,
) -> None:
    """Record a signed addendum for on-site work, within one contract. `--item` can be given several times."""

    def act(session: Session, _settings: object, now: datetime) -> str:
        found = customer_named(session, customer)
        items = tuple(_item(written) for written in item or ())
        addendum = Addendum(signed.date(), starts.date(), ends.date(), items)
        contract = terms.keep_addendum(session, found.id, addendum, now)
        costs = f", with {len(items)} costs" if items else ""
        return (
            f"{found.name}: on-site work is possible from {starts:%Y-%m-%d} to {ends:%Y-%m-%d} under contract "
            f"{contract.number}{costs}."
        )

    typer.echo(change(act))


def _item(written: str) -> AddendumItem:
    what, separator, price = written.rpartition("=")
    cents = read_amount(price)
    if not separator or not what.strip() or cents is None:
        raise NotKept(Reason.AMOUNT)
    return AddendumItem(what.strip()[:200], cents)


@app.command("list")
def show_list(customer: CustomerWord, as_json: AsJson = False) -> None:
    """The addenda of a customer, and what each charges beside hours."""

    def read(session: Session, _settings: object, _now: datetime) -> list[dict[str, Any]]:
        found = customer_named(session, customer)
        return [
            {
                "contract": contract.number,
                "signed_on": addendum.signed_on,
                "starts_on": addendum.starts_on,
                "ends_on": addendum.ends_on,
                "items": [f"{one.what}: {one.price_cents // 100}.{one.price_cents % 100:02}" for one in addendum.items],
            }
            for contract in load_contracts(session, found.id)
            for addendum in contract.on_site_addenda
        ]

    print_rows(look(read), as_json=as_json, nothing="There is no addendum: fourstar addendum add --help")
