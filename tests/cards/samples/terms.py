"""Samples of a contract's forms for a manager, and of the card that tells both sides of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from cards.clicks.customers import CancelContract, CheckCancellation, KeepAddendum, KeepContract, KeepRenewal
from cards.components import Card
from cards.contract_forms import (
    addendum_form,
    cancellation_check,
    cancellation_form,
    contract_form,
    renewal_form,
)
from cards.terms import TermSheet, term_card
from contract.contracts import Contract, cancel
from contract.people import Language
from contract.periods import Cancellation, Side, contract_course
from tests.cards.samples import sample
from tests.cards.samples.customers import CONTRACT, CUSTOMER, FORM
from tests.cards.samples.people import NOW

SIGNED = Contract(
    id=2,
    customer_id=12,
    number="2027-007",
    signed_at=datetime(2026, 11, 18, 11, tzinfo=UTC),
    signatory="A. de Vries",
    starts_on=date(2027, 1, 1),
    ends_on=date(2027, 12, 31),
)
CANCELLED = cancel(CONTRACT, Cancellation(received_at=NOW))
NEVER = cancel(SIGNED, Cancellation(received_at=NOW))
DAYS: dict[str, Any] = {
    "signed_on": date(2026, 11, 23),
    "starts_on": date(2026, 12, 1),
    "ends_on": date(2026, 12, 31),
}
RENEWAL = KeepRenewal(form_id=FORM, customer=12, number="2027-007", signed_on=date(2026, 11, 23))
CHECK = CheckCancellation(
    form_id=FORM, customer=12, contract=1, received_on=date(2026, 11, 23), requested_end=date(2026, 12, 31)
)
ASKED = CancelContract(form_id=FORM, customer=12, contract=1, received_on=date(2026, 11, 23), by=Side.CUSTOMER)
LATE = datetime(2027, 1, 12, 9, tzinfo=UTC)
FORMS: dict[str, Callable[[Language, str], Card]] = {
    "contract": lambda language, notice: contract_form(
        CUSTOMER,
        KeepContract(form_id=FORM, customer=12, number="2027-001", signatory="A. de Vries", **DAYS),
        language,
        notice=notice,
    ),
    "addendum": lambda language, notice: addendum_form(
        CUSTOMER,
        KeepAddendum(form_id=FORM, customer=12, item_1="Reiskosten per bezoek", price_1="45,00", **DAYS),
        language,
        notice=notice,
    ),
    "renewal": lambda language, notice: renewal_form(
        CUSTOMER, RENEWAL, CONTRACT, contract_course(NOW, (), CONTRACT.ends_on), language, notice=notice
    ),
    "renewal with a gap": lambda language, notice: renewal_form(
        CUSTOMER, RENEWAL, CONTRACT, contract_course(LATE, (), CONTRACT.ends_on), language, notice=notice
    ),
    "cancellation": lambda language, notice: cancellation_form(CUSTOMER, CONTRACT, CHECK, language, notice=notice),
}
CHECKS = {
    "ends": (CANCELLED, ()),
    "ends, invoiced beyond it": (CANCELLED, ("2027-0012", "2027-0048")),
    "never starts": (NEVER, ()),
}
TERM = TermSheet(
    contract=SIGNED,
    before=CONTRACT,
    customer_name=CUSTOMER.name,
    provider_name="Oxineo",
    is_staff=False,
    now=NOW,
)
TERMS = {
    "signed, follows without a gap": TERM,
    "signed, the first one": replace(TERM, before=None),
    "signed late, with a gap": replace(
        TERM, contract=replace(SIGNED, signed_at=LATE, starts_on=date(2027, 2, 1)), now=LATE
    ),
    "runs, no signature recorded": replace(TERM, contract=CONTRACT, before=None, is_staff=True),
    "cancelled by the customer": replace(TERM, contract=CANCELLED, before=None),
    "cancelled by the provider, over": replace(
        TERM,
        contract=cancel(CONTRACT, Cancellation(received_at=NOW, by=Side.PROVIDER)),
        before=None,
        is_staff=True,
        now=LATE,
    ),
    "never starts": replace(TERM, contract=NEVER),
}


def _form(name: str, make: Callable[[Language, str], Card]) -> None:
    notices = {Language.NL: "Dat kan niet.", Language.EN: "That is not possible."}
    sample(f"contract form: {name}")(lambda language: make(language, ""))
    sample(f"contract form: {name}, refused")(lambda language: make(language, notices[language]))


def _check(name: str, after: Contract, invoiced: tuple[str, ...]) -> None:
    sample(f"cancellation: {name}")(lambda language: cancellation_check(CUSTOMER, after, ASKED, invoiced, language))


def _term(name: str, sheet: TermSheet) -> None:
    sample(f"contract told: {name}")(lambda language: term_card(sheet, language))


for _name, _make in FORMS.items():
    _form(_name, _make)
for _name, (_after, _invoiced) in CHECKS.items():
    _check(_name, _after, _invoiced)
for _name, _sheet in TERMS.items():
    _term(_name, _sheet)
