"""`fourstar contact`: the (at most two) contacts of a customer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from bot import appointments
from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, person_named, print_rows
from bot.settings import Settings
from contract.people import Language
from storage.contacts import list_customers, load_contacts
from storage.people import add_person, find_standing, set_email

app = typer.Typer(help="Contacts of a customer: add, remove, list.", no_args_is_help=True)

ObjectId = Annotated[
    str,
    typer.Option(
        "--object-id",
        help="Object id of the person in the Entra admin center, under Users. Looking people up by e-mail needs "
        "Microsoft Graph and comes later.",
    ),
]
Name = Annotated[str, typer.Option(help="Until Teams tells the name.")]
Email = Annotated[str, typer.Option(help="Until Teams tells the address.")]
Speaks = Annotated[Language | None, typer.Option(help="Until the person chooses.")]


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
    customer: CustomerWord, object_id: ObjectId, name: Name = "", email: Email = "", language: Speaks = None
) -> None:
    """Appoint a contact, on the customer's written word. They are welcomed when the app arrives."""

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
    """The contacts, and since when."""

    def read(session: Session, _settings: Settings, _now: datetime) -> list[dict[str, object]]:
        wanted = [customer_named(session, customer)] if customer else list_customers(session)
        return [
            {
                "customer": one.name,
                "contact": contact.person.name,
                "email": contact.person.email,
                "language": contact.person.language.value,
                "appointed_at": contact.appointed_at,
                "object_id": contact.person.object_id,
            }
            for one in wanted
            for contact in load_contacts(session, one.id)
        ]

    print_rows(look(read), as_json=as_json, nothing="Nobody is appointed yet: fourstar contact add --help")
