"""The manager's forms about a contract: signed, renewed, cancelled, an addendum (R6-R8, R24, R26-R28, D16-D18, D25).

A cancellation is asked for twice: the second card says which day will be the last.
"""

from __future__ import annotations

from cards.clicks.customers import CancelContract, CheckCancellation, KeepAddendum, KeepContract, KeepRenewal
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    choice_input,
    columns,
    date_input,
    facts,
    panel,
    text,
    text_input,
)
from cards.contract_terms import months_text, term_text
from cards.customer_forms import day_input, form_card
from cards.formats import calendar_date
from cards.language import Texts, texts_for
from contract.contracts import Contract
from contract.people import Customer, Language
from contract.periods import Course, Side

ITEMS = 3
"""What an addendum form has room for."""


def contract_form(customer: Customer, filled: KeepContract, language: Language, *, notice: str = "") -> Card:
    """Number, signature and term of a contract."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Contract of {customer}", customer=customer.name),
        text(
            t("It starts on the 1st of a month after signing, and ends on the last day of a month of the same year."),
            subtle=True,
        ),
        _number(t, filled.number),
        _signatory(t, filled.signatory),
        day_input("signed_on", t("Last signature"), filled.signed_on, t),
        day_input("starts_on", t("First day"), filled.starts_on, t),
        day_input("ends_on", t("Last day"), filled.ends_on, t),
        send=t("Keep contract"),
        form=KeepContract(form_id=filled.form_id, customer=customer.id),
        language=language,
        notice=notice,
    )


def renewal_form(
    customer: Customer, filled: KeepRenewal, before: Contract, course: Course, language: Language, *, notice: str = ""
) -> Card:
    """The renewal of a contract that was signed on paper; `course` is what it becomes when it was signed today."""
    t = texts_for(language)
    gap = months_text(t, course.uncovered, language) if course.uncovered else ""
    return form_card(
        customer,
        t("Renewal of contract {number}", number=before.number),
        facts(
            (t("Runs"), term_text(t, before.starts_on, before.ends_on, language)),
            (
                t("Renewal, when signed today"),
                term_text(t, course.agreed.starts_on, course.agreed.ends_on, language),
            ),
            (t("Not covered"), gap) if gap else None,
        ),
        text(t("A signature of an earlier month can make it start earlier, never before the day after."), subtle=True),
        _number(t, filled.number),
        _signatory(t, filled.signatory),
        day_input("signed_on", t("Last signature"), filled.signed_on, t),
        send=t("Keep renewal"),
        form=KeepRenewal(form_id=filled.form_id, customer=customer.id),
        language=language,
        notice=notice,
    )


def _number(t: Texts, value: str) -> Element:
    return text_input(
        "number",
        t("Contract number"),
        value=value,
        max_length=40,
        required=True,
        error=t("Give the contract's number."),
    )


def _signatory(t: Texts, value: str) -> Element:
    return text_input(
        "signatory",
        t("Who signed for the customer"),
        value=value,
        max_length=200,
        required=True,
        error=t("Name who signed."),
    )


def cancellation_form(
    customer: Customer, contract: Contract, filled: CheckCancellation, language: Language, *, notice: str = ""
) -> Card:
    """When a cancellation came in, from whom, and per which day if it names one."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Cancel contract {number}", number=contract.number),
        text(
            t(
                "It ends on the last day of the month in which the cancellation came in; when we cancel, of the month "
                "after."
            ),
            subtle=True,
        ),
        day_input("received_on", t("Came in on"), filled.received_on, t),
        choice_input(
            "by",
            t("Cancelled by"),
            {Side.CUSTOMER.value: t("the customer"), Side.PROVIDER.value: t("us")},
            value=filled.by.value,
            expanded=True,
        ),
        date_input("requested_end", t("Per a later month's end (leave empty: the first)"), value=filled.requested_end),
        send=t("Continue"),
        form=CheckCancellation(form_id=filled.form_id, customer=customer.id, contract=contract.id),
        language=language,
        notice=notice,
    )


def cancellation_check(
    customer: Customer, after: Contract, asked: CancelContract, invoiced: tuple[str, ...], language: Language
) -> Card:
    """The question before a contract is cancelled: which day will be the last. `after`: as it would be then."""
    t = texts_for(language)
    last = calendar_date(after.ends_on, language)
    return form_card(
        customer,
        t("Cancel contract {number}?", number=after.number),
        panel(
            text(
                t("It never starts, and nothing is charged.")
                if after.never_starts
                else t("Its last day is {day}.", day=last),
                bold=True,
            ),
            style=ContainerStyle.WARNING,
        ),
        text(
            t("The contacts hear of it.")
            if after.never_starts
            else t(
                "Through that day everything stays as it is. Then open tickets close, and tickets can only be read. "
                "The contacts hear of it."
            )
        ),
        text(
            t("Invoiced for later months already: {numbers}. Make credit notes for these.", numbers=", ".join(invoiced))
        )
        if invoiced
        else None,
        text(t("This can't be undone: the first cancellation stands."), subtle=True),
        send=t("Cancel the contract"),
        form=asked,
        language=language,
        notice="",
        style=ActionStyle.DESTRUCTIVE,
    )


def addendum_form(customer: Customer, filled: KeepAddendum, language: Language, *, notice: str = "") -> Card:
    """An addendum that allows on-site work, with what it charges beside hours."""
    t = texts_for(language)
    return form_card(
        customer,
        t("On-site addendum of {customer}", customer=customer.name),
        text(
            t("Work at the customer's place is possible from the day it is signed, within the contract."), subtle=True
        ),
        day_input("signed_on", t("Signed on"), filled.signed_on, t),
        day_input("starts_on", t("First day"), filled.starts_on, t),
        day_input("ends_on", t("Last day"), filled.ends_on, t),
        text(t("Costs beside hours, such as travel or parking: euros for one, excl. VAT (may be empty)"), bold=True),
        *(_item(t, number, filled) for number in range(1, ITEMS + 1)),
        send=t("Keep addendum"),
        form=KeepAddendum(form_id=filled.form_id, customer=customer.id),
        language=language,
        notice=notice,
    )


def _item(t: Texts, number: int, filled: KeepAddendum) -> Element:
    item, price = f"item_{number}", f"price_{number}"
    return columns(
        [text_input(item, t("Item {n}", n=number), value=getattr(filled, item), max_length=100)],
        [text_input(price, t("Euros"), value=getattr(filled, price), max_length=20)],
        widths=(2, 1),
    )
