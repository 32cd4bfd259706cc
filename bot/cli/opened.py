"""What every command shares: settings, the database beside a running bot, answers and failures.

A command runs one function of a session, as a click does. On SQLite the running bot owns the file; a command opens it
beside the bot, which is safe: SQLite lets one transaction after the other write, and the bot finds what a command
enqueues within a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from sqlalchemy.orm import Session

from bot.clock import SystemClock
from bot.settings import InvalidSettings, Settings, load_settings
from bot.terms import NotKept
from cards.refusals import refusal_text
from contract.errors import Refusal
from contract.people import Customer, Language, Person
from storage.contacts import find_customer
from storage.database import Database, open_database
from storage.errors import DatabaseAway, DatabaseInUse, NotFound, NotUpgraded, StorageError
from storage.migrations import is_current
from storage.people_search import find_people

T = TypeVar("T")

NOT_DONE, WRONG = 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]
CustomerWord = Annotated[str, typer.Argument(metavar="CUSTOMER", help="Name, number or tenant id of the customer.")]


class NotDone(Exception):
    """The command can't be done; the text says why and what to do."""


def settings() -> Settings:
    """The settings, or the end of the command with every wrong variable by name."""
    try:
        return load_settings()
    except InvalidSettings as error:
        fail(f"{error}\nSet these in the environment; README lists every setting.", WRONG)


def fail(text: str, code: int = NOT_DONE) -> NoReturn:
    """Say why on standard error, and end."""
    typer.echo(text, err=True)
    raise typer.Exit(code)


def change(fn: Callable[[Session, Settings, datetime], T]) -> T:
    """Run `fn(session, settings, now)` in one transaction and keep what it did."""
    return with_database(lambda database, given, now: database.write(lambda session: fn(session, given, now)))


def look(fn: Callable[[Session, Settings, datetime], T]) -> T:
    """Run `fn(session, settings, now)` on a snapshot."""
    return with_database(lambda database, given, now: database.read(lambda session: fn(session, given, now)))


def with_database(fn: Callable[[Database, Settings, datetime], Awaitable[T]]) -> T:
    """Run `fn(database, settings, now)`: for what takes more than one transaction."""
    given, now = settings(), SystemClock().now()

    async def run() -> T:
        database = open_database(given.database_url, owner=False)
        try:
            if not await database.read(lambda session: is_current(session.connection())):
                raise NotUpgraded
            return await fn(database, given, now)
        finally:
            await database.close()

    check_file(given.database_url)
    return guarded(lambda: asyncio.run(run()), now)


def check_file(url: str) -> None:
    """End the command where the SQLite file is not there: looking at it would make an empty one."""
    scheme, _, path = url.partition(":///")
    if scheme == "sqlite" and not Path(path).is_file():
        fail(f"There is no database at {path}. Make it: fourstar db upgrade (or start the bot: fourstar serve).")


def guarded(fn: Callable[[], T], now: datetime, *own: type[Exception]) -> T:
    """Run `fn`; what can go wrong ends the command with what to do. `own` are raised: the caller says more of them."""
    if not logging.getLogger().handlers:
        # Python would print warnings of the log, such as long transactions, between the lines of a command.
        logging.getLogger().addHandler(logging.NullHandler())
    try:
        return fn()
    except own:
        raise
    except Refusal as error:
        fail(refusal_text(error, Language.EN, now).replace("\xa0", " "))
    except NotKept as error:
        fail(NOT_KEPT[error.reason.name])
    except NotDone as error:
        fail(str(error))
    except NotFound as error:
        fail(f"There is no {error.what} {error.key}.")
    except NotUpgraded:
        fail("The database is not of this version. Bring it up to date: fourstar db upgrade.")
    except DatabaseInUse as error:
        fail(f"{error.path} is in use: the bot is running. Stop it first.")
    except DatabaseAway:
        fail("The database does not answer. Is the server running, and is FOURSTAR_DATABASE_URL right?")
    except StorageError as error:
        fail(f"{type(error).__name__}: {error}")


NOT_KEPT = {
    "MISSING": "Something that is needed was not given; see --help.",
    "NUMBER_TAKEN": "There is another contract with this number.",
    "NO_TERM": "The addendum has to lie within one contract of this customer.",
    "ENDS_FIRST": "The last day lies before the first.",
    "YEAR_BEGAN": "The prices of that year hold already (R29). To put a typing mistake right: --correct.",
    "INVOICED": "By the prices of that year was invoiced already: they can't be changed (R29, D10).",
    "AGREED": "The customer signed the contract of that year by the prices shown: they can't be changed (R29).",
    "FUTURE": "That day lies in the future.",
    "NO_CONTRACT": "There is no such contract. See: fourstar contract list.",
    "WHICH_CONTRACT": "There are several contracts: name the one that is meant with --number.",
    "RENEWED": "That contract has been renewed already. See: fourstar contract list.",
    "AMOUNT": "An amount is not readable. Write it as 85 or 87.50.",
}


def customer_named(session: Session, word: str) -> Customer:
    """The customer that a person means. Raises NotDone."""
    found = find_customer(session, word)
    if found is None:
        raise NotDone(f"There is no customer {word}. See: fourstar customer list.")
    return found


def person_named(session: Session, tenant_id: str, word: str) -> Person:
    """Somebody of a tenant by object id, e-mail or name. Raises NotDone where that is nobody, or several."""
    found = find_people(session, tenant_id, word)
    if not found:
        raise NotDone(f"Nobody is known as {word}. Give the object id from the Entra admin center.")
    if len(found) > 1:
        raise NotDone(f"{len(found)} people are called {word}. Give the object id: {', '.join(_ids(found))}.")
    return found[0]


def _ids(people: Sequence[Person]) -> list[str]:
    return [person.object_id for person in people]


def print_rows(rows: Sequence[Mapping[str, Any]], *, as_json: bool, nothing: str) -> None:
    """Print rows as JSON, or as a table with the keys as headings."""
    if as_json:
        typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        typer.echo(nothing)
        return
    names = list(rows[0])
    cells = [
        [name.replace("_", " ").upper() for name in names],
        *([_cell(row[name]) for name in names] for row in rows),
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names))]
    for row in cells:
        sys.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")


def print_facts(found: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing: as JSON, or a line for each of its fields."""
    if as_json:
        print_rows([found], as_json=True, nothing="")
        return
    print_rows(
        [{"what": name.replace("_", " "), "value": value} for name, value in found.items()], as_json=False, nothing=""
    )


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
