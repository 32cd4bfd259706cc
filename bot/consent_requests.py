"""Asking a customer for a consent: what is kept, who hears it, and the card on which it stands (R25).

Asking again within an hour shows the same request, so that a second click asks nothing twice; later it takes the place
of the earlier one. A delegated admin relationship is created by Microsoft in the background; until then the card says
that it is being prepared.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements, ledger
from bot.consent_links import consent_url, request_nonce
from bot.consent_news import follow, request_subject
from bot.drafts import Draft
from bot.errands import ask_graph
from bot.turn import Policy
from cards.clicks.access import ForwardRequest, StartAdministrator
from cards.components import Card, execute
from cards.consent_requests import RequestSheet, consent_request_card, permissions_asked, request_letter
from cards.language import texts_for
from contract.consent_checks import LINK_GOOD_FOR, LONGEST_REQUEST
from contract.consent_requests import ConsentRequest, RequestState, may_forward
from contract.consents import Mechanism
from contract.ledger import EntryKind
from contract.people import Language, Person, Role
from storage.administrators import load_administrator
from storage.consent_requests import add_request, load_request, mark_forwarded, open_request
from storage.contacts import contact_ids, load_customer
from storage.errors import NotFound
from storage.grants import load_grant
from storage.people import Standing, manager_ids

CREATE_RELATIONSHIP = "create_relationship"
CONSENT_REQUEST = "consent_request"
"""The card of a request, and the mail that asks the administrator."""
SAME_FOR = timedelta(hours=1)
"""How long asking again is the same request."""


class NoGroup(Exception):
    """No relationship can be asked for: no security group of engineers is set."""


def ask(
    session: Session, policy: Policy, customer_id: int, mechanism: Mechanism, now: datetime, *, by: Person | None
) -> ConsentRequest:
    """Ask the customer; both contacts and the administrator get it. Raises NoGroup, NotFound."""
    customer = load_customer(session, customer_id, lock=True)
    if mechanism is Mechanism.GDAP and policy.access.group_id is None:
        raise NoGroup
    standing = open_request(session, customer_id, mechanism, now)
    if standing is not None and now - standing.asked_at < SAME_FOR:
        return standing
    administrator = load_administrator(session, customer_id)
    is_app = mechanism is Mechanism.APP
    request_id = add_request(
        session,
        customer_id,
        mechanism,
        request_nonce(policy.link_key, customer_id, mechanism, now),
        asked_by=by.id if by else None,
        now=now,
        expires_at=now + (LINK_GOOD_FOR if is_app else LONGEST_REQUEST),
        administrator=(administrator.name, administrator.email) if administrator else None,
    )
    asked = permissions_asked(mechanism, policy.access.permissions, policy.access.roles)
    details = {"request": request_id, "mechanism": mechanism.value, "permissions": [one.name for one in asked]}
    ledger.note(session, policy, customer_id, EntryKind.ASKED, now, by=by, details=details)
    if is_app:
        send(session, request_id, now)
    else:
        payload = {"request": request_id}
        ask_graph(session, policy.provider.tenant_id, CREATE_RELATIONSHIP, payload, now, key=f"gdap:{request_id}")
    follow(session, customer.id, now)
    return load_request(session, request_id)


def send(session: Session, request_id: int, now: datetime) -> None:
    """The link is there: both contacts get the card, the administrator, where one is named, gets a mail."""
    request = load_request(session, request_id)
    for person_id in contact_ids(session, request.customer_id):
        announcements.show(
            session,
            person_id,
            CONSENT_REQUEST,
            {CONSENT_REQUEST: request_id},
            now,
            fresh=True,
            subject=request_subject(request_id),
        )
    administrator = load_administrator(session, request.customer_id)
    if administrator is not None:
        mark_forwarded(session, request_id, None, now, administrator=(administrator.name, administrator.email))
        args = {
            "customer": request.customer_id,
            "request": request_id,
            "language": administrator.language.value,
        }
        key = f"{CONSENT_REQUEST}:{request_id}:{administrator.email}"
        announcements.mail(session, administrator.email, CONSENT_REQUEST, args, now, key=key)


def follow_request(session: Session, request: ConsentRequest, now: datetime) -> None:
    """Every copy of the request's card follows, and the customer's consents."""
    readers = {*contact_ids(session, request.customer_id), *manager_ids(session)}
    announcements.follow(session, request_subject(request.id), now, also=readers)
    follow(session, request.customer_id, now)


# --- the card and the mail --------------------------------------------------------------------------------------------


def request_card(
    session: Session, reader: Standing, request_id: int, now: datetime, policy: Policy, *, notice: str = ""
) -> Card:
    """The request for one reader. Raises NotFound where it is not this reader's to see."""
    request = load_request(session, request_id)
    is_theirs = reader.role is Role.CONTACT and reader.customer is not None
    if not (reader.role.is_staff or (is_theirs and reader.customer and reader.customer.id == request.customer_id)):
        raise NotFound("consent_request", request_id)
    sheet = request_sheet(session, request, now, policy, reader.person.language)
    return consent_request_card(sheet, reader.person.language, is_staff=reader.role.is_staff, notice=notice)


def consent_request_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """The request for delivery. Raises NotFound where it is not this reader's to see."""
    return request_card(session, reader, args[CONSENT_REQUEST], now, policy)


def consent_request_mail(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """The request for the customer's administrator; nothing where it is no longer open."""
    request, language = load_request(session, args["request"]), Language(args["language"])
    sheet = request_sheet(session, request, request.asked_at, policy, language)
    if sheet.url is None or sheet.is_given or request.state(request.asked_at) is not RequestState.OPEN:
        return None
    return Draft(request_letter(sheet, policy.provider, language, forwarded_by=args.get("forwarded_by", "")), language)


def request_sheet(
    session: Session, request: ConsentRequest, now: datetime, policy: Policy, language: Language
) -> RequestSheet:
    """Everything that is shown of a request."""
    grant = load_grant(session, request.grant_id) if request.grant_id is not None else None
    t = texts_for(language)
    forward = (
        execute(t("Forward to {name}", name=request.administrator), ForwardRequest(consent_request=request.id))
        if request.administrator and may_forward(request, request.administrator_email, now)
        else None
        if request.administrator
        else execute(t("Forward to our administrator"), StartAdministrator(consent_request=request.id))
    )
    return RequestSheet(
        request=request,
        customer=load_customer(session, request.customer_id),
        provider_name=policy.provider.name,
        permissions=permissions_asked(request.mechanism, policy.access.permissions, policy.access.roles),
        url=consent_url(policy, request, grant, language),
        is_given=bool(grant and grant.known_state.is_active),
        valid_days=policy.access.days if request.mechanism is Mechanism.GDAP else None,
        forward=forward,
        now=now,
    )
