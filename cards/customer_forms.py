"""The manager's forms about a customer: prices of a year, access (R25, R29); of contracts in `cards/contract_forms.py`.

A form that could not be kept comes back with everything that was typed and the reason on top. Amounts are typed as
people write them ("85", "87,50") and read to whole cents.
"""

from __future__ import annotations

import re
from datetime import date

from cards.clicks.base import Form
from cards.clicks.customers import KeepConsent, KeepPrices, WithdrawConsent
from cards.clicks.people import ShowCustomer
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    date_input,
    execute,
    heading,
    panel,
    text,
    text_input,
)
from cards.language import Texts, texts_for
from contract.holidays import LiberationDay
from contract.people import Customer, Language

_AMOUNT = re.compile(r"(\d{1,6})(?:[.,](\d{1,2}))?")


def read_amount(written: str) -> int | None:
    """Cents of an amount in euros as a person writes it: "85", "87,50", "€ 87.5"; None for anything else."""
    found = _AMOUNT.fullmatch(written.replace("€", "").strip().removesuffix(",-"))
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else None


def write_amount(cents: int, language: Language) -> str:
    """An amount as it stands in a field: "87,50" or "87.50"."""
    mark = "," if language is Language.NL else "."
    return f"{cents // 100}{mark}{cents % 100:02}"


def form_card(
    customer: Customer,
    title: str,
    *fields: Element | None,
    send: str,
    form: Form,
    language: Language,
    notice: str,
    style: ActionStyle = ActionStyle.POSITIVE,
) -> Card:
    """A form about a customer: what was wrong on top, its fields, send and back."""
    t = texts_for(language)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        *fields,
        action_row(
            execute(send, form, style=style),
            execute(t("Back"), ShowCustomer(customer=customer.id)),
        ),
        fallback_text=t("Customer {number}: {title}", number=customer.id, title=title),
        language=language,
        subject=f"customer:{customer.id}",
        is_form=True,
    )


def prices_form(customer: Customer, filled: KeepPrices, language: Language, *, notice: str = "") -> Card:
    """The price list of a year; it holds for the whole year."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Prices of {year} for {customer}", year=filled.year, customer=customer.name),
        text(t("In euros, excl. VAT. A list holds for its whole year and can't be changed during it."), subtle=True),
        _amount("fee", t("Fee a month"), filled.fee, t),
        _amount("office", t("An hour in office hours (working days 9–17)"), filled.office, t),
        _amount("after_hours", t("An hour in the evening or at night"), filled.after_hours, t),
        _amount("weekend_holiday", t("An hour in the weekend or on a holiday"), filled.weekend_holiday, t),
        choice_input(
            "extra_holidays",
            t("Holidays besides the usual ones"),
            {"good_friday": t("Good Friday"), "dec_24": t("24 December"), "dec_31": t("31 December")},
            value=filled.extra_holidays,
            several=True,
        ),
        choice_input(
            "liberation_day",
            t("5 May is a holiday"),
            {
                LiberationDay.LUSTRUM.value: t("in years divisible by five"),
                LiberationDay.YEARLY.value: t("every year"),
                LiberationDay.NEVER.value: t("never"),
            },
            value=filled.liberation_day.value,
        ),
        send=t("Keep prices"),
        form=KeepPrices(form_id=filled.form_id, customer=customer.id, year=filled.year),
        language=language,
        notice=notice,
    )


def consent_form(customer: Customer, filled: KeepConsent, language: Language, *, notice: str = "") -> Card:
    """Who consented to remote access, by which document, and for how long."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Remote access to {customer}", customer=customer.name),
        text_input(
            "given_by",
            t("Who gave the consent"),
            value=filled.given_by,
            max_length=90,
            required=True,
            error=t("Name who gave it."),
        ),
        text_input(
            "document",
            t("By which document, and where it is kept"),
            value=filled.document,
            max_length=200,
            required=True,
            error=t("Name the document."),
        ),
        day_input("valid_from", t("From"), filled.valid_from, t),
        date_input("valid_until", t("Through (leave empty: until withdrawn)"), value=filled.valid_until),
        send=t("Record consent"),
        form=KeepConsent(form_id=filled.form_id, customer=customer.id),
        language=language,
        notice=notice,
    )


def consent_withdrawal_form(customer: Customer, form_id: str, language: Language) -> Card:
    """The question before access is withdrawn."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Withdraw remote access to {customer}?", customer=customer.name),
        text(t("From now on no remote work can be logged, until a new consent is recorded.")),
        send=t("Withdraw consent"),
        form=WithdrawConsent(form_id=form_id, customer=customer.id),
        language=language,
        notice="",
        style=ActionStyle.DESTRUCTIVE,
    )


def day_input(field: str, label: str, value: date | None, t: Texts) -> Element:
    """A day that has to be given."""
    return date_input(field, label, value=value, required=True, error=t("Choose a day."))


def _amount(field: str, label: str, value: str, t: Texts) -> Element:
    return text_input(field, label, value=value, max_length=20, required=True, error=t("Give an amount."))
