"""Everything that happens by itself: timer kind → function, and the calendar work. One table, as `bot/routes.py` is
for clicks.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bot import (
    announcements,
    consent_checks,
    contract_ends,
    erasures,
    estimate_deadlines,
    evaluation_dates,
    graph_notices,
    invoice_months,
    payment_reminders,
    pickups,
    recorded_consents,
    remote_sessions,
    renewal_warnings,
    staff_groups,
    subscriptions,
    timer,
    watches,
)
from bot.schedule import Handler, Recurring
from bot.turn import Policy
from contract.renewals import next_warning
from storage import outbox
from storage.files import forget_files

REFRESH_CARD = "refresh_card"
KEPT = timedelta(days=14)
"""How long delivered rows are kept, for whoever asks whether something was sent, and files that nobody gave to a
ticket.
"""

PURGED_ROWS = 5000
"""Outbox rows forgotten at once: four times an hour that keeps up with 400,000 messages a day."""


def refresh_card(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    """A form was left open on a card: bring the card up to date, nobody is typing any more."""
    kind, _, key = payload["subject"].partition(":")
    announcements.show(session, payload["person"], kind, {kind: int(key)}, now, post=False, subject=payload["subject"])


def _purge(session: Session, slot: datetime, now: datetime) -> None:
    outbox.purge(session, now - KEPT, limit=PURGED_ROWS)
    forget_files(session, now - KEPT)


def _next_quarter(after: datetime) -> datetime:
    return after.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=15 * (after.minute // 15 + 1))


TIMERS: Mapping[str, Handler] = {
    REFRESH_CARD: refresh_card,
    pickups.REMIND_PICKUP: pickups.remind_pickup,
    estimate_deadlines.REMIND_ESTIMATE: estimate_deadlines.remind_estimate,
    estimate_deadlines.EXPIRE_ESTIMATE: estimate_deadlines.expire_estimate,
    graph_notices.LOOK_AT_TENANT: graph_notices.look_at_tenant,
    timer.TIMER_LIMIT: timer.warn_of_limit,
    renewal_warnings.SEND_RENEWALS: renewal_warnings.send_renewals,
    renewal_warnings.FOLLOW_RENEWALS: renewal_warnings.follow_renewals,
    contract_ends.FIND_ENDED: contract_ends.find_ended,
    contract_ends.CLOSE_ENDED: contract_ends.close_ended,
    evaluation_dates.SEND_EVALUATIONS: evaluation_dates.send_evaluations,
}


def timers_with(policy: Policy) -> Mapping[str, Handler]:
    """All kinds of timers, with the settings for those that decide by them."""
    return {
        **TIMERS,
        invoice_months.RUN_PART: partial(invoice_months.run_part, policy=policy),
        remote_sessions.REMOTE_SESSION: partial(remote_sessions.look_at_session, policy=policy),
        recorded_consents.ADOPT_CONSENTS: partial(recorded_consents.adopt_consents, policy=policy),
    }


def recurring_with(policy: Policy) -> tuple[Recurring, ...]:
    """All calendar work, with the settings for what decides by them."""
    read_groups = partial(staff_groups.read_groups, policy=policy)
    check = partial(consent_checks.check_due, policy=policy)
    compare = partial(consent_checks.compare_all, policy=policy)
    return (
        *CRON,
        Recurring("read_staff_groups", _next_quarter, read_groups, makes_up=False),
        Recurring("check_consents", consent_checks.next_minute, check, makes_up=False),
        Recurring("forget_checks", consent_checks.next_minute, consent_checks.forget_checks, makes_up=False),
        Recurring("compare_relationships", consent_checks.next_night, compare, makes_up=False),
    )


CRON = (
    Recurring("purge", _next_quarter, _purge, makes_up=False),
    Recurring("watch_people", watches.next_minute, watches.look_at_due, makes_up=False),
    Recurring("forget_looks", watches.next_minute, watches.forget_looks, makes_up=False),
    Recurring("keep_subscriptions", watches.next_minute, subscriptions.keep_due, makes_up=False),
    Recurring("issue_invoices", invoice_months.next_issue, invoice_months.begin_month),
    Recurring("remind_unpaid", payment_reminders.next_morning, payment_reminders.remind_unpaid),
    Recurring("warn_of_renewals", next_warning, renewal_warnings.warn),
    Recurring("follow_renewals", renewal_warnings.next_month_begin, renewal_warnings.follow_offers),
    Recurring("warn_of_prices", renewal_warnings.next_price_warning, renewal_warnings.warn_of_prices),
    Recurring("warn_of_kept", erasures.next_month_begin, erasures.warn_of_kept),
    Recurring("send_evaluations", evaluation_dates.next_evaluation, evaluation_dates.evaluate_year),
    Recurring("end_contracts", contract_ends.next_midnight, contract_ends.look_for_ended),
)
