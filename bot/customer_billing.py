"""The manager's form for a customer's billing details (R1, D21); the act itself is in `bot/billing.py`."""

from __future__ import annotations

from bot import announcements, billing
from bot.announcements import customer_subject
from bot.billing import BillingMistakes, Mistake
from bot.customers import customer_answer
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.billing import billing_form, missing_text
from cards.clicks.billing import KeepBilling, StartBilling
from cards.language import Texts, message
from contract.parties import HOME, Address, BillingDetails
from storage.billing_details import load_billing_details
from storage.contacts import load_customer

_TEXTS = {
    Mistake.NO_NAME: message("Give the name as the trade register has it."),
    Mistake.NO_COUNTRY: message("There is no such country. Give its two letters, such as NL or BE."),
    Mistake.POSTAL_CODE: message("That is no Dutch postal code. Write it as 3231 BJ."),
    Mistake.REGISTRATION: message("A number in the Dutch trade register (KvK) has eight digits."),
    Mistake.VAT_ID: message("That is no VAT id of this country. A Dutch one looks like NL004495445B01."),
    Mistake.CHECKED_NOTHING: message("There is a day of the check, but no VAT id."),
    Mistake.CHECKED_LATER: message("The day of the check lies in the future."),
    Mistake.EMAIL: message("That is no e-mail address. Give one address and nothing else."),
}


def mistakes_text(error: BillingMistakes, t: Texts) -> str:
    """Everything that is wrong, in the reader's language."""
    return " ".join(t(_TEXTS[mistake]) for mistake in error.mistakes)


def start_billing(turn: Turn, click: StartBilling) -> Answer:
    """Show the form with what is known."""
    customer = load_customer(turn.session, click.customer)
    known = load_billing_details(turn.session, customer.id)
    filled = KeepBilling(
        form_id=new_form_id(),
        customer=customer.id,
        legal_name=known.legal_name,
        street=known.address.street,
        postal_code=known.address.postal_code,
        city=known.address.city,
        country=known.address.country,
        registration=known.registration,
        vat_id=known.vat_id,
        vat_checked_on=known.vat_checked_on,
        email=known.email,
        reference=known.reference,
        invoice_language=known.language,
    )
    return billing_form(customer, filled, turn.language)


def keep_billing(turn: Turn, click: KeepBilling) -> Answer:
    """Keep the details; where something is wrong the form comes back as it was typed, with all of it on top."""
    customer = load_customer(turn.session, click.customer, lock=True)
    details = BillingDetails(
        legal_name=click.legal_name,
        address=Address(
            street=click.street, postal_code=click.postal_code, city=click.city, country=click.country or HOME
        ),
        registration=click.registration,
        vat_id=click.vat_id,
        vat_checked_on=click.vat_checked_on,
        email=click.email,
        reference=click.reference,
        language=click.invoice_language,
    )
    t = turn.texts
    try:
        kept = billing.keep_billing(turn.session, customer.id, details, turn.now)
    except BillingMistakes as error:
        return billing_form(customer, click, turn.language, notice=mistakes_text(error, t))
    announcements.follow(turn.session, customer_subject(customer.id), turn.now)
    notice = t("The billing details are recorded.")
    if kept.missing:
        notice += " " + t("An invoice still needs: {fields}.", fields=missing_text(kept, t))
    return customer_answer(turn, customer.id, notice, is_warning=bool(kept.missing))
