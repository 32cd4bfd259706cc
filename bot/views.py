"""Cards that are shown without a click: by name, from ids, as of the moment they go out, for one reader.

Delivery renders with these (a ticket as it is now, an estimate as it was offered), so that an outbox row carries no
text and no stale state. A view answers None where this reader may not see the thing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import (
    access_cards,
    chats,
    consent_news,
    consent_requests,
    consents,
    contact_searches,
    contract_ends,
    credentials,
    customers,
    erasures,
    evaluations,
    files,
    guests,
    invoice_months,
    invoices,
    payments,
    people,
    questions,
    renewal_warnings,
    renewals,
    staff_groups,
    strangers,
    term_cards,
    watch_cards,
)
from bot.estimates import estimate_view
from bot.receipts import receipt_view
from bot.tickets import check_visible, ticket_sheet
from bot.turn import Policy
from cards.components import Card
from cards.tickets import ticket_card
from storage.people import Standing
from storage.tickets import load_ticket

View = Callable[[Session, Standing, Mapping[str, Any], datetime, Policy], Card]


def _ticket(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    ticket = check_visible(load_ticket(session, args["ticket"]), reader)
    sheet = ticket_sheet(session, reader, ticket, now, policy)
    return ticket_card(sheet, reader.person.language, is_staff=reader.role.is_staff)


VIEWS: Mapping[str, View] = {
    "ticket": _ticket,
    "estimate": estimate_view,
    "receipt": receipt_view,
    "files": files.files_view,
    "invoice": invoices.invoice_view,
    "invoice_run": invoice_months.run_view,
    "credit": payments.credit_view,
    "question": questions.question_view,
    "welcome": chats.welcome_view,
    "knock": strangers.knock_view,
    "customer": customers.customer_view,
    "credential": credentials.credential_view,
    "kept_over": erasures.kept_over_view,
    "renewal": renewals.renewal_view,
    "renewals": renewal_warnings.renewals_view,
    "missing_prices": renewal_warnings.missing_prices_view,
    "contract_ended": contract_ends.contract_ended_view,
    "evaluation": evaluations.evaluation_view,
    "term": term_cards.term_view,
    "contact_changed": people.contact_changed_view,
    "guest": guests.guest_view,
    "staff_left": staff_groups.staff_left_view,
    "staff_group": staff_groups.staff_group_view,
    "knock_refused": people.knock_refused_view,
    "contact_search": contact_searches.search_view,
    "directory_silent": watch_cards.silence_view,
    "contact_is_guest": watch_cards.guest_contact_view,
    "access": access_cards.access_view,
    "consents": consents.consents_view,
    "consent_request": consent_requests.consent_request_view,
    "consent_news": consent_news.consent_news_view,
}
"""View name → function(session, reader, args, now, policy). Raises NotFound where the reader may not see it."""
