"""`fourstar customer billing`: what a customer's invoices need to know, without chat (R1, D21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.billing import BillingMistakes, keep_billing
from bot.cli.days import day_of
from bot.cli.opened import AsJson, CustomerWord, NotDone, change, customer_named, look, print_rows
from bot.customer_billing import mistakes_text
from bot.settings import Settings
from cards.billing import VIES, missing_text
from cards.language import texts_for
from contract.parties import BillingDetails, is_reverse_charge
from contract.people import Language
from storage.billing_details import load_billing_details

Text = Annotated[str | None, typer.Option(show_default=False)]


def billing(
    customer: CustomerWord,
    *,
    legal_name: Text = None,
    street: Text = None,
    postal_code: Text = None,
    city: Text = None,
    country: Annotated[str | None, typer.Option(help="Two letters (ISO 3166), such as NL or BE.")] = None,
    registration: Annotated[str | None, typer.Option(help="Number in the trade register (KvK).")] = None,
    vat_id: Annotated[str | None, typer.Option(help="VAT id; of another EU state look it up first.")] = None,
    vat_checked: Annotated[
        datetime | None, typer.Option(parser=day_of, metavar="DAY", help=f"Day on which it was looked up at {VIES}")
    ] = None,
    email: Annotated[str | None, typer.Option(help="Where invoices go besides the chat.")] = None,
    reference: Annotated[str | None, typer.Option(help="The customer's reference or order number.")] = None,
    language: Annotated[Language | None, typer.Option(help="Language of the invoices.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the invoices of a customer say, and change what is given; "" empties. Says what is still missing."""
    parts = {"street": street, "postal_code": postal_code, "city": city, "country": country}
    others = {
        "legal_name": legal_name,
        "registration": registration,
        "vat_id": vat_id,
        "email": email,
        "reference": reference,
        "language": language,
        "vat_checked_on": vat_checked.date() if vat_checked else None,
    }

    is_change = any(value is not None for value in (*parts.values(), *others.values()))

    def act(session: Session, settings: Settings, now: datetime) -> tuple[str, BillingDetails, bool]:
        found = customer_named(session, customer)
        before = load_billing_details(session, found.id)
        if not is_change:
            return found.name, before, settings.sends_mail
        details = replace(before, **_given(others), address=replace(before.address, **_given(parts)))
        if vat_id == "" and vat_checked is None:
            details = replace(details, vat_checked_on=None)
        try:
            kept = keep_billing(session, found.id, details, now, is_check_given=vat_checked is not None)
        except BillingMistakes as error:
            raise NotDone(mistakes_text(error, texts_for(Language.EN))) from None
        return found.name, kept, settings.sends_mail

    name, kept, is_mailed = change(act) if is_change else look(act)
    row = {"customer": name, **_row(kept)}
    if as_json:
        print_rows([row], as_json=True, nothing="")
        return
    print_rows(
        [{"what": what.replace("_", " "), "value": value} for what, value in row.items()], as_json=False, nothing=""
    )
    missing = missing_text(kept, texts_for(Language.EN))
    typer.echo(f"Missing for an invoice: {missing}." if missing else "Complete for an invoice.")
    if kept.email and not is_mailed:
        typer.echo("Nothing is mailed: neither FOURSTAR_SMTP_URL nor FOURSTAR_MAIL_MAILBOX is set.")
    if kept.awaits_check:
        typer.echo(f"21 % VAT is charged until somebody looks the VAT id up at {VIES}: --vat-checked DAY (D21).")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if type(value) is str else value for name, value in values.items() if value is not None}


def _row(details: BillingDetails) -> dict[str, Any]:
    address = details.address
    return {
        "legal_name": details.legal_name,
        "street": address.street,
        "postal_code": address.postal_code,
        "city": address.city,
        "country": address.country,
        "registration": details.registration or None,
        "vat_id": details.vat_id or None,
        "vat_checked_on": details.vat_checked_on,
        "vat": "reverse charge, 0 %" if is_reverse_charge(details.buyer) else "21 %",
        "email": details.email or None,
        "reference": details.reference or None,
        "language": details.language.value,
        "missing": list(details.missing),
    }
