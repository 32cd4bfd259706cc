"""What happened on a ticket, as one line: in its history, and as the message that makes a client notify (R5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from cards.formats import date, date_time, duration, money, size
from cards.labels import band_label, outcome_label, urgency_label
from cards.language import Texts, message, texts_for
from cards.plain_text import clip
from cards.session_texts import carried, session_ended, session_started
from contract.allowance import NOTICE_PERCENTS
from contract.events import EventKind, TicketEvent
from contract.outcomes import Outcome
from contract.people import Language
from contract.rate_bands import RateBand
from contract.tickets import Urgency

QUOTED = 140
"""Characters of what somebody wrote that a line of notification shows."""


def event_text(event: TicketEvent, language: Language) -> str:
    """What happened, without the words that somebody wrote: "Jan picked up the ticket"."""
    t = texts_for(language)
    return _SENTENCES[event.kind](t, event, language)


def event_name(kind: EventKind, language: Language) -> str:
    """What kind of thing happened, for a list: "answered"."""
    return texts_for(language)(_NAMES[kind])


def event_line(event: TicketEvent, language: Language, *, subject: str, customer: str = "") -> str:
    """The line of a notification: the ticket (for staff also whose), what happened, the beginning of what was said."""
    whose = f" · {customer} ·" if customer else ""
    line = f"{event.ticket_number}{whose} {clip(subject, 60)}: {event_text(event, language)}"
    return f"{line}: “{clip(' '.join(event.text.split()), QUOTED)}”" if event.text else line


def _amounts(t: Texts, event: TicketEvent, language: Language) -> str:
    bands = event.details.get("bands", {})
    parts = [f"{duration(minutes)} {band_label(t, RateBand(band))}" for band, minutes in bands.items() if minutes]
    return ", ".join(parts)


def _logged(t: Texts, event: TicketEvent, language: Language) -> str:
    spent = duration(event.details.get("minutes", 0))
    if not event.details.get("is_billable", True):
        return t("{name} logged {spent} that is not billed", name=event.actor_name, spent=spent)
    return t(
        "{name} logged {spent} ({bands}), {amount} excl. VAT",
        name=event.actor_name,
        spent=spent,
        bands=_amounts(t, event, language),
        amount=money(event.details.get("amount_cents", 0), language),
    )


def _corrected(t: Texts, event: TicketEvent, language: Language) -> str:
    text = t(
        "{name} corrected logged time from {before} to {after}",
        name=event.actor_name,
        before=duration(event.details.get("before_minutes", 0)),
        after=duration(event.details.get("minutes", 0)),
    )
    if event.details.get("before_billable", True) == event.details.get("is_billable", True):
        return text
    if event.details.get("is_billable", True):
        return t("{correction}, now billed", correction=text)
    return t("{correction}, no longer billed", correction=text)


def _decided(t: Texts, event: TicketEvent, verdict: str) -> str:
    if event.details.get("recorded_by"):
        return t(
            "{name} {verdict} estimate {number} by phone (recorded by {engineer})",
            name=event.details.get("contact", ""),
            verdict=verdict,
            number=event.details.get("estimate", ""),
            engineer=event.details["recorded_by"],
        )
    return t(
        "{name} {verdict} estimate {number}",
        name=event.actor_name,
        verdict=verdict,
        number=event.details.get("estimate", ""),
    )


def _opened(t: Texts, event: TicketEvent, language: Language) -> str:
    if event.details.get("recorded_by"):
        return t(
            "Ticket opened for {name} by phone (typed by {engineer})",
            name=event.details.get("contact", ""),
            engineer=event.details["recorded_by"],
        )
    return t("{name} opened the ticket", name=event.actor_name)


def _closed(t: Texts, event: TicketEvent, language: Language) -> str:
    outcome = outcome_label(t, Outcome(event.details.get("outcome", Outcome.SOLVED)))
    return t("{name} closed the ticket: {outcome}", name=event.actor_name, outcome=outcome)


def _offered(t: Texts, event: TicketEvent, language: Language) -> str:
    return t(
        "{name} asks approval for at most {amount} ({extra} extra)",
        name=event.actor_name,
        amount=money(event.details.get("at_most_cents", 0), language),
        extra=duration(event.details.get("minutes", 0)),
    )


def _reminded(t: Texts, event: TicketEvent, language: Language) -> str:
    until = event.details.get("valid_until")
    # Its end is the first instant at which it can no longer be decided: the day before is the last one.
    last = date(datetime.fromisoformat(until) - timedelta(minutes=1), language) if until else ""
    return t(
        "Estimate {number} (at most {amount}) still waits for a decision, until the end of {day}",
        number=event.details.get("estimate", ""),
        amount=money(event.details.get("at_most_cents", 0), language),
        day=last,
    )


def _noticed(t: Texts, event: TicketEvent, language: Language) -> str:
    percent = event.details.get("percent", 100)
    if percent == NOTICE_PERCENTS[-1]:
        return t(
            "All {granted} that may be spent without asking are used", granted=duration(event.details.get("granted", 0))
        )
    return t(
        "{spent} of the {granted} that may be spent without asking are used",
        spent=duration(event.details.get("logged", 0)),
        granted=duration(event.details.get("granted", 0)),
    )


def _attached(t: Texts, event: TicketEvent, language: Language) -> str:
    return t(
        "{name} attached {file} ({size})",
        name=event.actor_name,
        file=event.details.get("file", ""),
        size=size(event.details.get("size_bytes", 0), language),
    )


def _noted(t: Texts, event: TicketEvent, language: Language) -> str:
    if "file" in event.details:
        return t("{attached}, for engineers only", attached=_attached(t, event, language))
    return t("{name} made an internal note", name=event.actor_name)


def _timer_limit(t: Texts, event: TicketEvent, language: Language) -> str:
    name, left = event.details.get("engineer", ""), event.details.get("left_minutes", 0)
    if not left:
        return t("The timer of {name} has reached the limit: more time needs an approved estimate", name=name)
    return t("The timer of {name} reaches the limit in {left}", name=name, left=duration(left))


def _pickup(t: Texts, event: TicketEvent, language: Language) -> str:
    due = event.details.get("due_at")
    when = date_time(datetime.fromisoformat(due), language) if due else ""
    return t("Nobody has picked this up yet; target {when}", when=when)


def _cost(event: TicketEvent, language: Language) -> dict[str, object]:
    return {
        "name": event.actor_name,
        "quantity": event.details.get("quantity", 1),
        "what": clip(event.details.get("what", ""), QUOTED),
        "amount": money(event.details.get("amount_cents", 0), language),
    }


_Sentence = Callable[[Texts, TicketEvent, Language], str]

_SENTENCES: dict[EventKind, _Sentence] = {
    EventKind.TICKET_OPENED: _opened,
    EventKind.TICKET_CLAIMED: lambda t, e, _: t("{name} picked up the ticket", name=e.actor_name),
    EventKind.TICKET_HANDED_OVER: lambda t, e, _: t(
        "{name} handed the ticket over to {other}", name=e.actor_name, other=e.details.get("to", "")
    ),
    EventKind.TICKET_TAKEN_OVER: lambda t, e, _: t(
        "{name} took the ticket over from {other}", name=e.actor_name, other=e.details.get("from", "")
    ),
    EventKind.URGENCY_SET: lambda t, e, _: (
        t("{name} set the urgency to {urgency}", name=e.actor_name, urgency=urgency_label(t, Urgency(urgency)))
        if (urgency := e.details.get("urgency"))
        else t("{name} took the urgency away", name=e.actor_name)
    ),
    EventKind.CONTACT_ANSWERED: lambda t, e, _: t("{name} wrote", name=e.actor_name),
    EventKind.STAFF_ANSWERED: lambda t, e, _: t("{name} wrote", name=e.actor_name),
    EventKind.NOTE_ADDED: _noted,
    EventKind.FILE_ATTACHED: _attached,
    EventKind.WAITING_FOR_CUSTOMER: lambda t, e, _: t("{name} waits for the customer", name=e.actor_name),
    EventKind.WAITING_FOR_MICROSOFT: lambda t, e, _: t(
        "{name} waits for Microsoft (case {case})", name=e.actor_name, case=e.details.get("case", "")
    ),
    EventKind.TICKET_RESUMED: lambda t, e, _: t("{name} resumed the work", name=e.actor_name),
    EventKind.TIMER_STARTED: lambda t, e, _: t("{name} started a timer", name=e.actor_name),
    EventKind.TIMER_STOPPED: lambda t, e, _: t(
        "{name} discarded a timer of {spent}", name=e.actor_name, spent=duration(e.details.get("minutes", 0))
    ),
    EventKind.SESSION_STARTED: session_started,
    EventKind.SESSION_ENDED: session_ended,
    EventKind.TIME_LOGGED: lambda t, e, language: carried(t, e, _logged(t, e, language)),
    EventKind.TIME_CORRECTED: lambda t, e, language: carried(t, e, _corrected(t, e, language)),
    EventKind.COST_ADDED: lambda t, e, language: t(
        "{name} added {quantity} × {what}, {amount} excl. VAT", **_cost(e, language)
    ),
    EventKind.COST_REMOVED: lambda t, e, language: t(
        "{name} removed {quantity} × {what}, {amount} excl. VAT", **_cost(e, language)
    ),
    EventKind.ALLOWANCE_NOTICE_REACHED: _noticed,
    EventKind.ESTIMATE_OFFERED: _offered,
    EventKind.ESTIMATE_APPROVED: lambda t, e, _: _decided(t, e, t("approved")),
    EventKind.ESTIMATE_DECLINED: lambda t, e, _: _decided(t, e, t("declined")),
    EventKind.ESTIMATE_SUPERSEDED: lambda t, e, _: t(
        "Estimate {number} was replaced by a newer one", number=e.details.get("estimate", "")
    ),
    EventKind.ESTIMATE_WITHDRAWN: lambda t, e, _: t(
        "Estimate {number} is no longer on offer", number=e.details.get("estimate", "")
    ),
    EventKind.ESTIMATE_EXPIRED: lambda t, e, _: t(
        "Estimate {number} expired without a decision", number=e.details.get("estimate", "")
    ),
    EventKind.ESTIMATE_REMINDED: _reminded,
    EventKind.WORK_STOPPED: lambda t, e, _: t(
        "{name} stopped further work: no more than {granted} is spent",
        name=e.actor_name,
        granted=duration(e.details.get("granted_minutes", 0)),
    ),
    EventKind.MINIMUM_WAIVED: lambda t, e, _: t("{name} waived the 15-minute minimum", name=e.actor_name),
    EventKind.TICKET_RESOLVED: _closed,
    EventKind.TICKET_WITHDRAWN: lambda t, e, _: t("{name} withdrew the ticket", name=e.actor_name),
    EventKind.TICKET_MARKED_DUPLICATE: lambda t, e, _: t(
        "{name} marked this as a duplicate of {other}; it is not charged",
        name=e.actor_name,
        other=e.details.get("duplicate_of", ""),
    ),
    EventKind.TICKET_REOPENED: lambda t, e, _: (
        t("{name} reopened the ticket", name=e.actor_name)
        if e.actor_name
        else t("Open again: contract {number} follows without a gap", number=e.details.get("contract", ""))
    ),
    EventKind.TICKET_FOLLOWED_UP: lambda t, e, _: t(
        "{name} opened follow-up ticket {other}", name=e.actor_name, other=e.details.get("follow_up", "")
    ),
    EventKind.TICKET_ENDED_WITH_CONTRACT: lambda t, _event, _language: t("Closed because the contract ended"),
    EventKind.PICKUP_NEARED: _pickup,
    EventKind.TIMER_NEARED_LIMIT: _timer_limit,
}

_NAMES: dict[EventKind, str] = {
    EventKind.TICKET_OPENED: message("opened"),
    EventKind.TICKET_CLAIMED: message("picked up"),
    EventKind.TICKET_HANDED_OVER: message("handed over"),
    EventKind.TICKET_TAKEN_OVER: message("taken over"),
    EventKind.URGENCY_SET: message("urgency set"),
    EventKind.CONTACT_ANSWERED: message("customer wrote"),
    EventKind.STAFF_ANSWERED: message("engineer wrote"),
    EventKind.NOTE_ADDED: message("note made"),
    EventKind.FILE_ATTACHED: message("file attached"),
    EventKind.WAITING_FOR_CUSTOMER: message("waits for the customer"),
    EventKind.WAITING_FOR_MICROSOFT: message("waits for Microsoft"),
    EventKind.TICKET_RESUMED: message("work resumed"),
    EventKind.TIMER_STARTED: message("timer started"),
    EventKind.TIMER_STOPPED: message("timer stopped"),
    EventKind.SESSION_STARTED: message("remote session"),
    EventKind.SESSION_ENDED: message("remote session ended"),
    EventKind.TIME_LOGGED: message("time logged"),
    EventKind.TIME_CORRECTED: message("time corrected"),
    EventKind.COST_ADDED: message("cost added"),
    EventKind.COST_REMOVED: message("cost removed"),
    EventKind.ALLOWANCE_NOTICE_REACHED: message("limit in sight"),
    EventKind.ESTIMATE_OFFERED: message("estimate sent"),
    EventKind.ESTIMATE_APPROVED: message("estimate approved"),
    EventKind.ESTIMATE_DECLINED: message("estimate declined"),
    EventKind.ESTIMATE_SUPERSEDED: message("estimate replaced"),
    EventKind.ESTIMATE_WITHDRAWN: message("estimate withdrawn"),
    EventKind.ESTIMATE_EXPIRED: message("estimate expired"),
    EventKind.ESTIMATE_REMINDED: message("reminded of the estimate"),
    EventKind.WORK_STOPPED: message("further work stopped"),
    EventKind.MINIMUM_WAIVED: message("minimum waived"),
    EventKind.TICKET_RESOLVED: message("closed"),
    EventKind.TICKET_WITHDRAWN: message("withdrawn"),
    EventKind.TICKET_MARKED_DUPLICATE: message("marked as duplicate"),
    EventKind.TICKET_REOPENED: message("reopened"),
    EventKind.TICKET_FOLLOWED_UP: message("followed up"),
    EventKind.TICKET_ENDED_WITH_CONTRACT: message("closed with the contract"),
    EventKind.PICKUP_NEARED: message("pick-up target near"),
    EventKind.TIMER_NEARED_LIMIT: message("timer near the limit"),
}
