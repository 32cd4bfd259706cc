"""A customer's consents for the provider: where they stand, asking, looking now, ending (R25).

A handler asks Graph nothing: it keeps what is wanted, and what Graph says follows by itself on the cards.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.consent_ends import confirm_end
from bot.consent_looks import check_now
from bot.consent_requests import NoGroup, ask, request_card
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.consents import (
    AskConsent,
    CheckConsents,
    EndConsent,
    ShowConsentRequest,
    ShowConsents,
    StartConsentEnd,
)
from cards.components import Card
from cards.consents import ConsentsSheet, consents_card, end_form
from contract.consent_requests import RequestState
from contract.consents import Mechanism
from contract.people import Role
from contract.withdrawals import holding
from storage.consent_requests import load_requests
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.grants import load_grant, load_grants
from storage.people import Standing
from storage.withdrawals import load_withdrawals


def consents_sheet(session: Session, role: Role, customer_id: int, now: datetime, policy: Policy) -> ConsentsSheet:
    """Everything that is known of a customer's consents. Raises NotFound."""
    grants = load_grants(session, customer_id)
    shown = {one.id for one in grants}
    waiting = (RequestState.OPEN, RequestState.VERIFYING)
    requests = [
        one
        for one in load_requests(session, customer_id)
        # A relationship that was created has its own section, with the link.
        if one.state(now) in waiting and one.grant_id not in shown
    ]
    return ConsentsSheet(
        customer=load_customer(session, customer_id),
        grants=grants,
        requests=tuple(requests),
        is_withdrawn=holding(load_withdrawals(session, customer_id), now) is not None,
        covers_work=policy.app_consent_covers_work,
        can_ask_relationship=policy.access.group_id is not None,
        is_manager=role is Role.MANAGER,
        now=now,
    )


def consents_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """The consents for delivery. Raises NotFound for somebody who is not on the staff."""
    if not reader.role.is_staff:
        raise NotFound("customer", args["consents"])
    sheet = consents_sheet(session, reader.role, args["consents"], now, policy)
    return consents_card(sheet, reader.person.language)


def _answer(turn: Turn, customer_id: int, notice: str = "", *, is_warning: bool = False) -> Card:
    sheet = consents_sheet(turn.session, turn.role, customer_id, turn.now, turn.policy)
    return consents_card(sheet, turn.language, notice=notice, is_warning=is_warning)


def show_consents(turn: Turn, click: ShowConsents) -> Answer:
    """Where each consent of a customer stands. Raises NotFound."""
    return _answer(turn, click.customer)


def ask_consent(turn: Turn, click: AskConsent) -> Answer:
    """Ask the customer; both contacts and the administrator get it. A second click shows the same request."""
    t = turn.texts
    try:
        request = ask(turn.session, turn.policy, click.customer, Mechanism(click.mechanism), turn.now, by=turn.person)
    except NoGroup:
        notice = t("No security group of engineers is set (FOURSTAR_GDAP_GROUP), so access can't be asked for.")
        return _answer(turn, click.customer, notice, is_warning=True)
    notice = t("It is on its way to the contacts, and to the administrator where one is named.")
    return request_card(turn.session, turn.caller, request.id, turn.now, turn.policy, notice=notice)


def check_consents(turn: Turn, click: CheckConsents) -> Answer:
    """Have every source of a customer looked at; this card follows."""
    load_customer(turn.session, click.customer)
    count = check_now(turn.session, turn.policy, click.customer, turn.now)
    if not count:
        return _answer(turn, click.customer, turn.texts("There is nothing that Microsoft could be asked about."))
    return _answer(turn, click.customer, turn.texts("We are looking. This card follows by itself within a minute."))


def show_consent_request(turn: Turn, click: ShowConsentRequest) -> Answer:
    """What was asked, and whom it waits for. Raises NotFound where it is not the reader's to see."""
    return request_card(turn.session, turn.caller, click.consent_request, turn.now, turn.policy)


def start_consent_end(turn: Turn, click: StartConsentEnd) -> Answer:
    """Ask once more."""
    grant = load_grant(turn.session, click.grant)
    return end_form(grant, load_customer(turn.session, grant.customer_id), new_form_id(), turn.language)


def end_consent(turn: Turn, click: EndConsent) -> Answer:
    """A manager has it ended. Safe to repeat."""
    grant = load_grant(turn.session, click.grant)
    who = turn.person.name
    if not confirm_end(turn.session, turn.policy, grant.id, turn.now, who=who, by=turn.person):
        return _answer(turn, grant.customer_id, turn.texts("It is not in force: there is nothing to end."))
    return _answer(turn, grant.customer_id, turn.texts("It is being ended. We say so when it is gone."))
