"""What a customer's invoices need to know: on the customer's card, and the manager's form (R1, D21).

The card says first whether invoices can go out, then what is still missing, then to whom they go. A VAT id of another
EU state counts only once somebody looked it up; until then the card says what is charged and where to look.
"""

from __future__ import annotations

from cards.clicks.billing import KeepBilling, StartBilling
from cards.clicks.people import ShowCustomer
from cards.components import (
    ActionStyle,
    Card,
    Colors,
    ContainerStyle,
    Element,
    FontSize,
    Spacing,
    action_row,
    card,
    choice_input,
    date_input,
    execute,
    heading,
    panel,
    section,
    text,
    text_input,
    wrote,
)
from cards.countries import NEAR, country_name
from cards.formats import calendar_date
from cards.language import Texts, message, texts_for
from contract.parties import EU, HOME, BillingDetails, is_reverse_charge
from contract.people import Customer, Language

VIES = "https://ec.europa.eu/taxation_customs/vies/"
"""Where anybody looks a VAT id up by hand."""

FIELDS = {
    "legal_name": message("legal name"),
    "street": message("street and number"),
    "postal_code": message("postal code"),
    "city": message("city"),
}
"""What an invoice can not do without, as people call it."""


def missing_text(details: BillingDetails, t: Texts) -> str:
    """The fields that an invoice still needs, in one line; empty where it has all of them."""
    return ", ".join(t(FIELDS[name]) for name in details.missing)


def billing_section(
    t: Texts, customer: Customer, details: BillingDetails, language: Language, *, is_manager: bool, sends_mail: bool
) -> Element:
    """The part of the customer's card about invoices."""
    missing = missing_text(details, t)
    mark = t("✗ Missing for an invoice: {fields}", fields=missing) if missing else t("✓ Complete for an invoice")
    color = Colors.ATTENTION if missing else Colors.GOOD
    edit = execute(t("Billing details"), StartBilling(customer=customer.id))
    return section(
        heading(t("Invoices to"), size=FontSize.MEDIUM),
        text(mark, bold=True, color=color, spacing=Spacing.SMALL),
        *(wrote(line, spacing=Spacing.SMALL) for line in _lines(t, details, language)),
        text(_charged(t, details, language), spacing=Spacing.SMALL),
        text(
            t("Nothing is mailed: no mail server and no mailbox is set up. Contacts get their invoices here."),
            color=Colors.ATTENTION,
            spacing=Spacing.SMALL,
        )
        if details.email and not sends_mail
        else None,
        action_row(edit) if is_manager else None,
    )


def _lines(t: Texts, details: BillingDetails, language: Language) -> list[str]:
    address = details.address
    town = " ".join(part for part in (address.postal_code, address.city) if part)
    country = country_name(address.country, language) if address.country != HOME and town else ""
    parts = {
        "": ", ".join(part for part in (details.legal_name, address.street, town, country) if part),
        t("Trade register (KvK)"): details.registration,
        t("VAT id"): details.vat_id,
        t("E-mail"): details.email,
        t("Reference or order number"): details.reference,
    }
    return [f"{name}: {value}" if name else value for name, value in parts.items() if value]


def _charged(t: Texts, details: BillingDetails, language: Language) -> str:
    if is_reverse_charge(details.buyer) and details.vat_checked_on is not None:
        day = calendar_date(details.vat_checked_on, language)
        return t("VAT reverse-charged, 0 %: the VAT id was looked up on {day}.", day=day)
    if details.awaits_check:
        return t(
            "21 % VAT is charged until somebody looks the VAT id up at {address} and fills in the day.", address=VIES
        )
    return t("21 % VAT is charged.")


def billing_form(customer: Customer, filled: KeepBilling, language: Language, *, notice: str = "") -> Card:
    """Everything that invoices need to know, with what was typed."""
    t = texts_for(language)
    title = t("Billing details of {customer}", customer=customer.name)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        text_input(
            "legal_name",
            t("Legal name"),
            value=filled.legal_name,
            max_length=200,
            required=True,
            error=t("Give the name as the trade register has it."),
        ),
        text_input("street", t("Street and number"), value=filled.street, max_length=200),
        text_input("postal_code", t("Postal code"), value=filled.postal_code, max_length=20),
        text_input("city", t("City"), value=filled.city, max_length=100),
        choice_input("country", t("Country"), _countries(filled.country, language), value=filled.country),
        text_input("registration", t("Trade register (KvK)"), value=filled.registration, max_length=40),
        text_input("vat_id", t("VAT id"), value=filled.vat_id, max_length=40),
        date_input(
            "vat_checked_on",
            t("VAT id looked up in VIES on (other EU states only)"),
            value=filled.vat_checked_on,
        ),
        text_input("email", t("E-mail address for invoices (optional)"), value=filled.email, max_length=320),
        text_input(
            "reference", t("Reference or order number on invoices (optional)"), value=filled.reference, max_length=100
        ),
        choice_input(
            "invoice_language",
            t("Language of the invoices"),
            {Language.NL.value: t("Dutch"), Language.EN.value: t("English")},
            value=filled.invoice_language.value,
        ),
        action_row(
            execute(
                t("Keep billing details"),
                KeepBilling(form_id=filled.form_id, customer=customer.id),
                style=ActionStyle.POSITIVE,
            ),
            execute(t("Back"), ShowCustomer(customer=customer.id)),
        ),
        fallback_text=t("Customer {number}: {title}", number=customer.id, title=title),
        language=language,
        subject=f"customer:{customer.id}",
        is_form=True,
    )


def _countries(chosen: str, language: Language) -> dict[str, str]:
    """The Netherlands, then the EU and its neighbours by name; any other is chosen on the command line."""
    others = (EU | NEAR | {chosen}) - {HOME}
    named = sorted((country_name(code, language), code) for code in others)
    return {HOME: country_name(HOME, language), **{code: name for name, code in named}}
