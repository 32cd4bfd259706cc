"""The calendar of a year's end: warnings with the renewal to sign, who has not signed, missing prices (D17, D34).

On 1 November, 1 December and 15 December at 9:00 every contract that ends with the year, was not cancelled and has no
renewal brings its card to both contacts, once for each of these days, in portions that each are a transaction of their
own. Managers get one card that follows. Of several warnings that were missed only the last is made up for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from bot import announcements
from bot.renewal_cards import renewal_subject
from bot.renewals import send_offer
from bot.tickets import new_form_id
from bot.turn import Answer, Policy, Turn
from cards.clicks.contracts import SendRenewals, ShowRenewals
from cards.components import Card
from cards.renewal_overview import (
    PAGE_LINES,
    SHOWN_CUSTOMERS,
    MissingPrices,
    RenewalOverview,
    UnrenewedLine,
    missing_prices_card,
    renewal_overview_card,
)
from contract.local_time import at_local, local
from contract.people import Role
from contract.periods import month_after
from contract.renewals import is_overtaken, next_yearly
from storage import outbox, timers
from storage.errors import NotFound
from storage.people import Standing, manager_ids
from storage.renewals import (
    count_renewals,
    count_without_prices,
    customers_without_prices,
    load_unrenewed,
    unrenewed_ids,
)

SEND_RENEWALS, FOLLOW_RENEWALS = "send_renewals", "follow_renewals"
CHUNK = 50
LATE_MONTHS = 2
"""How many months of a year its renewals are still those of the year before."""
PRICE_DAYS = ((12, 1), (1, 1))
"""Month and day on which managers are warned of a year without a price list (D34)."""


# --- warnings ---------------------------------------------------------------------------------------------------------


def warn(session: Session, slot: datetime, now: datetime) -> None:
    """Begin to send the renewals of the year, and show managers who has not signed (D17)."""
    if is_overtaken(slot, now):
        return
    day = local(slot).date()
    _begin(session, SEND_RENEWALS, now, year=day.year, once=day.isoformat())
    if count_renewals(session, day.year).ending:
        _show_managers(session, "renewals", day.year, day, now)


def _begin(session: Session, kind: str, now: datetime, *, year: int, once: str, after: int = 0) -> None:
    """Arm a portion, under a key of its own."""
    payload = {"year": year, "once": once, "after": after}
    timers.arm(session, f"{kind}:{once}:{after}", now, kind, payload)


def send_renewals(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Send the next renewals that nobody has signed, and go on with those behind them."""
    found = unrenewed_ids(session, payload["year"], after=payload["after"], limit=CHUNK)
    for contract_id in found:
        send_offer(session, contract_id, now, once=payload["once"])
    if len(found) == CHUNK:
        _begin(session, SEND_RENEWALS, now, year=payload["year"], once=payload["once"], after=found[-1])


def next_month_begin(after: datetime) -> datetime:
    """The next local midnight that begins a month: what a renewal becomes changes then (D16)."""
    return at_local(month_after(local(after).date()), time())


def follow_offers(session: Session, slot: datetime, now: datetime) -> None:
    """Begin to bring the open renewals of last year up to date: signed from now on they start a month later."""
    if next_month_begin(slot) > now:
        day = local(slot).date()
        _begin(session, FOLLOW_RENEWALS, now, year=day.year - 1, once=day.isoformat())


def follow_renewals(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """Bring the next of them up to date, without a sound."""
    found = unrenewed_ids(session, payload["year"], after=payload["after"], limit=CHUNK)
    for contract_id in found:
        announcements.follow(session, renewal_subject(contract_id), now)
    if len(found) == CHUNK:
        _begin(session, FOLLOW_RENEWALS, now, year=payload["year"], once=payload["once"], after=found[-1])


# --- managers ---------------------------------------------------------------------------------------------------------


def _show_managers(session: Session, view: str, year: int, day: date, now: datetime) -> None:
    """A fresh card for every manager, once for each day."""
    for person_id in manager_ids(session):
        announcements.show(
            session,
            person_id,
            view,
            {view: year},
            now,
            fresh=True,
            subject=f"{view}:{year}",
            key=f"{outbox.ONCE}{view}:{year}:{day}:{person_id}",
        )


def _overview(session: Session, year: int, page: int) -> RenewalOverview:
    counts = count_renewals(session, year)
    lines = load_unrenewed(session, year, limit=PAGE_LINES, skip=(page - 1) * PAGE_LINES)
    return RenewalOverview(
        year=year,
        ending=counts.ending,
        renewed=counts.renewed,
        cancelled=counts.cancelled,
        lines=tuple(UnrenewedLine(one.contract_id, one.number, one.customer_id, one.customer_name) for one in lines),
        page=page,
        without_prices=count_without_prices(session, year + 1),
        form_id=new_form_id(),
    )


def renewals_view(session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy) -> Card:
    """Who has renewed and who has not, for delivery. Raises NotFound for who is no manager."""
    if reader.role is not Role.MANAGER:
        raise NotFound("year", args["renewals"])
    return renewal_overview_card(_overview(session, args["renewals"], 1), reader.person.language)


def show_renewals(turn: Turn, click: ShowRenewals) -> Answer:
    """A page of who has not renewed; in the first months it is about the year that is over."""
    today = local(turn.now).date()
    year = click.year or (today.year if today.month > LATE_MONTHS else today.year - 1)
    return renewal_overview_card(_overview(turn.session, year, click.page), turn.language)


def send_again(turn: Turn, click: SendRenewals) -> Answer:
    """Send the renewal again: of one contract, or of all that nobody has signed. A second click sends nothing."""
    t, notice = turn.texts, ""
    if click.contract is None:
        notice = t("The renewals are on their way.")
        _begin(turn.session, SEND_RENEWALS, turn.now, year=click.year, once=f"{turn.person.id}-{click.form_id}")
    elif click.contract in unrenewed_ids(turn.session, click.year, after=click.contract - 1, limit=1):
        notice = t("The renewal is on its way.")
        send_offer(turn.session, click.contract, turn.now, once=f"{turn.person.id}-{click.form_id}")
    return renewal_overview_card(_overview(turn.session, click.year, 1), turn.language, notice=notice)


# --- prices -----------------------------------------------------------------------------------------------------------


def next_price_warning(after: datetime) -> datetime:
    """When managers are next warned of missing price lists."""
    return next_yearly(after, PRICE_DAYS)


def warn_of_prices(session: Session, slot: datetime, now: datetime) -> None:
    """One card for managers where customers have no list for the coming year and had one for this (D34)."""
    day = local(slot).date()
    year = day.year if day.month == 1 else day.year + 1
    if next_price_warning(slot) > now and count_without_prices(session, year):
        _show_managers(session, "missing_prices", year, day, now)


def missing_prices_view(
    session: Session, reader: Standing, args: Mapping[str, Any], now: datetime, policy: Policy
) -> Card:
    """Whose prices of a year are missing, for delivery. Raises NotFound for who is no manager."""
    year = args["missing_prices"]
    if reader.role is not Role.MANAGER:
        raise NotFound("year", year)
    found = customers_without_prices(session, year, limit=SHOWN_CUSTOMERS)
    customers = tuple((one.customer_id, one.name) for one in found)
    missing = MissingPrices(year=year, customers=customers, count=count_without_prices(session, year))
    return missing_prices_card(missing, reader.person.language)
