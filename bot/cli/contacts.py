"""`fourstar contact`: the (at most two) contacts of a customer."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from bot import appointments
from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, person_named, print_rows
from bot.contact_searches import look_for
from bot.settings import Settings
from bot.watch_cards import account_lines
from cards.accounts import AccountLine
from contract.people import Language, is_address
from storage.contact_searches import SearchState, list_latest
from storage.contacts import contact_ids, list_customers, load_contacts, load_customer
from storage.people import add_person, find_standing, set_email
from storage.watches import load_watch

app = typer.Typer(help="Contacts of a customer: add, remove, list.", no_args_is_help=True)

ObjectId = Annotated[
    str,
    typer.Option(
        "--object-id",
        help="Instead of an address, on your own word: the person's object id in the Entra admin center, under Users.",
    ),
]
Address = Annotated[str, typer.Argument(metavar="EMAIL", help="E-mail address or sign-in name at the customer.")]
Name = Annotated[str, typer.Option(help="Until Teams tells the name.")]
Email = Annotated[str, typer.Option(help="Until Teams tells the address.")]
Speaks = Annotated[Language | None, typer.Option(help="Until the person chooses.")]


SHOWN_SEARCHES = 10
_STILL_ASKED = {SearchState.FAILED: "Microsoft does not answer yet; it is asked again by itself"}
"""Of each customer."""


def known_person(
    session: Session,
    settings: Settings,
    now: datetime,
    *,
    tenant_id: str,
    object_id: str,
    name: str,
    email: str,
    language: Language | None,
) -> int:
    """The id of a person, kept now where nobody knew them yet. Raises NotDone for what is no object id."""
    try:
        identity = str(UUID(object_id))
    except ValueError:
        raise NotDone(f"{object_id} is no object id: it is a GUID, under Users in the Entra admin center.") from None
    standing = find_standing(session, tenant_id, identity)
    if standing is not None:
        if name or email:
            set_email(session, standing.person.id, name or standing.person.name, email or standing.person.email)
        return standing.person.id
    return add_person(
        session,
        tenant_id=tenant_id,
        object_id=identity,
        name=name or email or identity,
        email=email or None,
        language=language or settings.default_language,
        now=now,
    )


@app.command("add")
def add(
    customer: CustomerWord,
    address: Address = "",
    *,
    object_id: ObjectId = "",
    name: Name = "",
    email: Email = "",
    language: Speaks = None,
) -> None:
    """Appoint a contact, on the customer's written word. They are welcomed when the app arrives.

    By address the customer's directory is asked who that is; the running bot does that, and appoints whom it finds.
    """
    if bool(address) is bool(object_id):
        raise typer.BadParameter("give either an e-mail address or --object-id", param_hint="EMAIL")
    if address:
        if name or email or language:
            raise typer.BadParameter("the directory tells name, address and language", param_hint="--object-id")
        typer.echo(change(partial(_look_for, customer=customer, address=address)))
        return

    def act(session: Session, settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        person_id = known_person(
            session,
            settings,
            now,
            tenant_id=found.tenant_id,
            object_id=object_id,
            name=name,
            email=email,
            language=language,
        )
        done = appointments.appoint_contact(session, found.id, person_id, None, now)
        return f"{name or email or object_id} is {'now' if done else 'already'} a contact of {found.name}."

    typer.echo(change(act))


def _look_for(session: Session, _settings: Settings, now: datetime, *, customer: str, address: str) -> str:
    found = load_customer(session, customer_named(session, customer).id, lock=True)
    if not is_address(address):
        raise NotDone(f"{address} is no e-mail address.")
    number = look_for(session, found, address, None, now)
    return f"Search {number}: {address} is looked up in the directory of {found.name}. See: fourstar contact searches."


@app.command("searches")
def show_searches(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id; all if left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Who was looked up or proposed as contact lately, and what came of it."""

    def read(session: Session, _settings: Settings, _now: datetime) -> list[dict[str, object]]:
        wanted = [customer_named(session, customer)] if customer else list_customers(session)
        return [
            {
                "search": search.id,
                "customer": one.name,
                "who": search.email or search.object_id,
                "asked_at": search.asked_at,
                "state": search.state.value,
                "reason": search.reason.value if search.reason else _STILL_ASKED.get(search.state),
            }
            for one in wanted
            for search in list_latest(session, one.id, SHOWN_SEARCHES)
        ]

    print_rows(look(read), as_json=as_json, nothing="Nobody was looked up yet: fourstar contact add --help")


@app.command("remove")
def remove(
    customer: CustomerWord,
    who: Annotated[str, typer.Argument(metavar="WHO", help="Object id, e-mail or name.")],
) -> None:
    """Remove a contact. Their old cards stop working at once; tickets stay with the customer."""

    def act(session: Session, _settings: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        person = person_named(session, found.tenant_id, who)
        if not appointments.remove_contact(session, found.id, person.id, None, now):
            raise NotDone(f"{person.name} is no contact of {found.name}. See: fourstar contact list {found.id}.")
        return f"{person.name} is no longer a contact of {found.name}."

    typer.echo(change(act))


@app.command("list")
def show_list(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id; all if left out.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The contacts, since when, and what their directory says of them."""

    def read(session: Session, _settings: Settings, now: datetime) -> list[dict[str, object]]:
        wanted = [customer_named(session, customer)] if customer else list_customers(session)
        accounts = {
            one.id: account_lines(session, load_watch(session, one.id), contact_ids(session, one.id), now)
            for one in wanted
        }
        return [
            {
                "customer": one.name,
                "contact": contact.person.name,
                "email": contact.person.email,
                "language": contact.person.language.value,
                "appointed_at": contact.appointed_at,
                "object_id": contact.person.object_id,
                **_account(accounts[one.id].get(contact.person.id)),
            }
            for one in wanted
            for contact in load_contacts(session, one.id)
        ]

    print_rows(look(read), as_json=as_json, nothing="Nobody is appointed yet: fourstar contact add --help")


def _account(line: AccountLine | None) -> dict[str, object]:
    """What the directory says: `by word` where it never said anything."""
    return {
        "source": "directory" if line is not None else "by word",
        "account": line.state.value if line is not None else None,
        "checked_at": line.checked_at if line is not None else None,
        "only_reads": line is not None and line.only_reads,
    }
