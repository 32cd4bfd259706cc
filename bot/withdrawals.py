"""A contact withdraws the consent to remote access, and gives it again (R25).

It counts from the instant of the click, in the same transaction in which every running session ends. The managers and
the customer's administrator are told, with the way to end what still stands in the tenant: one of those two confirms.
"""

from __future__ import annotations

from datetime import timedelta

from bot import announcements, ledger
from bot.access import covering
from bot.access_cards import access_answer, announce_access
from bot.consent_ends import propose_ends, take_back_ends
from bot.opening import customer_of
from bot.remote_sessions import access_changed
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.clicks.access import LiftWithdrawal, StartAccessWithdrawal, StartLifting, WithdrawAccess
from cards.withdrawals import lift_withdrawal_card, withdraw_access_card
from contract.consents import Proof
from contract.ledger import EntryKind
from contract.people import Customer
from contract.withdrawals import Withdrawal, holding
from storage.administrators import load_administrator
from storage.contacts import load_customer
from storage.ledger import count_since, hold_ledger
from storage.people import load_people, manager_ids
from storage.withdrawals import add_withdrawal, lift_withdrawals, load_withdrawals

ACCESS_WITHDRAWN = "access_withdrawn"
"""The mail that tells of it."""
MOST_MAILED = 3
"""Withdrawals of one customer in a day that are mailed about; cards tell of every one."""


def start_access_withdrawal(turn: Turn, _: StartAccessWithdrawal) -> Answer:
    """Ask once more, and why."""
    customer = customer_of(turn)
    if _held(turn, customer) is not None:
        return access_answer(turn, customer.id)
    return withdraw_access_card(WithdrawAccess(form_id=new_form_id()), customer.id, turn.language)


def withdraw_access(turn: Turn, click: WithdrawAccess) -> Answer:
    """End remote work at this instant. Whoever withdraws what is withdrawn already sees that it is."""
    customer = _locked(turn)
    if _held(turn, customer) is not None:
        return access_answer(turn, customer.id)
    withdrawal_id = add_withdrawal(turn.session, customer.id, turn.person, click.reason, turn.now)
    ledger.note(
        turn.session,
        turn.policy,
        customer.id,
        EntryKind.WITHDRAWN,
        turn.now,
        by=turn.person,
        details={"reason": click.reason, "activity": turn.source.activity_id},
    )
    access_changed(turn.session, turn.policy, customer.id, turn.now)
    propose_ends(turn.session, turn.policy, customer.id, turn.now, by=turn.person)
    announce_access(turn.session, customer.id, turn.now, but=turn.person.id)
    _mail(turn, customer, withdrawal_id)
    return access_answer(
        turn, customer.id, turn.texts("The consent is withdrawn. Remote work has stopped."), is_warning=True
    )


def start_lifting(turn: Turn, _: StartLifting) -> Answer:
    """Ask once more."""
    customer = customer_of(turn)
    if _held(turn, customer) is None:
        return access_answer(turn, customer.id)
    return lift_withdrawal_card(new_form_id(), customer.id, turn.language)


def lift_withdrawal(turn: Turn, _: LiftWithdrawal) -> Answer:
    """Consent again, by this click; whether remote work is possible depends on what still stands besides."""
    customer = _locked(turn)
    if _held(turn, customer) is None:
        return access_answer(turn, customer.id)
    lift_withdrawals(turn.session, customer.id, turn.person, turn.now)
    ledger.note(
        turn.session,
        turn.policy,
        customer.id,
        EntryKind.LIFTED,
        turn.now,
        by=turn.person,
        details={"proof": Proof.CARD.value, "activity": turn.source.activity_id},
    )
    take_back_ends(turn.session, customer.id, turn.now)
    announce_access(turn.session, customer.id, turn.now, but=turn.person.id)
    if covering(turn.session, customer.id, turn.now, turn.policy) is not None:
        return access_answer(turn, customer.id, turn.texts("Thank you. Our engineers can go on."))
    notice = turn.texts("Thank you. What allowed remote work before has ended meanwhile: it has to be given anew.")
    return access_answer(turn, customer.id, notice, is_warning=True)


def _locked(turn: Turn) -> Customer:
    """The caller's organisation, held: no session begins meanwhile, and nothing else is decided about access."""
    customer = load_customer(turn.session, customer_of(turn).id, lock=True)
    hold_ledger(turn.session, customer.id)
    return customer


def _held(turn: Turn, customer: Customer) -> Withdrawal | None:
    return holding(load_withdrawals(turn.session, customer.id), turn.now)


def _mail(turn: Turn, customer: Customer, withdrawal_id: int) -> None:
    """The managers and the administrator get it by mail too, each address once."""
    if count_since(turn.session, customer.id, EntryKind.WITHDRAWN, turn.now - timedelta(days=1)) > MOST_MAILED:
        return
    readers = [
        (person.email, person.language.value)
        for person in load_people(turn.session, manager_ids(turn.session)).values()
        if person.email
    ]
    named = load_administrator(turn.session, customer.id)
    addresses = {address.casefold(): (address, language, False) for address, language in readers}
    if named is not None:
        addresses[named.email.casefold()] = (named.email, named.language.value, True)
    for key, (address, language, is_administrator) in sorted(addresses.items()):
        announcements.mail(
            turn.session,
            address,
            ACCESS_WITHDRAWN,
            {
                "customer": customer.id,
                "withdrawal": withdrawal_id,
                "language": language,
                "is_administrator": is_administrator,
            },
            turn.now,
            key=f"{ACCESS_WITHDRAWN}:{withdrawal_id}:{key}",
        )
