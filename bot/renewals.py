"""The renewal of a contract that ends with the year: its card, and signing it with a click (R27-R30, D16-D18).

Signing holds the customer's row, as everything does that gives a customer a contract or ends one: of two contacts who
sign at the same instant one is first, and the other sees who it was. What is signed is what the clicker saw: the card's
terms are made again and compared with the digest that the button carries, and their text is kept with the signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, terms
from bot.opening import customer_of
from bot.renewal_cards import renewal_subject
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.contracts import ShowRenewal, SignRenewal
from cards.components import Card
from cards.renewals import RenewalSheet, renewal_card, renewal_document, signing_notice
from contract.contracts import Contract
from contract.people import Role
from contract.renewals import later_renewal, offered_from, offered_renewal, renewing
from storage import outbox
from storage.contacts import contact_ids, load_customer
from storage.contracts import load_contract, load_contracts
from storage.errors import NotFound
from storage.people import Standing
from storage.prices import load_prices, price_years, set_prices


def renewal_sheet(session: Session, reader: Standing, contract_id: int, now: datetime, policy: Policy) -> RenewalSheet:
    """Everything the card of a renewal shows. Raises NotFound for a contract that is not this reader's to see."""
    contract = load_contract(session, contract_id)
    customer_id, year = contract.customer_id, contract.ends_on.year
    is_theirs = reader.role is Role.CONTACT and reader.customer is not None and reader.customer.id == customer_id
    if not (reader.role.is_staff or is_theirs):
        raise NotFound("contract", contract_id)
    book = load_prices(session, customer_id, (year, year + 1))
    offer = offered_renewal(contract.ends_on, now)
    return RenewalSheet(
        contract=contract,
        customer_name=load_customer(session, customer_id).name,
        offer=offer,
        later=later_renewal(offer, contract.ends_on) if offer else None,
        prices_now=book.for_year(year),
        prices=book.for_year(year + 1),
        renewal=renewing(contract, load_contracts(session, customer_id)),
        provider_name=policy.provider.name,
        provider_phone=policy.provider.phone,
        pickup_in_working_days=policy.pickup_in_working_days,
        form_id=new_form_id(),
        now=now,
    )


def renewal_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The renewal for delivery. Raises NotFound where the reader may not see it."""
    sheet = renewal_sheet(session, reader, args["renewal"], now, policy)
    return renewal_card(sheet, reader.person.language, is_staff=reader.role.is_staff)


def renewal_to_sign(session: Session, customer_id: int, now: datetime) -> Contract | None:
    """The contract whose renewal a contact can sign now, if there is one: from the year's first warning on (D17)."""
    contracts = load_contracts(session, customer_id)
    ended = [one for one in contracts if not one.never_starts and offered_renewal(one.ends_on, now) is not None]
    last = max(ended, key=lambda one: one.ends_on, default=None)
    if (
        last is None
        or now < offered_from(last.ends_on)
        or last.cancellation is not None
        or renewing(last, contracts) is not None
    ):
        return None
    return last


def show_renewal(turn: Turn, click: ShowRenewal) -> Answer:
    """Show the renewal in the place of the clicked card."""
    return _answer(turn, click.contract)


def _answer(turn: Turn, contract_id: int, notice: str = "", filled: SignRenewal | None = None) -> Card:
    sheet = renewal_sheet(turn.session, turn.caller, contract_id, turn.now, turn.policy)
    return renewal_card(sheet, turn.language, is_staff=turn.role.is_staff, notice=notice, filled=filled)


def sign_renewal(turn: Turn, click: SignRenewal) -> Answer:
    """Sign: the contract follows, both sides hear it. A second click, also the other contact's, shows who signed."""
    customer = customer_of(turn)
    load_customer(turn.session, customer.id, lock=True)
    sheet = renewal_sheet(turn.session, turn.caller, click.contract, turn.now, turn.policy)
    if sheet.offer is None or not sheet.is_open:
        return _answer(turn, click.contract)
    if notice := signing_notice(turn.texts, sheet, click):
        return _answer(turn, click.contract, notice, click)
    text = renewal_document(sheet, click.language)
    terms.renew_contract(
        turn.session,
        customer.id,
        turn.now,
        signed_at=turn.now,
        signatory=click.signatory,
        renews=sheet.contract.number,
        document=(f"{sheet.contract.number} {turn.texts('renewal')}.txt", text.encode()),
        person_id=turn.person.id,
        activity_id=turn.source.activity_id,
    )
    if sheet.prices.year not in price_years(turn.session, customer.id):
        # "The same as now" was agreed for that year: what is recorded for it later can not change it (R29, D34).
        set_prices(turn.session, customer.id, sheet.prices)
    return _answer(turn, click.contract)


def send_offer(session: Session, contract_id: int, now: datetime, *, once: str) -> None:
    """Put the renewal at the end of both contacts' chats, once for the same `once` however often it is asked."""
    for person_id in contact_ids(session, load_contract(session, contract_id).customer_id):
        announcements.show(
            session,
            person_id,
            "renewal",
            {"renewal": contract_id},
            now,
            fresh=True,
            subject=renewal_subject(contract_id),
            key=f"{outbox.ONCE}renewal:{contract_id}:{once}:{person_id}",
        )
