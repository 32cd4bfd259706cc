"""Samples of the contract, its renewal, its end, and the manager's cards of a year's end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

from cards.clicks.contracts import SignRenewal
from cards.components import Card
from cards.contract_ends import ContractEnded, contract_ended_card
from cards.contract_terms import next_holidays
from cards.contracts import ContractSheet, contract_card
from cards.renewal_overview import (
    MissingPrices,
    RenewalOverview,
    UnrenewedLine,
    missing_prices_card,
    renewal_overview_card,
)
from cards.renewals import RenewalSheet, renewal_card
from contract.contracts import Addendum, AddendumItem, Contract
from contract.holidays import CONTRACT_HOLIDAYS
from contract.people import Language
from contract.periods import Cancellation, Side
from contract.prices import contract_prices
from contract.renewals import later_renewal, offered_renewal
from tests.cards.samples import sample
from tests.cards.samples.people import CONTACTS

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NAME = "Bakkerij Brood & Zo [*Noord*]"
YEAR_END = date(2026, 12, 31)
CONTRACT = Contract(
    id=4,
    customer_id=12,
    number="2026-007",
    signed_at=datetime(2025, 12, 10, 13, tzinfo=UTC),
    signatory="A. de Vries",
    starts_on=date(2026, 1, 1),
    ends_on=YEAR_END,
)
NEXT = Contract(
    id=9,
    customer_id=12,
    number="2027-007",
    signed_at=NOW,
    signatory="Anna [de] *Vries*",
    starts_on=date(2027, 1, 1),
    ends_on=date(2027, 12, 31),
)
LATE = replace(NEXT, starts_on=date(2027, 3, 1), signed_at=datetime(2027, 2, 3, 9, tzinfo=UTC))
CANCELLED = replace(
    CONTRACT,
    ends_on=date(2026, 11, 30),
    agreed_ends_on=YEAR_END,
    cancellation=Cancellation(received_at=datetime(2026, 11, 2, 8, tzinfo=UTC)),
)


def offered(contract: Contract, now: datetime) -> RenewalSheet:
    """The renewal of a contract at an instant."""
    offer = offered_renewal(contract.ends_on, now)
    return RenewalSheet(
        contract=contract,
        customer_name=NAME,
        offer=offer,
        later=later_renewal(offer, contract.ends_on) if offer else None,
        prices_now=contract_prices(2026),
        prices=contract_prices(2027),
        provider_name="Oxineo",
        provider_phone="+31 85 000 0000",
        form_id="renewal-form-1",
        now=now,
    )


OPEN = offered(CONTRACT, NOW)
NEW_PRICES = replace(OPEN.prices, fee_cents=28500, office_cents=8750, after_hours_cents=11500)
RENEWALS = {
    "to sign": OPEN,
    "to sign, new prices": replace(OPEN, prices=NEW_PRICES),
    "to sign late, a month uncovered": offered(CONTRACT, datetime(2027, 1, 4, 9, tzinfo=UTC)),
    "to sign at the very last": offered(CONTRACT, datetime(2027, 11, 4, 9, tzinfo=UTC)),
    "too late": offered(CONTRACT, datetime(2027, 12, 4, 9, tzinfo=UTC)),
    "signed": replace(OPEN, renewal=NEXT),
    "signed late": replace(OPEN, renewal=LATE, now=datetime(2027, 2, 3, 9, tzinfo=UTC)),
    "signed, nobody knows by whom": replace(OPEN, renewal=replace(NEXT, signed_at=None, signatory="")),
    "cancelled": offered(replace(CANCELLED, ends_on=YEAR_END), NOW),
}
SHEET = ContractSheet(
    contract=CONTRACT,
    following=None,
    customer_name=NAME,
    prices=contract_prices(2026),
    holidays=tuple(next_holidays(date(2026, 11, 23), CONTRACT_HOLIDAYS, 4)),
    has_access=True,
    contacts=CONTACTS,
    can_renew=True,
    provider_name="Oxineo",
    provider_email="info@oxineo.example",
    provider_phone="+31 85 000 0000",
    now=NOW,
)
ON_SITE = Addendum(
    date(2026, 11, 5),
    date(2026, 11, 10),
    date(2026, 11, 30),
    (AddendumItem("Reiskosten, één bezoek", 4500), AddendumItem("Parkeren", 1250)),
)
CONTRACTS = {
    "runs": replace(SHEET, contract=replace(CONTRACT, on_site_addenda=(ON_SITE,)), access_until=date(2027, 6, 30)),
    "renewed": replace(SHEET, following=NEXT, can_renew=False),
    "cancelled": replace(SHEET, contract=CANCELLED, can_renew=False, has_access=False, pickup_in_working_days=True),
    "cancelled by the provider": replace(
        SHEET,
        contract=replace(CANCELLED, cancellation=Cancellation(received_at=NOW, by=Side.PROVIDER)),
        can_renew=False,
    ),
    "not yet": replace(SHEET, contract=NEXT, can_renew=False, contacts=()),
    "over": replace(SHEET, contract=replace(CONTRACT, ends_on=date(2026, 10, 31)), can_renew=False),
    "never started": replace(SHEET, contract=replace(NEXT, ends_on=YEAR_END), can_renew=False),
    "none": replace(SHEET, contract=None, can_renew=False),
}
OVERVIEW = RenewalOverview(
    year=2026,
    ending=23,
    renewed=11,
    cancelled=2,
    lines=(
        UnrenewedLine(4, "2026-007", 12, NAME),
        UnrenewedLine(5, "2026-011", 13, "Van der Stranger-Langenaam Logistiek BV"),
    ),
    without_prices=3,
    form_id="overview-form-1",
)
OVERVIEWS = {
    "some have not": OVERVIEW,
    "second page": replace(OVERVIEW, page=2, without_prices=1),
    "everybody has": replace(OVERVIEW, ending=13, lines=(), without_prices=0),
    "nobody": replace(OVERVIEW, ending=0, renewed=0, cancelled=0, lines=(), without_prices=0),
}


def _register(name: str, make: Callable[[Language], Card]) -> None:
    sample(name)(make)


def _renewal(name: str, sheet: RenewalSheet) -> None:
    _register(f"renewal: {name}", lambda language: renewal_card(sheet, language, is_staff=False))
    _register(f"renewal: {name}, for staff", lambda language: renewal_card(sheet, language, is_staff=True))


def _contract(name: str, sheet: ContractSheet) -> None:
    _register(f"contract: {name}", lambda language: contract_card(sheet, language))


def _overview(name: str, found: RenewalOverview) -> None:
    _register(f"renewals: {name}", lambda language: renewal_overview_card(found, language))


def _ended(tickets: int) -> None:
    numbers = count(1001)
    closed = tuple((next(numbers), f"Outlook *doet* het niet [{n}]") for n in range(tickets))
    ended = ContractEnded(number="2026-007", ended_on=YEAR_END, tickets=closed, phone="+31 85 000 0000")
    _register(f"contract ended: {tickets} tickets", lambda language: contract_ended_card(ended, language))


def _missing(name: str, found: MissingPrices) -> None:
    _register(f"missing prices: {name}", lambda language: missing_prices_card(found, language))


for _name, _sheet in RENEWALS.items():
    _renewal(_name, _sheet)
for _name, _found in CONTRACTS.items():
    _contract(_name, _found)
for _name, _counted in OVERVIEWS.items():
    _overview(_name, _counted)
for _tickets in (1, 15):
    _ended(_tickets)
_missing("two", MissingPrices(year=2027, customers=((12, NAME), (13, "Garage Van Dam")), count=2))
_missing("many", MissingPrices(year=2027, customers=((12, NAME),), count=40))
_missing("none left", MissingPrices(year=2027, customers=(), count=0))


@sample("renewal: not confirmed")
def _(language: Language) -> Card:
    notice = {Language.NL: "Bevestig dat deze persoon mag ondertekenen.", Language.EN: "Confirm it."}[language]
    filled = SignRenewal(form_id="renewal-form-1", contract=4, shown="0" * 64, language=language, signatory="A. Vries")
    return renewal_card(OPEN, language, is_staff=False, notice=notice, filled=filled)


@sample("renewals: sent again")
def _(language: Language) -> Card:
    notice = {Language.NL: "De verlengingen zijn onderweg.", Language.EN: "The renewals are on their way."}
    return renewal_overview_card(OVERVIEW, language, notice=notice[language])
