"""A customer's contracts, recorded by a manager in chat: signed, renewed, cancelled, addenda (R6-R8, R26-R28, D16-D18).

The acts themselves are in `bot/terms.py`, shared with the command line. A form comes back with everything typed and the
reason where it can't be kept. Submitting twice keeps one thing.
"""

from __future__ import annotations

from datetime import date, datetime

from bot import terms
from bot.customer_terms import held_customer, kept, reason_text
from bot.terms import NotKept, Reason
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.customers import (
    CancelContract,
    CheckCancellation,
    KeepAddendum,
    KeepContract,
    KeepRenewal,
    StartAddendum,
    StartCancellation,
    StartContract,
    StartRenewal,
)
from cards.components import Card
from cards.contract_forms import (
    ITEMS,
    addendum_form,
    cancellation_check,
    cancellation_form,
    contract_form,
    renewal_form,
)
from cards.customer_forms import read_amount
from cards.formats import calendar_date
from contract.contracts import Addendum, AddendumItem, Contract, cancel, covering
from contract.errors import Refusal
from contract.local_time import day_start, local
from contract.people import Customer
from contract.periods import Cancellation, contract_course, starts_after_signing, year_end
from contract.renewals import renewal_number
from storage.contacts import load_customer
from storage.contracts import load_contracts, numbers_from
from storage.errors import NotFound
from storage.signatures import invoices_after


def _signed_at(day: date | None) -> datetime | None:
    return day_start(day) if day else None


# --- signed -----------------------------------------------------------------------------------------------------------


def start_contract(turn: Turn, click: StartContract) -> Answer:
    """Show the form, with the next possible term in it."""
    customer = load_customer(turn.session, click.customer)
    running = terms.last_day(load_contracts(turn.session, customer.id))
    starts_on = starts_after_signing(turn.now, running)
    filled = KeepContract(
        form_id=new_form_id(),
        customer=customer.id,
        signed_on=local(turn.now).date(),
        starts_on=starts_on,
        ends_on=year_end(starts_on),
    )
    return contract_form(customer, filled, turn.language)


def keep_contract(turn: Turn, click: KeepContract) -> Answer:
    """Keep a contract; dates that can not be a contract's come back with the form (R6-R8, R27, R28)."""
    customer = held_customer(turn, click.customer)
    try:
        if click.starts_on is None or click.ends_on is None:
            raise NotKept(Reason.MISSING)
        terms.sign_contract(
            turn.session,
            customer.id,
            turn.now,
            number=click.number,
            signed_at=_signed_at(click.signed_on),
            signatory=click.signatory,
            recorded_by=turn.person.id,
            starts_on=click.starts_on,
            ends_on=click.ends_on,
        )
    except (Refusal, NotKept) as error:
        return contract_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return kept(turn, customer.id, turn.texts("Contract {number} is recorded.", number=click.number))


# --- renewed ----------------------------------------------------------------------------------------------------------


def start_renewal(turn: Turn, click: StartRenewal) -> Answer:
    """Show the form, with the number that would be given. Raises NotFound where there is nothing to renew."""
    customer = load_customer(turn.session, click.customer)
    before = _to_renew(turn, customer)
    starts_on = starts_after_signing(turn.now, before.ends_on)
    taken = numbers_from(turn.session, renewal_number(before.number, starts_on))
    filled = KeepRenewal(
        form_id=new_form_id(),
        customer=customer.id,
        number=renewal_number(before.number, starts_on, taken),
        signed_on=local(turn.now).date(),
    )
    return _renewal_form(turn, customer, before, filled)


def _to_renew(turn: Turn, customer: Customer) -> Contract:
    """The contract that a renewal follows: the last one that starts."""
    real = [contract for contract in load_contracts(turn.session, customer.id) if not contract.never_starts]
    if not real:
        raise NotFound("contract", customer.id)
    return real[-1]


def _renewal_form(turn: Turn, customer: Customer, before: Contract, filled: KeepRenewal, notice: str = "") -> Card:
    course = contract_course(turn.now, (), before.ends_on)
    return renewal_form(customer, filled, before, course, turn.language, notice=notice)


def keep_renewal(turn: Turn, click: KeepRenewal) -> Answer:
    """Keep the renewal of the contract that runs (D17)."""
    customer = held_customer(turn, click.customer)
    try:
        after = terms.renew_contract(
            turn.session,
            customer.id,
            turn.now,
            number=click.number,
            signed_at=_signed_at(click.signed_on),
            signatory=click.signatory,
            recorded_by=turn.person.id,
        )
    except (Refusal, NotKept) as error:
        notice = reason_text(error, turn.texts, turn)
        return _renewal_form(turn, customer, _to_renew(turn, customer), click, notice)
    return kept(turn, customer.id, turn.texts("Contract {number} is recorded.", number=after.number))


# --- cancelled --------------------------------------------------------------------------------------------------------


def start_cancellation(turn: Turn, click: StartCancellation) -> Answer:
    """Show the form. Raises NotFound."""
    customer = load_customer(turn.session, click.customer)
    contract = _contract(turn, customer, click.contract)
    filled = CheckCancellation(
        form_id=new_form_id(), customer=customer.id, contract=contract.id, received_on=local(turn.now).date()
    )
    return cancellation_form(customer, contract, filled, turn.language)


def _contract(turn: Turn, customer: Customer, contract_id: int) -> Contract:
    """A contract of this customer and nobody else's."""
    for contract in load_contracts(turn.session, customer.id):
        if contract.id == contract_id:
            return contract
    raise NotFound("contract", contract_id)


def check_cancellation(turn: Turn, click: CheckCancellation) -> Answer:
    """Say which day will be the last, and ask once more; nothing is kept yet (D18)."""
    customer = load_customer(turn.session, click.customer)
    contract = _contract(turn, customer, click.contract)
    try:
        if click.received_on is None:
            raise NotKept(Reason.MISSING)
        if click.received_on > local(turn.now).date():
            raise NotKept(Reason.FUTURE)
        received = Cancellation(
            received_at=day_start(click.received_on), requested_end=click.requested_end, by=click.by
        )
        after = cancel(contract, received)
    except (Refusal, NotKept) as error:
        notice = reason_text(error, turn.texts, turn)
        return cancellation_form(customer, contract, click, turn.language, notice=notice)
    asked = CancelContract(
        form_id=new_form_id(),
        customer=customer.id,
        contract=contract.id,
        received_on=click.received_on,
        requested_end=click.requested_end,
        by=click.by,
    )
    return cancellation_check(customer, after, asked, tuple(invoices_after(turn.session, after)), turn.language)


def cancel_contract(turn: Turn, click: CancelContract) -> Answer:
    """Cancel the contract (R8, D18)."""
    customer = held_customer(turn, click.customer)
    contract = _contract(turn, customer, click.contract)
    try:
        after = terms.cancel_contract(
            turn.session,
            customer.id,
            turn.now,
            received_at=day_start(click.received_on),
            requested_end=click.requested_end,
            by=click.by,
            number=contract.number,
            recorded_by=turn.person.id,
        )
    except (Refusal, NotKept) as error:
        notice = reason_text(error, turn.texts, turn)
        filled = CheckCancellation(**click.model_dump(exclude_unset=True))
        return cancellation_form(customer, contract, filled, turn.language, notice=notice)
    t = turn.texts
    return kept(
        turn,
        customer.id,
        t("Contract {number} was cancelled and never starts.", number=after.number)
        if after.never_starts
        else t(
            "Contract {number} was cancelled. Its last day is {day}.",
            number=after.number,
            day=calendar_date(after.ends_on, turn.language),
        ),
    )


# --- addendum ---------------------------------------------------------------------------------------------------------


def start_addendum(turn: Turn, click: StartAddendum) -> Answer:
    """Show the form, for the rest of the contract of today."""
    customer = load_customer(turn.session, click.customer)
    today = local(turn.now).date()
    contract = covering(load_contracts(turn.session, customer.id), today)
    filled = KeepAddendum(
        form_id=new_form_id(),
        customer=customer.id,
        signed_on=today,
        starts_on=today,
        ends_on=contract.ends_on if contract else year_end(today),
    )
    return addendum_form(customer, filled, turn.language)


def keep_addendum(turn: Turn, click: KeepAddendum) -> Answer:
    """Keep an addendum for on-site work, with what it charges beside hours (R26)."""
    customer = held_customer(turn, click.customer)
    try:
        if click.signed_on is None or click.starts_on is None or click.ends_on is None:
            raise NotKept(Reason.MISSING)
        addendum = Addendum(click.signed_on, click.starts_on, click.ends_on, _items(click))
        terms.keep_addendum(turn.session, customer.id, addendum, turn.now)
    except NotKept as error:
        return addendum_form(customer, click, turn.language, notice=reason_text(error, turn.texts, turn))
    return kept(turn, customer.id, turn.texts("The addendum is recorded."))


def _items(click: KeepAddendum) -> tuple[AddendumItem, ...]:
    """What was filled in, in its order. Raises NotKept for a name without a price, or a price without a name."""
    found: list[AddendumItem] = []
    for number in range(1, ITEMS + 1):
        what, written = getattr(click, f"item_{number}"), getattr(click, f"price_{number}")
        if not what and not written:
            continue
        if not what or not written:
            raise NotKept(Reason.MISSING)
        cents = read_amount(written)
        if cents is None:
            raise NotKept(Reason.AMOUNT)
        found.append(AddendumItem(what, cents))
    return tuple(found)
