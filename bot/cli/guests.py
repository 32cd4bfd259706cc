"""`fourstar engineer guests`: who of the staff is a guest in a customer's tenant, by their own word."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot import announcements
from bot.cli.opened import AsJson, NotDone, change, look, print_rows
from bot.guests import guest_subject
from bot.settings import Settings
from storage.errors import NotFound
from storage.guests import forget_guest, list_guests, load_guest

app = typer.Typer(help="Engineers as guests in customers' tenants: list, remove.", no_args_is_help=True)


@app.command("list")
def show_list(as_json: AsJson = False) -> None:
    """Who was asked, and what they said: offered, confirmed or refused."""

    def read(session: Session, _settings: Settings, _now: datetime) -> list[dict[str, object]]:
        return [
            {
                "number": guest.id,
                "engineer": guest.person.name,
                "customer": guest.customer.name if guest.customer else None,
                "state": guest.state.value,
                "found_at": guest.found_at,
                "decided_at": guest.decided_at,
                "tenant": guest.tenant_id,
                "object_id": guest.object_id,
            }
            for guest in list_guests(session)
        ]

    print_rows(look(read), as_json=as_json, nothing="No engineer was found as a guest at a customer.")


@app.command("remove")
def remove(number: Annotated[int, typer.Argument(metavar="NUMBER", help="As in the list.")]) -> None:
    """Forget one: that guest is a stranger again, and is asked about again the next time they write."""

    def act(session: Session, _settings: Settings, now: datetime) -> str:
        try:
            guest = load_guest(session, number, lock=True)
        except NotFound:
            raise NotDone(f"There is no guest {number}. See: fourstar engineer guests list.") from None
        forget_guest(session, number)
        announcements.follow(session, guest_subject(number), now)
        where = guest.customer.name if guest.customer else guest.tenant_id
        return f"{guest.person.name} is no longer known as a guest at {where}."

    typer.echo(change(act))
