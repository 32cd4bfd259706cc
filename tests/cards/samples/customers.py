"""Samples of the customers' list, card and forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cards.billing import billing_form
from cards.clicks.billing import KeepBilling
from cards.clicks.customers import KeepConsent, KeepPrices
from cards.components import Card
from cards.customer_forms import consent_form, consent_withdrawal_form, prices_form
from cards.customer_list import CustomerLine, CustomerList, customer_list_card
from cards.customers import ContactLine, CustomerSheet, customer_card
from contract.access import AccessConsent
from contract.contracts import Addendum, AddendumItem, Contract, cancel
from contract.holidays import LiberationDay
from contract.parties import Address, BillingDetails
from contract.people import Customer, Language
from contract.periods import Cancellation
from contract.prices import contract_prices
from contract.reachability import Reach, Reachability
from tests.cards.samples import sample
from tests.cards.samples.people import CONTACTS, NOW

CUSTOMER = Customer(id=12, name="Bakkerij Brood & Zo [*Noord*]", tenant_id="aaaaaaaa-0000-4000-8000-000000000001")
CONTRACT = Contract(
    id=1,
    customer_id=12,
    number="2026-007",
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    on_site_addenda=(Addendum(date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 30)),),
)
ADDENDUM = Addendum(
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2026, 6, 30),
    (AddendumItem("Reiskosten per bezoek", 4500), AddendumItem("Parkeren [*uur*]", 350)),
)
CONSENT = AccessConsent(
    id=1,
    customer_id=12,
    document="A. de Vries: ondertekend formulier, map Contracten",
    recorded_by=None,
    valid_from=datetime(2026, 1, 4, 23, tzinfo=UTC),
    created_at=NOW,
)
BILLING = BillingDetails(
    legal_name="Bakkerij Brood & Zo B.V.",
    address=Address(street="Voorstraat 12", postal_code="3231 BJ", city="Brielle"),
    registration="12345678",
    vat_id="NL004495445B01",
    email="facturen@brood.example",
    reference="PO-2026-118",
)
GHENT = BillingDetails(
    legal_name="Bakker BV",
    address=Address(street="Korte Meer 1", postal_code="9000", city="Gent", country="BE"),
    vat_id="BE0411905847",
    language=Language.EN,
)
SHEET = CustomerSheet(
    customer=CUSTOMER,
    contacts=(
        ContactLine(
            person=CONTACTS[0],
            reach=Reachability(Reach.TEAMS, NOW - timedelta(days=20), NOW - timedelta(hours=1)),
        ),
        ContactLine(person=CONTACTS[1], reach=Reachability(Reach.MAIL, NOW - timedelta(days=2))),
    ),
    contracts=(CONTRACT,),
    prices=contract_prices(2026),
    has_own_prices=False,
    is_year_missing=True,
    consents=(CONSENT,),
    billing=BILLING,
    knocks=(),
    is_manager=True,
    now=NOW,
)
GONE = replace(
    SHEET.contacts[0],
    reach=Reachability(Reach.MAIL, NOW - timedelta(days=2), NOW - timedelta(days=3), is_refused=True),
)
REMOVED = replace(GONE, reach=Reachability(Reach.NOT_AT_ALL, None, NOW - timedelta(days=3), is_refused=True))
COMING = replace(SHEET.contacts[0], reach=Reachability(Reach.INSTALLED, NOW - timedelta(hours=2)))
ASKED = replace(
    SHEET.contacts[1], reach=Reachability(Reach.ASKED, NOW - timedelta(hours=2)), install_error="not_in_catalog"
)
ENDED = replace(CONSENT, id=2, valid_until=datetime(2026, 6, 30, 22, tzinfo=UTC))
WITHDRAWN = replace(CONSENT, id=3, revoked_at=NOW - timedelta(days=1))
SHEETS = {
    "the app is coming": replace(SHEET, contacts=(COMING, ASKED)),
    "the app was refused": replace(SHEET, contacts=(REMOVED, replace(ASKED, install_error="403 Forbidden"))),
    "all well": SHEET,
    "as an engineer sees it": replace(SHEET, is_manager=False, knocks=((4, "Steven"),)),
    "nothing yet": replace(
        SHEET,
        contacts=(),
        contracts=(),
        consents=(),
        has_access=False,
        billing=BillingDetails(legal_name=CUSTOMER.name),
    ),
    "a VAT id that nobody looked up": replace(SHEET, billing=GHENT),
    "reverse charge": replace(SHEET, billing=replace(GHENT, vat_checked_on=date(2026, 11, 20))),
    "who knocked, who can't be reached": replace(
        SHEET, contacts=(GONE,), knocks=((4, "Steven van der Stranger-Langenaam"), (5, "Piet"))
    ),
    "ended, withdrawn, prices of its own": replace(
        SHEET,
        contracts=(replace(CONTRACT, ends_on=date(2026, 6, 30)),),
        consents=(ENDED, WITHDRAWN),
        has_access=False,
        has_own_prices=True,
        is_year_missing=False,
    ),
    "a renewal, and a cancellation of it": replace(
        SHEET,
        contracts=(
            replace(CONTRACT, on_site_addenda=(ADDENDUM,)),
            replace(CONTRACT, id=2, number="2027-007", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)),
            cancel(
                replace(CONTRACT, id=3, number="2027-008", starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)),
                Cancellation(received_at=NOW),
            ),
        ),
    ),
    "cancelled": replace(SHEET, contracts=(cancel(CONTRACT, Cancellation(received_at=NOW)),)),
    "last year's prices": replace(SHEET, has_own_prices=True),
}
LIST = CustomerList(
    lines=(
        CustomerLine(customer=CUSTOMER, contacts=("Anna de Vries", "Bram Bakker"), waiting=0),
        CustomerLine(customer=replace(CUSTOMER, id=13, name="Zonder contactpersoon BV"), contacts=(), waiting=2),
    ),
    page=1,
    has_more=False,
    query="",
    form_id="list-form-1",
)
LISTS = {
    "first page": replace(LIST, has_more=True),
    "second page of a search": replace(LIST, page=2, has_more=True, query="brood"),
    "nobody": replace(LIST, lines=()),
    "nothing found": replace(LIST, lines=(), query="xyz"),
}
FORM = "customer-form-1"
FORMS: dict[str, Callable[[Language, str], Card]] = {
    "prices": lambda language, notice: prices_form(
        CUSTOMER,
        KeepPrices(
            form_id=FORM,
            customer=12,
            year=2027,
            fee="275,00",
            office="85,00",
            after_hours="110,00",
            weekend_holiday="130,00",
            extra_holidays=("good_friday", "dec_24"),
            liberation_day=LiberationDay.YEARLY,
        ),
        language,
        notice=notice,
    ),
    "billing": lambda language, notice: billing_form(
        CUSTOMER,
        KeepBilling(
            form_id=FORM,
            customer=12,
            legal_name="Bakker BV",
            street="Korte Meer 1",
            postal_code="9000",
            city="Gent",
            country="BE",
            vat_id="BE0411905847",
            vat_checked_on=date(2026, 11, 20),
            email="facturen@brood.example",
            reference="PO-2026-118",
            invoice_language=Language.EN,
        ),
        language,
        notice=notice,
    ),
    "consent": lambda language, notice: consent_form(
        CUSTOMER,
        KeepConsent(form_id=FORM, customer=12, given_by="A. de Vries", valid_from=date(2026, 11, 23)),
        language,
        notice=notice,
    ),
}


def _customer(name: str, sheet: CustomerSheet) -> None:
    sample(f"customer: {name}")(lambda language: customer_card(sheet, language))


def _list(name: str, found: CustomerList) -> None:
    sample(f"customers: {name}")(lambda language: customer_list_card(found, language))


def _form(name: str, make: Callable[[Language, str], Card]) -> None:
    notices = {Language.NL: "Dat kan niet.", Language.EN: "That is not possible."}
    sample(f"customer form: {name}")(lambda language: make(language, ""))
    sample(f"customer form: {name}, refused")(lambda language: make(language, notices[language]))


for _name, _sheet in SHEETS.items():
    _customer(_name, _sheet)
for _name, _found in LISTS.items():
    _list(_name, _found)
for _name, _make in FORMS.items():
    _form(_name, _make)


@sample("customer: recorded")
def _(language: Language) -> Card:
    notice = {Language.NL: "Contract 2026-007 is vastgelegd.", Language.EN: "Contract 2026-007 is recorded."}
    return customer_card(SHEET, language, notice=notice[language])


@sample("customer: nothing is mailed")
def _(language: Language) -> Card:
    return customer_card(replace(SHEET, sends_mail=False), language)


@sample("customer form: access withdrawn")
def _(language: Language) -> Card:
    return consent_withdrawal_form(CUSTOMER, FORM, language)
