"""Who can consent in a customer's tenant: named by a contact or a manager, and sent the request by mail (R25).

A contact often can't grant what is asked. The request is mailed to the administrator once a day at most, and everybody
sees whom it waits for, and who forwarded it. A contact may name any address, so a customer has few such mails a day,
whoever they go to; their words are ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import announcements, ledger
from bot.access_cards import access_answer, administrator_url, follow_access, theirs
from bot.consent_news import request_subject
from bot.consent_requests import CONSENT_REQUEST
from bot.opening import customer_of
from bot.tickets import new_form_id
from bot.turn import Answer, Turn
from cards.administrator_forms import administrator_form, own_mail_card
from cards.clicks.access import ForwardRequest, KeepAdministrator, MarkForwarded, StartAdministrator
from contract.consent_requests import ConsentRequest, RequestState, may_forward
from contract.ledger import EntryKind
from contract.people import Customer, is_address
from storage.administrators import Administrator, keep_administrator, load_administrator
from storage.consent_requests import load_request, mark_forwarded
from storage.contacts import load_customer
from storage.errors import NotFound
from storage.ledger import count_since

MOST_FORWARDED = 3
"""Mails of requests that the contacts of one customer can have sent in a day."""
A_DAY = timedelta(days=1)


def start_administrator(turn: Turn, click: StartAdministrator) -> Answer:
    """Show the form, with whoever is named now. Raises NotFound for another organisation's request."""
    customer = theirs(turn.session, turn.caller, click.customer)
    if click.consent_request is not None:
        _their_request(turn, customer, click.consent_request)
    named = load_administrator(turn.session, customer.id)
    filled = KeepAdministrator(
        form_id=new_form_id(),
        customer=click.customer,
        consent_request=click.consent_request,
        administrator=named.name if named is not None else "",
        address=named.email if named is not None else "",
        reads=named.language if named is not None else turn.language,
    )
    return _form(turn, customer, filled)


def keep_named(turn: Turn, click: KeepAdministrator) -> Answer:
    """Keep who it is; a request that waits is mailed there at once. What can't be mailed to comes back."""
    customer = load_customer(turn.session, theirs(turn.session, turn.caller, click.customer).id, lock=True)
    if not click.administrator:
        return _form(turn, customer, click, turn.texts("Fill in the name."))
    if not is_address(click.address):
        return _form(turn, customer, click, turn.texts("That is no e-mail address."))
    asked = None
    if click.consent_request is not None:
        asked = _their_request(turn, customer, click.consent_request)
    named = Administrator(
        customer_id=customer.id,
        name=click.administrator,
        email=click.address,
        language=click.reads,
        changed_by=turn.person.id,
        changed_at=turn.now,
    )
    name_administrator(turn.session, named, turn.now)
    if asked is not None and not turn.role.is_staff:
        return _forward(turn, customer, asked)
    return access_answer(turn, customer.id, turn.texts("{name} is kept as administrator.", name=named.name))


def name_administrator(session: Session, named: Administrator, now: datetime) -> None:
    """Keep who administers a customer's tenant; every card that says so follows."""
    keep_administrator(session, named)
    follow_access(session, named.customer_id, now)


def forward_request(turn: Turn, click: ForwardRequest) -> Answer:
    """Mail the request to the administrator; a second click within the day says that it is there already."""
    customer = load_customer(turn.session, customer_of(turn).id, lock=True)
    return _forward(turn, customer, _their_request(turn, customer, click.consent_request))


def _their_request(turn: Turn, customer: Customer, request_id: int) -> ConsentRequest:
    """The request, held. Raises NotFound for one that is not this customer's."""
    asked = load_request(turn.session, request_id, lock=True)
    if asked.customer_id != customer.id:
        raise NotFound("consent_request", request_id)
    return asked


def mark_sent(turn: Turn, click: MarkForwarded) -> Answer:
    """The contact mailed it; from here on it waits for the administrator (R25)."""
    customer = load_customer(turn.session, customer_of(turn).id, lock=True)
    asked, named = _their_request(turn, customer, click.consent_request), load_administrator(turn.session, customer.id)
    if named is None or not _can_go(turn, asked, named):
        return access_answer(turn, customer.id)
    _note(turn, asked, named, by_own_mail=True)
    return access_answer(turn, customer.id)


def _forward(turn: Turn, customer: Customer, asked: ConsentRequest) -> Answer:
    named, t = load_administrator(turn.session, customer.id), turn.texts
    if named is None:
        return start_administrator(turn, StartAdministrator(consent_request=asked.id))
    if asked.state(turn.now) is not RequestState.OPEN:
        notice = t("That request waits for nobody any more. This is how it stands.")
        return access_answer(turn, customer.id, notice, is_warning=True)
    url = administrator_url(turn.session, turn.policy, asked, named.language)
    if url is None:
        return access_answer(turn, customer.id, t("It can't be mailed yet. Nothing was sent."), is_warning=True)
    if not may_forward(asked, named.email, turn.now):
        notice = t("It was mailed to {name} already; once a day is enough.", name=asked.administrator or named.name)
        return access_answer(turn, customer.id, notice, is_warning=True)
    if count_since(turn.session, customer.id, EntryKind.FORWARDED, turn.now - A_DAY) >= MOST_FORWARDED:
        notice = t("It was mailed {n} times within a day; that is enough. Call us if it is urgent.", n=MOST_FORWARDED)
        return access_answer(turn, customer.id, notice, is_warning=True)
    if not turn.policy.sends_mail:
        filled = MarkForwarded(form_id=new_form_id(), consent_request=asked.id)
        return own_mail_card(customer, named.name, url, filled, turn.language)
    announcements.mail(
        turn.session,
        named.email,
        CONSENT_REQUEST,
        {
            "customer": customer.id,
            "request": asked.id,
            "language": named.language.value,
            "forwarded_by": turn.person.name,
        },
        turn.now,
        key=f"{CONSENT_REQUEST}:{asked.id}:{turn.now.isoformat()}",
    )
    _note(turn, asked, named, by_own_mail=False)
    return access_answer(turn, customer.id, t("The request is on its way to {name}.", name=named.name))


def _can_go(turn: Turn, asked: ConsentRequest, named: Administrator) -> bool:
    return asked.state(turn.now) is RequestState.OPEN and may_forward(asked, named.email, turn.now)


def _note(turn: Turn, asked: ConsentRequest, named: Administrator, *, by_own_mail: bool) -> None:
    """From now on it waits for that person; every card says so."""
    mark_forwarded(turn.session, asked.id, turn.person.id, turn.now, administrator=(named.name, named.email))
    ledger.note(
        turn.session,
        turn.policy,
        asked.customer_id,
        EntryKind.FORWARDED,
        turn.now,
        by=turn.person,
        details={
            "request": asked.id,
            "mechanism": asked.mechanism.value,
            "administrator": named.name,
            "by_own_mail": by_own_mail,
        },
    )
    announcements.follow(turn.session, request_subject(asked.id), turn.now)
    follow_access(turn.session, asked.customer_id, turn.now)


def _form(turn: Turn, customer: Customer, filled: KeepAdministrator, notice: str = "") -> Answer:
    return administrator_form(
        customer,
        filled,
        turn.language,
        is_staff=turn.role.is_staff,
        sends_mail=turn.policy.sends_mail,
        notice=notice,
    )
