"""Samples of estimates: offered, in every state that follows, and the staff's forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cards.components import Card
from cards.estimate_forms import OfferSheet, PhoneSheet, offer_card, phone_decision_card
from cards.estimates import EstimateSheet, estimate_card
from contract.allowance import Allowance
from contract.estimates import DecidedVia, Estimate, EstimateState, Instrument, valid_until
from contract.people import Language, Person
from contract.prices import contract_prices
from contract.rate_bands import BandCents
from contract.tickets import Ticket
from tests.cards.samples import sample

NOW = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)
OFFERED_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
WHAT = (
    "Het mailprofiel van de balie-pc's opnieuw opbouwen en de gedeelde agenda's *controleren*.\n"
    "We doen dit buiten de drukte om; per pc duurt het ongeveer een half uur."
)
OFFER = Estimate(
    id=12,
    ticket_number=1001,
    revision=1,
    minutes=120,
    what=WHAT,
    rates=BandCents(8500, 11000, 13000),
    approved_before_minutes=0,
    instrument=Instrument.WORK_ORDER,
    created_by=3,
    created_at=OFFERED_AT,
    valid_until=valid_until(OFFERED_AT),
)
SHEET = EstimateSheet(
    estimate=OFFER,
    subject="Outlook op de balie-pc's toont geen nieuwe mail",
    customer_name="Bakkerij Brood & Zo",
    created_by="Eva de Wit",
    allowance=Allowance(120, 105),
    can_offer=True,
)
QUOTE = replace(OFFER, revision=3, minutes=600, approved_before_minutes=120, instrument=Instrument.QUOTE)
NEWER = replace(OFFER, id=13, revision=2, minutes=180)
APPROVED = replace(
    OFFER, state=EstimateState.APPROVED, decided_by=1, decided_at=NOW - timedelta(hours=1), decided_via=DecidedVia.CLICK
)
DECLINED = replace(APPROVED, state=EstimateState.DECLINED, decline_reason="Te duur; we wachten op de nieuwe pc's.")
BY_PHONE = replace(APPROVED, decided_via=DecidedVia.PHONE, recorded_by=3)
DECIDED = replace(SHEET, decided_by="Anna de Vries", recorded_by="Eva de Wit", allowance=Allowance(240, 130))
SHEETS = {
    "open": SHEET,
    "open, a quote after earlier approvals": replace(SHEET, estimate=QUOTE, allowance=Allowance(240, 235)),
    "approved": replace(DECIDED, estimate=APPROVED, can_stop=True),
    "approved by phone": replace(DECIDED, estimate=BY_PHONE, can_stop=True),
    "approved, work stopped": replace(
        DECIDED, estimate=APPROVED, allowance=Allowance(130, 130), stopped_by="Bram Bakker", stopped_at=NOW
    ),
    "declined": replace(DECIDED, estimate=DECLINED, allowance=Allowance(120, 105)),
    "declined by phone": replace(
        DECIDED,
        estimate=replace(BY_PHONE, state=EstimateState.DECLINED),
        allowance=Allowance(120, 105),
    ),
    "superseded": replace(SHEET, estimate=replace(OFFER, state=EstimateState.SUPERSEDED), newer=NEWER),
    "withdrawn": replace(SHEET, estimate=replace(OFFER, state=EstimateState.WITHDRAWN)),
    "expired": replace(SHEET, estimate=replace(OFFER, state=EstimateState.EXPIRED)),
    "the longest words": replace(SHEET, estimate=replace(OFFER, what="Woorden met **sterren**. " * 160)),
}


def _register(name: str, sheet: EstimateSheet, *, is_staff: bool) -> None:
    reader = "staff" if is_staff else "contact"

    @sample(f"estimate, {reader}: {name}")
    def _(language: Language) -> Card:
        return estimate_card(sheet, language, is_staff=is_staff)


for _name, _sheet in SHEETS.items():
    _register(_name, _sheet, is_staff=False)
    _register(_name, replace(_sheet, can_stop=False), is_staff=True)


@sample("estimate, contact: refused, with a notice")
def _refused(language: Language) -> Card:
    notice = {
        Language.NL: "Een nieuwere inschatting is hiervoor in de plaats gekomen. Beslis over de nieuwe.",
        Language.EN: "A newer estimate has taken the place of that one. Decide about the newer one.",
    }
    return estimate_card(replace(SHEET, estimate=NEWER), language, is_staff=False, notice=notice[language])


def person(key: int, name: str, language: Language) -> Person:
    """Somebody who reads `language`."""
    return Person(id=key, tenant_id="t", object_id=f"o{key}", name=name, email=None, language=language)


TICKET = Ticket(
    number=1001,
    customer_id=1,
    subject=SHEET.subject,
    description=SHEET.subject,
    created_at=OFFERED_AT - timedelta(hours=3),
    created_by=1,
)
CONTACTS = (person(1, "Anna de Vries", Language.NL), person(2, "Bram Bakker", Language.EN))
OFFER_FORM = OfferSheet(
    form_id="offer-form-1",
    ticket=TICKET,
    customer_name=SHEET.customer_name,
    contacts=CONTACTS,
    allowance=Allowance(120, 105),
    prices=contract_prices(2026),
)
PHONE_FORM = PhoneSheet(
    form_id="phone-form-1",
    estimate=OFFER,
    subject=SHEET.subject,
    customer_name=SHEET.customer_name,
    contacts=CONTACTS,
)


@sample("estimate form: empty")
def _empty(language: Language) -> Card:
    return offer_card(OFFER_FORM, language)


@sample("estimate form: filled in, takes the place of an open one")
def _filled(language: Language) -> Card:
    sheet = replace(OFFER_FORM, open_estimate=OFFER, minutes=180, what=WHAT)
    notice = {Language.NL: "Beschrijf wat je wilt doen.", Language.EN: "Describe what you want to do."}
    return offer_card(sheet, language, notice=notice[language])


@sample("estimate form: nobody to read it, no work order left")
def _nobody(language: Language) -> Card:
    ticket = replace(TICKET, approved_minutes=480, granted_minutes=600)
    return offer_card(replace(OFFER_FORM, ticket=ticket, contacts=(), minutes=-5), language)


@sample("decision by phone: empty")
def _phone(language: Language) -> Card:
    return phone_decision_card(PHONE_FORM, language)


@sample("decision by phone: one contact, filled in")
def _phone_filled(language: Language) -> Card:
    sheet = replace(PHONE_FORM, contacts=CONTACTS[:1], verdict="declined", reason="Te duur")
    return phone_decision_card(sheet, language)
