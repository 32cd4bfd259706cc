"""Who hears what about a customer's consents: both sides, once each, by card and where needed by mail (R5, R25).

Every contact and every manager gets a card at the end of the chat. The customer's administrator, and contacts whom
Teams does not reach, get the same by mail where it asks something of them: a warning before the end, something that is
lost, something to do by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.access import covering
from bot.announcements import customer_subject
from bot.consent_links import end_url
from bot.drafts import Draft
from bot.turn import Policy
from cards.components import Card
from cards.consent_news import News, NewsSheet, consent_news_card, end_steps, news_letter
from contract.consents import Change, ChangeKind, Grant, Mechanism
from contract.people import Language, Role
from storage import outbox
from storage.administrators import load_administrator
from storage.contacts import contact_ids, load_contacts, load_customer
from storage.errors import NotFound
from storage.grants import load_grant
from storage.people import Standing, load_standings, manager_ids

MAILED = frozenset({News.EXPIRING, News.ENDED, News.END_ASKED, News.END_BY_HAND, News.UNKNOWN})
"""What the administrator and people whom Teams does not reach get by mail."""
MANAGERS_ONLY = frozenset({News.NOT_CREATED, News.NOT_FOUND, News.REQUEST_EXPIRED, News.END_ASKED})
"""What contacts don't hear: they can do nothing about it, or one of them asked for it and both hear of that."""


def consents_subject(customer_id: int) -> str:
    """What the provider's live cards of a customer's consents are remembered by."""
    return f"consents:{customer_id}"


def request_subject(request_id: int) -> str:
    """What the live cards of a request are remembered by."""
    return f"consent_request:{request_id}"


def tell(
    session: Session, customer_id: int, mechanism: Mechanism, news: News, now: datetime, *, once: str, **more: Any
) -> None:
    """Say what happened, once for the same `once` however often it is asked. `more` are plain values of the card."""
    args = {"customer": customer_id, "mechanism": mechanism.value, "news": news.value, "at": now.isoformat(), **more}
    hearers = manager_ids(session)
    if news not in MANAGERS_ONLY:
        hearers = sorted({*hearers, *contact_ids(session, customer_id)})
    for person_id in hearers:
        key = f"{outbox.ONCE}consent:{once}:{person_id}"
        announcements.show(session, person_id, "consent_news", args, now, key=key)
    if news in MAILED:
        for address, language, is_administrator in _mailed(session, customer_id):
            if news in MANAGERS_ONLY and not is_administrator:
                continue
            mailed = {**args, "language": language.value, "administrator": is_administrator}
            announcements.mail(session, address, "consent_news", mailed, now, key=f"consent:{once}:{address}")
    follow(session, customer_id, now)


def follow(session: Session, customer_id: int, now: datetime) -> None:
    """Bring the provider's cards of a customer's consents up to date, without a sound."""
    managers = manager_ids(session)
    announcements.follow(session, consents_subject(customer_id), now, also=managers)
    announcements.follow(session, customer_subject(customer_id), now)


def _mailed(session: Session, customer_id: int) -> list[tuple[str, Language, bool]]:
    """The administrator, marked, and contacts who can't be reached in Teams."""
    found: dict[str, tuple[Language, bool]] = {}
    administrator = load_administrator(session, customer_id)
    if administrator is not None:
        found[administrator.email] = (administrator.language, True)
    people = [one.person for one in load_contacts(session, customer_id)]
    standings = load_standings(session, [person.id for person in people])
    for person in people:
        standing = standings[person.id]
        if person.email and (standing.chat is None or standing.unreachable_since is not None):
            found.setdefault(person.email, (person.language, False))
    return sorted((address, language, is_administrator) for address, (language, is_administrator) in found.items())


def tell_change(session: Session, change: Change, now: datetime) -> None:
    """Say what a check found; one card for each thing that changed."""
    before, after = change.before, change.after
    stamp = now.isoformat()
    for kind in change.kinds:
        news = _NEWS.get(kind)
        if kind is ChangeKind.RECOVERED and (before is None or not before.warned_unknown):
            # Nobody heard that it was not seen.
            news = None
        if news is None:
            continue
        lost, gained = _differences(before, after) if kind in (ChangeKind.NARROWED, ChangeKind.WIDENED) else ([], [])
        tell(
            session,
            after.customer_id,
            after.mechanism,
            news,
            now,
            once=f"{after.id}:{kind}:{stamp}",
            grant=after.id,
            **({"lost": lost} if lost and kind is ChangeKind.NARROWED else {}),
            **({"gained": gained} if gained and kind is ChangeKind.WIDENED else {}),
        )


_NEWS: Mapping[ChangeKind, News] = {
    ChangeKind.ACTIVATED: News.ACTIVATED,
    ChangeKind.ENDED: News.ENDED,
    ChangeKind.NARROWED: News.NARROWED,
    ChangeKind.WIDENED: News.WIDENED,
    ChangeKind.EXTENDED: News.CHANGED_END,
    ChangeKind.SHORTENED: News.CHANGED_END,
    ChangeKind.RECOVERED: News.RECOVERED,
}
"""That it ends soon is said by the warnings, each at its own time."""


def _differences(before: Grant | None, after: Grant) -> tuple[list[str], list[str]]:
    had, has = set(before.scope if before else ()), set(after.scope)
    return _names(had - has), _names(has - had)


def _names(scope: Iterable[Any]) -> list[str]:
    return sorted(one.name for one in scope)


# --- the card and the mail --------------------------------------------------------------------------------------------


def consent_news_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """The news for delivery. Raises NotFound for who is not concerned."""
    is_theirs = reader.customer is not None and reader.customer.id == args["customer"]
    if not (reader.role is Role.MANAGER or (reader.role is Role.CONTACT and is_theirs)):
        raise NotFound("customer", args["customer"])
    sheet = _sheet(session, args, policy, reader.person.language)
    return consent_news_card(sheet, reader.person.language, is_staff=reader.role.is_staff)


def consent_news_mail(session: Session, args: Mapping[str, Any], policy: Policy) -> Draft | None:
    """The same as a mail."""
    language = Language(args["language"])
    sheet, is_administrator = _sheet(session, args, policy, language), bool(args.get("administrator"))
    return Draft(news_letter(sheet, policy.provider, language, is_administrator=is_administrator), language)


def _sheet(session: Session, args: Mapping[str, Any], policy: Policy, language: Language) -> NewsSheet:
    at = datetime.fromisoformat(args["at"])
    customer = load_customer(session, args["customer"])
    mechanism, news = Mechanism(args["mechanism"]), News(args["news"])
    grant = load_grant(session, args["grant"]) if args.get("grant") else None
    confirms = news is News.END_ASKED and bool(args.get("confirm") and args.get("administrator"))
    return NewsSheet(
        news=news,
        grant=grant,
        mechanism=mechanism,
        customer_id=customer.id,
        customer_name=customer.name,
        provider_name=policy.provider.name,
        days=args.get("days"),
        lost=tuple(args.get("lost", ())),
        gained=tuple(args.get("gained", ())),
        code=args.get("code", ""),
        covers_work=mechanism is not Mechanism.APP or policy.app_consent_covers_work,
        goes_on=covering(session, customer.id, at, policy) is not None,
        request_id=args.get("request"),
        confirm_url=end_url(policy, grant, language, at) if confirms and grant else None,
        steps=end_steps(grant, policy.provider.name, language) if news is News.END_BY_HAND and grant else (),
        now=at,
    )
