"""Watching the contacts' accounts in each customer's directory: switching it on and off, and when to look (R4, D32).

Every customer is looked at each quarter of an hour, at a moment of its own, so that ten thousand of them are 667 a
minute and not ten thousand at once. A notification asks for a look of its own. However often it is asked, one look at
most waits in a tenant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from bot import announcements
from bot.announcements import customer_subject
from bot.errands import ask_graph
from contract.accounts import may_only_read
from storage import outbox, watches
from storage.contacts import contact_ids, load_customer
from storage.people import Standing, manager_ids

WATCH_PEOPLE = "watch_people"
EVERY = timedelta(minutes=15)
LOST_AFTER = timedelta(hours=1)
"""When a look that was asked for and of which nothing was heard is asked for again."""
AT_ONCE = 1000
"""Customers that are looked at in one minute; with a look each quarter of an hour that is room for 15,000."""
_SECOND = timedelta(seconds=1)
_QUARTER = EVERY // _SECOND
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_SPREAD = 7919
"""A prime: customers with consecutive numbers are looked at in different seconds."""


def next_look(customer_id: int, after: datetime) -> datetime:
    """The next look at a customer after an instant: each quarter of an hour in a second of its own."""
    own = customer_id * _SPREAD % _QUARTER
    seconds = (after - _BEGIN) // _SECOND
    wait = (own - seconds) % _QUARTER or _QUARTER
    return _BEGIN + (seconds + wait) * _SECOND


def next_minute(after: datetime) -> datetime:
    """When it is seen next which customers are due."""
    return after.replace(second=0, microsecond=0) + timedelta(minutes=1)


def look_at_due(session: Session, slot: datetime, now: datetime) -> None:
    """Have every customer looked at whose time has come."""
    for customer_id, tenant_id in watches.take_due(session, now, now + LOST_AFTER, AT_ONCE):
        _ask(session, customer_id, tenant_id, now)


def forget_looks(session: Session, slot: datetime, now: datetime) -> None:
    """Forget the looks of an hour ago: a million a day with ten thousand customers."""
    outbox.purge_kind(session, WATCH_PEOPLE, now - 3 * LOST_AFTER, now - LOST_AFTER, limit=2 * AT_ONCE)


def look_now(session: Session, customer_id: int, now: datetime) -> bool:
    """Have a customer looked at at once, such as after a notification; False where nobody watches."""
    watch = watches.load_watch(session, customer_id)
    if watch is None or not watch.is_on:
        return False
    _ask(session, customer_id, load_customer(session, customer_id).tenant_id, now)
    return True


def watch_tenant(session: Session, customer_id: int, now: datetime) -> bool:
    """Watch a customer's contacts from now on, and look at once: the app may read its directory.

    Changes nothing where it is watched already, or where a manager stopped it: then only a manager starts it again.
    """
    customer = load_customer(session, customer_id, lock=True)
    watch = watches.load_watch(session, customer_id, lock=True)
    if watch is not None and (watch.is_on or watch.stopped_at is not None):
        return False
    _begin(session, customer_id, customer.tenant_id, now)
    return True


def watch_again(session: Session, customer_id: int, now: datetime) -> bool:
    """A manager has the contacts watched, also where it had been stopped; False where they are."""
    customer = load_customer(session, customer_id, lock=True)
    watch = watches.load_watch(session, customer_id, lock=True)
    if watch is not None and watch.is_on:
        return False
    _begin(session, customer_id, customer.tenant_id, now)
    return True


def _begin(session: Session, customer_id: int, tenant_id: str, now: datetime) -> None:
    watches.switch_on(session, customer_id, now)
    _ask(session, customer_id, tenant_id, now)
    announcements.follow(session, customer_subject(customer_id), now)


def stop_watching(session: Session, customer_id: int, now: datetime, *, by: int | None, why: str) -> bool:
    """Watch no longer, for a manager's reason: the contacts are whom the provider named, and may act again.

    False where nobody watches. A look that is under way changes nothing any more.
    """
    load_customer(session, customer_id, lock=True)
    watch = watches.load_watch(session, customer_id, lock=True)
    if watch is None or not watch.is_on:
        return False
    watches.switch_off(session, customer_id, now, by=by, why=why)
    announcements.follow(session, customer_subject(customer_id), now)
    return True


def _ask(session: Session, customer_id: int, tenant_id: str, now: datetime) -> None:
    ask_graph(session, tenant_id, WATCH_PEOPLE, {"customer": customer_id}, now, replaces=WATCH_PEOPLE)


# --- looking that fails -----------------------------------------------------------------------------------------------


def only_reads(session: Session, caller: Standing, now: datetime) -> bool:
    """Whether a contact only reads, because for a day nobody could see who that is (D15, D32)."""
    if caller.customer is None:
        return False
    checked_at, failing_since = watches.freshness(session, caller.customer.id, caller.person.id)
    return may_only_read(checked_at, failing_since, now)


def look_failed(session: Session, watch: watches.Watch, error: str, now: datetime) -> None:
    """Write down that a look failed; once it lasts for a day contacts and managers are told, once."""
    watches.mark_failing(session, watch, now, next_look(watch.customer_id, now), error)
    if watch.failing_since is None or watch.error != error[:120]:
        announcements.follow(session, customer_subject(watch.customer_id), now)
    contacts = contact_ids(session, watch.customer_id)
    freshness = [watches.freshness(session, watch.customer_id, person_id) for person_id in contacts]
    if any(may_only_read(*one, now) for one in freshness) and watches.mark_told(session, watch.customer_id, now):
        _tell(session, watch.customer_id, contacts, now, is_over=False)


def look_worked(
    session: Session, watch: watches.Watch, now: datetime, *, link: str | None, watched: str | None
) -> None:
    """Write down a good look; whoever was told of the failure is told that it is over."""
    watches.mark_looked(session, watch.customer_id, now, next_look(watch.customer_id, now), link=link, watched=watched)
    if watch.failing_since is not None or watch.looked_at is None:
        announcements.follow(session, customer_subject(watch.customer_id), now)
    if watch.told_at is not None:
        _tell(session, watch.customer_id, contact_ids(session, watch.customer_id), now, is_over=True)


def _tell(session: Session, customer_id: int, contacts: list[int], now: datetime, *, is_over: bool) -> None:
    for person_id in sorted({*contacts, *manager_ids(session)}):
        announcements.show(session, person_id, "directory_silent", {"customer": customer_id, "over": is_over}, now)
