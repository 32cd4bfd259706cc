"""`fourstar engineer`: the provider's own people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot import appointments
from bot.cli.contacts import Email, Name, ObjectId, Speaks, known_person
from bot.cli.opened import AsJson, NotDone, change, look, person_named, print_rows
from bot.settings import Settings
from contract.people import Role
from contract.staff_groups import StaffSource
from storage.people import load_standings, manager_ids
from storage.staff import load_sources, load_staff

app = typer.Typer(help="Engineers and managers: add, list, remove.", no_args_is_help=True)

Tenant = Annotated[str, typer.Option(help="Tenant id, for somebody who is not in FOURSTAR_APP_TENANT_ID.")]


@app.command("add")
def add(
    *,
    object_id: ObjectId,
    name: Name = "",
    email: Email = "",
    manager: Annotated[bool, typer.Option("--manager", help="May also manage customers and contacts.")] = False,
    language: Speaks = None,
    tenant: Tenant = "",
) -> None:
    """Add an engineer, or change the role of one. They are welcomed when the app arrives."""

    def act(session: Session, settings: Settings, now: datetime) -> str:
        person_id = known_person(
            session,
            settings,
            now,
            tenant_id=tenant or settings.app_tenant_id,
            object_id=object_id,
            name=name,
            email=email,
            language=language,
        )
        if not manager:
            _keep_a_manager(session, person_id)
        appointments.put_on_staff(session, person_id, Role.MANAGER if manager else Role.ENGINEER, now)
        hint = "" if manager_ids(session) else " Nobody is manager yet: fourstar engineer add --manager …"
        return f"{name or email or object_id} is {'manager' if manager else 'engineer'}.{hint}"

    typer.echo(change(act))


def _keep_a_manager(session: Session, person_id: int) -> None:
    """Raises NotDone where nobody could appoint contacts any more."""
    if manager_ids(session) == [person_id]:
        raise NotDone("That is the only manager. Make somebody else manager first: fourstar engineer add --manager …")


@app.command("remove")
def remove(
    who: Annotated[str, typer.Argument(metavar="WHO", help="Object id, e-mail or name.")], tenant: Tenant = ""
) -> None:
    """Take somebody from the staff. Their cards stop working at once; a colleague takes over their tickets in chat."""

    def act(session: Session, settings: Settings, now: datetime) -> str:
        person = person_named(session, tenant or settings.app_tenant_id, who)
        if not load_standings(session, [person.id])[person.id].role.is_staff:
            raise NotDone(f"{person.name} is not on the staff. See: fourstar engineer list.")
        _keep_a_manager(session, person.id)
        of_group = load_sources(session).get(person.id) is StaffSource.GROUP
        appointments.take_from_staff(session, person.id, now)
        hint = " Take them out of the group as well, or the next look at it brings them back." if of_group else ""
        return f"{person.name} is no longer on the staff.{hint}"

    typer.echo(change(act))


@app.command("list")
def show_list(as_json: AsJson = False) -> None:
    """Engineers and managers, by the list or a group, and whether the app arrived."""

    def read(session: Session, _settings: Settings, _now: datetime) -> list[dict[str, object]]:
        people, sources = load_staff(session), load_sources(session)
        standings = load_standings(session, [person.id for person in people])
        return [
            {
                "name": person.name,
                "role": standings[person.id].role.value,
                "source": sources[person.id].value,
                "email": person.email,
                "language": person.language.value,
                "app_arrived": standings[person.id].chat is not None,
                "last_heard": standings[person.id].heard_at,
                "object_id": person.object_id,
            }
            for person in people
        ]

    print_rows(look(read), as_json=as_json, nothing="Nobody is on the staff yet: fourstar engineer add --help")
