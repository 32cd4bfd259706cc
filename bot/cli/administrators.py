"""`fourstar customer administrator`: who administers a customer's Microsoft 365, without chat (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot.access_cards import follow_access
from bot.administrators import name_administrator
from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_facts
from bot.settings import Settings
from cards.clicks.access import LONGEST_ADDRESS, LONGEST_NAME
from contract.people import Language, is_address
from storage.administrators import Administrator, drop_administrator, load_administrator
from storage.contacts import load_customer


def administrator(
    customer: CustomerWord,
    *,
    name: Annotated[str, typer.Option(help="The administrator's name.")] = "",
    email: Annotated[str, typer.Option(help="Where requests for consent are mailed.")] = "",
    language: Annotated[Language | None, typer.Option(help="The language of those mails; Dutch.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Nobody is named any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or name who can consent to access in a customer's tenant; requests are forwarded to that person."""

    def act(session: Session, _settings: Settings, now: datetime) -> Administrator | None:
        found = load_customer(session, customer_named(session, customer).id, lock=True)
        if remove:
            if name or email or language:
                raise NotDone("Give either --remove or whom to name.")
            drop_administrator(session, found.id)
            follow_access(session, found.id, now)
            return None
        before = load_administrator(session, found.id) or Administrator(found.id, "", "", Language.NL, None, now)
        named = replace(
            before,
            name=name.strip() or before.name,
            email=email.strip() or before.email,
            language=language or before.language,
            changed_by=None,
            changed_at=now,
        )
        is_short = len(named.name) <= LONGEST_NAME and len(named.email) <= LONGEST_ADDRESS
        if not named.name or not is_short or not is_address(named.email):
            raise NotDone("Give --name and --email, an address that mail can be sent to.")
        name_administrator(session, named, now)
        return named

    is_change = bool(name or email or language or remove)

    def read(session: Session, _settings: Settings, _now: datetime) -> Administrator | None:
        return load_administrator(session, customer_named(session, customer).id)

    found = change(act) if is_change else look(read)
    if found is None:
        typer.echo("Nobody is named. Name somebody: fourstar customer administrator CUSTOMER --name … --email …")
        return
    print_facts({"name": found.name, "email": found.email, "language": found.language.value}, as_json=as_json)
