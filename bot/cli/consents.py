"""`fourstar customer consent`: that the customer consented to remote access, without chat (R25)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from bot import terms
from bot.access import covering
from bot.cli.days import day_of
from bot.cli.opened import CustomerWord, change, customer_named
from bot.policies import policy_of
from bot.settings import Settings
from bot.terms import NotKept, Reason
from contract.local_time import local

_STILL = "no recorded consent holds any more, but what was consented in the customer's tenant does"


def consent(
    customer: CustomerWord,
    document: Annotated[str, typer.Option(help="Who consented, by which document, and where it is kept.")] = "",
    starts: Annotated[
        datetime | None, typer.Option("--from", parser=day_of, metavar="DAY", help="First day; today.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(parser=day_of, metavar="DAY", help="Last day; until withdrawn.")
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="The customer withdrew it: nothing holds any more.")
    ] = False,
) -> None:
    """Record that the customer consented to remote access, or withdrew it."""

    def act(session: Session, given: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        policy = policy_of(given)
        if withdraw:
            ended = terms.withdraw_consent(session, found.id, now, policy=policy)
            if covering(session, found.id, now, policy) is not None:
                return f"{found.name}: {_STILL}. Next: fourstar access show {found.id}"
            return f"{found.name}: remote access is withdrawn." if ended else f"{found.name}: there was no consent."
        if not document.strip():
            raise NotKept(Reason.MISSING)
        first = starts.date() if starts else local(now).date()
        last = until.date() if until else None
        terms.keep_consent(
            session,
            found.id,
            now,
            document=document.strip()[:300],
            recorded_by=None,
            first=first,
            last=last,
            policy=policy,
        )
        return f"{found.name}: consent from {first}. Next: fourstar contact add {found.id} --help"

    typer.echo(change(act))
