"""`fourstar consent`: asking customers for consents, having them looked at and ended, without chat (R25)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_facts, print_rows
from bot.consent_ends import confirm_end
from bot.consent_list import load_concerned
from bot.consent_looks import check_now
from bot.consent_requests import NoGroup, ask, request_sheet
from bot.policies import policy_of
from bot.settings import Settings
from contract.consents import Mechanism
from contract.local_time import local
from contract.people import Language
from storage.consent_requests import load_requests
from storage.grants import load_grants

app = typer.Typer(help="Ask customers for consents, and have them looked at or ended.", no_args_is_help=True)


@app.command("ask")
def ask_customer(
    customer: CustomerWord,
    *,
    for_app: Annotated[bool, typer.Option("--app", help="The app's permissions in the customer's tenant.")] = False,
    delegated: Annotated[bool, typer.Option("--delegated", help="A relationship for the engineers (GDAP).")] = False,
    language: Annotated[Language, typer.Option(help="Language of the page.")] = Language.NL,
    as_json: AsJson = False,
) -> None:
    """Ask for one of the two; the contacts get a card, the administrator, where one is named, a mail.

    Prints the link for the administrator: of the app at once, of a relationship once Microsoft made it (fourstar
    consent requests).
    """

    def act(session: Session, given: Settings, now: datetime) -> dict[str, Any]:
        if for_app is delegated:
            raise NotDone("Name one of --app and --delegated.")
        policy = policy_of(given)
        found = customer_named(session, customer)
        mechanism = Mechanism.APP if for_app else Mechanism.GDAP
        try:
            request = ask(session, policy, found.id, mechanism, now, by=None)
        except NoGroup:
            raise NotDone("Set FOURSTAR_GDAP_GROUP first: the security group of engineers that gets access.") from None
        sheet = request_sheet(session, request, now, policy, language)
        return {
            "customer": found.name,
            "request": request.id,
            "asks": [one.name for one in sheet.permissions],
            "administrator": request.administrator,
            "works_until": local(request.expires_at).strftime("%Y-%m-%d %H:%M"),
            "link": sheet.url,
        }

    print_facts(change(act), as_json=as_json)


@app.command("requests")
def requests(customer: CustomerWord, as_json: AsJson = False) -> None:
    """What a customer was asked, latest first, and what came of it; with the link where it still works."""

    def act(session: Session, given: Settings, now: datetime) -> list[dict[str, Any]]:
        policy, found = policy_of(given), customer_named(session, customer)
        return [
            {
                "request": one.id,
                "mechanism": one.mechanism.value,
                "asked": local(one.asked_at).strftime("%Y-%m-%d %H:%M"),
                "state": one.state(now).value,
                "declined": one.declined_why,
                "administrator": one.administrator,
                "link": request_sheet(session, one, now, policy, Language.NL).url
                if one.state(now).value == "open"
                else None,
            }
            for one in load_requests(session, found.id)
        ]

    print_rows(look(act), as_json=as_json, nothing="Nothing was asked. Ask: fourstar consent ask CUSTOMER --app")


@app.command("check")
def check(customer: CustomerWord) -> None:
    """Have everything a customer consented to looked at now, by the running bot. See: fourstar access show."""

    def act(session: Session, given: Settings, now: datetime) -> str:
        found = customer_named(session, customer)
        count = check_now(session, policy_of(given), found.id, now)
        if not count:
            raise NotDone(f"{found.name}: there is nothing that Microsoft could be asked about.")
        return f"{found.name}: {count} being looked at. See: fourstar access show {found.id}"

    typer.echo(change(act))


@app.command("end")
def end(
    customer: CustomerWord,
    source: Annotated[int, typer.Argument(metavar="SOURCE", help="Its number: fourstar access show CUSTOMER.")],
) -> None:
    """Have the running bot end a consent where Microsoft lets it; else both sides get the exact steps."""

    def act(session: Session, given: Settings, now: datetime) -> str:
        policy, found = policy_of(given), customer_named(session, customer)
        if source not in {one.id for one in load_grants(session, found.id)}:
            raise NotDone(f"{found.name} has no source {source}. See: fourstar access show {found.id}")
        who = policy.provider.name
        if not confirm_end(session, policy, source, now, who=who, by=None, without_chat="command line"):
            raise NotDone("There is nothing to end. A recorded consent: fourstar customer consent CUSTOMER --withdraw")
        return f"{found.name}: source {source} is being ended. See: fourstar access show {found.id}"

    typer.echo(change(act))


@app.command("list")
def list_concerned(as_json: AsJson = False) -> None:
    """Which customers' consents are withdrawn, missing, not seen or ending soon, the worst first."""

    def act(session: Session, given: Settings, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "customer": one.customer.id,
                "name": one.customer.name,
                "consent": one.concern.kind.name.lower(),
                "at": local(one.concern.at).strftime("%Y-%m-%d %H:%M") if one.concern.at else None,
            }
            for one in load_concerned(session, policy_of(given), now)
        ]

    nothing = "Every customer with a contract has a consent that is in force and does not end soon."
    print_rows(look(act), as_json=as_json, nothing=nothing)
