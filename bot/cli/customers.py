"""`fourstar customer`: the customers, and whether their contacts can be reached."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_facts, print_rows
from bot.cli.watching import watch_facts
from bot.customers import contact_lines, customer_sheet
from bot.policies import policy_of
from bot.settings import Settings
from bot.turn import Policy
from cards.customers import ContactLine
from contract.contracts import covering
from contract.local_time import local
from contract.people import Customer, Role
from storage.contacts import add_customer, find_customer, list_customers

UNREACHABLE = 3
"""Exit code of `check` where somebody can't be reached."""

app = typer.Typer(help="Customers: add, list, show, check, and what was agreed with them.", no_args_is_help=True)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The customer's name as people know it.")],
    tenant: Annotated[str, typer.Option(help="Tenant id of the customer's Microsoft 365 (a GUID).")],
) -> None:
    """Add a customer. From then on the bot answers people of that tenant. Next: contract sign, contact add."""
    try:
        tenant_id = str(UUID(tenant))
    except ValueError:
        raise typer.BadParameter(
            "a GUID, as the Entra admin center shows it under Overview", param_hint="--tenant"
        ) from None

    def act(session: Session, settings: Settings, now: datetime) -> int:
        if tenant_id == settings.app_tenant_id:
            raise NotDone("That is the provider's own tenant (FOURSTAR_APP_TENANT_ID), not a customer's.")
        known = find_customer(session, tenant_id) or find_customer(session, name)
        if known is not None:
            raise NotDone(f"There is a customer {known.id} already: {known.name}, tenant {known.tenant_id}.")
        return add_customer(session, name, tenant_id, now)

    number = change(act)
    typer.echo(f"Customer {number}. Next: fourstar contract sign {number} --help")


@app.command("list")
def show_list(as_json: AsJson = False) -> None:
    """All customers with their contacts, and whether contract and consent cover today."""
    print_rows(
        look(
            lambda session, settings, now: [
                _row(session, one, now, policy_of(settings)) for one in list_customers(session)
            ]
        ),
        as_json=as_json,
        nothing="There are no customers yet: fourstar customer add --help",
    )


def _row(session: Session, customer: Customer, now: datetime, policy: Policy) -> dict[str, Any]:
    sheet = customer_sheet(session, Role.MANAGER, customer.id, now, policy)
    return {
        "number": customer.id,
        "name": customer.name,
        "contacts": [line.person.name for line in sheet.contacts],
        "covered_today": covering(sheet.contracts, local(now).date()) is not None,
        "access_today": sheet.has_access,
        "knocking": len(sheet.knocks),
        "tenant_id": customer.tenant_id,
    }


@app.command("show")
def show(customer: CustomerWord, as_json: AsJson = False) -> None:
    """Everything about one customer: contacts, contracts, prices of this year, consents."""

    def read(session: Session, settings: Settings, now: datetime) -> dict[str, Any]:
        found = customer_named(session, customer)
        policy = policy_of(settings)
        sheet = customer_sheet(session, Role.MANAGER, found.id, now, policy)
        prices = sheet.prices
        return {
            **_row(session, found, now, policy),
            **watch_facts(session, found.id),
            "contracts": [f"{one.number}: {one.starts_on} to {one.ends_on}" for one in sheet.contracts],
            "price_year": prices.year,
            "fee_cents": prices.fee_cents,
            "office_cents": prices.office_cents,
            "after_hours_cents": prices.after_hours_cents,
            "weekend_holiday_cents": prices.weekend_holiday_cents,
            "own_prices": sheet.has_own_prices,
            "consents": [
                f"{one.document}, {one.state(now).value} (from {local(one.valid_from):%Y-%m-%d})"
                for one in sheet.consents
            ],
        }

    print_facts(look(read), as_json=as_json)


@app.command("check")
def check(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id; all if left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Whether the app arrived at each contact, whether messages do, and when they were last heard.

    Exit code 3 where somebody can't be reached, or nobody is appointed.
    """

    def read(session: Session, settings: Settings, now: datetime) -> tuple[list[dict[str, Any]], list[str]]:
        wanted = [customer_named(session, customer)] if customer else list_customers(session)
        sends_mail = policy_of(settings).sends_mail
        lines = {one: contact_lines(session, one.id, now, sends_mail=sends_mail) for one in wanted}
        return [_reach(one, line) for one in wanted for line in lines[one]], [
            one.name for one in wanted if not lines[one]
        ]

    rows, empty = look(read)
    print_rows(rows, as_json=as_json, nothing="Nobody is appointed: fourstar contact add --help")
    for name in empty:
        typer.echo(f"{name} has no contacts: fourstar contact add --help", err=True)
    if empty or not all(row["reachable"] for row in rows):
        raise typer.Exit(UNREACHABLE)


def _reach(customer: Customer, line: ContactLine) -> dict[str, Any]:
    return {
        "customer": customer.name,
        "contact": line.person.name,
        "reachable": line.reach.reach.is_good,
        "by": line.reach.reach.value,
        "since": line.reach.since,
        "why_not": line.install_error,
        "last_heard": line.reach.heard_at,
        "language": line.person.language.value,
    }
