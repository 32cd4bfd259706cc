"""The contract as its contacts read it, whenever they ask (R1-R34)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.access import Access, load_access
from bot.customers import show_customers
from bot.opening import customer_of
from bot.renewals import renewal_to_sign
from bot.turn import Answer, Turn
from cards.clicks.contracts import ShowContract
from cards.clicks.people import ShowCustomers
from cards.contract_terms import next_holidays
from cards.contracts import ContractSheet, contract_card
from contract.consents import AccessSpan
from contract.contracts import Contract, covering
from contract.local_time import DAY, local
from contract.renewals import renewing
from storage.contacts import load_contacts
from storage.contracts import load_contracts
from storage.prices import load_prices

SHOWN_HOLIDAYS = 4


def show_contract(turn: Turn, _: ShowContract) -> Answer:
    """The contract of the caller's organisation; staff, who have none, get the customers."""
    if turn.role.is_staff:
        return show_customers(turn, ShowCustomers())
    return contract_card(_sheet(turn), turn.language)


def _sheet(turn: Turn) -> ContractSheet:
    customer, today = customer_of(turn), local(turn.now).date()
    contracts = load_contracts(turn.session, customer.id)
    contract = _shown(contracts, turn)
    year = contract.starts_on.year if contract is not None else today.year
    book = load_prices(turn.session, customer.id, (year, today.year, today.year + 1))
    access = load_access(turn.session, customer.id, turn.policy)
    span = access.covering(turn.now)
    renewable = renewal_to_sign(turn.session, customer.id, turn.now)
    provider = turn.policy.provider
    return ContractSheet(
        contract=contract,
        following=renewing(contract, contracts) if contract else None,
        customer_name=customer.name,
        prices=book.for_year(year),
        holidays=tuple(next_holidays(today, book.profile, SHOWN_HOLIDAYS)),
        has_access=span is not None,
        access_until=_access_until(access, span),
        contacts=tuple(contact.person for contact in load_contacts(turn.session, customer.id)),
        can_renew=renewable is not None and contract is not None and renewable.id == contract.id,
        provider_name=provider.name,
        provider_email=provider.email,
        provider_phone=provider.phone,
        pickup_in_working_days=turn.policy.pickup_in_working_days,
        now=turn.now,
    )


def _shown(contracts: Iterable[Contract], turn: Turn) -> Contract | None:
    """The contract of today, else the next that starts, else the last (R27, R28)."""
    today, known = local(turn.now).date(), tuple(contracts)
    coming = [one for one in known if one.starts_on > today and not one.never_starts]
    over = [one for one in known if not one.never_starts and one.ends_on < today]
    return (
        covering(known, today)
        or min(coming, key=lambda one: one.starts_on, default=None)
        or max(over, key=lambda one: one.ends_on, default=None)
        or (known[-1] if known else None)
    )


def _access_until(access: Access, span: AccessSpan | None) -> date | None:
    """The last day of the consent that covers now; None while it has none (R25).

    A source that is looked at covers a day at a time; its own end is what was agreed.
    """
    if span is None:
        return None
    ends = {grant.id: grant.valid_until for grant in access.grants}
    ends_at = ends[span.grant_id] if span.grant_id is not None else span.ends_at
    return local(ends_at).date() - DAY if ends_at is not None else None
