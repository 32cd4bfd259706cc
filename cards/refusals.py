"""Why something was not done, and what to do instead, in the reader's language. One sentence or two per kind of
refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cards.errors import ClickError, UnknownVerb, UnreadableClick, UrgencyRefused
from cards.formats import duration, long_date, moment, money
from cards.language import Texts, message, texts_for
from contract import costs, errors, invoice_runs, invoices, payments, remote_sessions, term_errors
from contract.moves import NEEDS_CLAIM
from contract.people import Language
from contract.tickets import State

TOO_SHORT, TOO_LONG = frozenset({"string_too_short"}), frozenset({"string_too_long"})
NO_NUMBER = frozenset({"greater_than_equal", "less_than_equal", "int_parsing", "int_from_float"})
NO_TIME = frozenset({"time_parsing", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"})
"""What pydantic calls the mistakes that people make when they fill in a form."""

_OLD_CARD = message("That card is from an earlier version. Type help to go on.")
_OURS_TO_SET = message("We set the urgency ourselves, from your description. Nothing was changed.")

_PLAIN: dict[type[Exception], str] = {
    errors.NotAContact: message("Only an appointed contact can do this."),
    errors.UrgencyByCustomer: _OURS_TO_SET,
    UrgencyRefused: _OURS_TO_SET,
    errors.TooManyContacts: message("There are two contacts already. Remove one of them first."),
    errors.AlreadyClaimed: message("A colleague picked this up just before you."),
    errors.NothingToStop: message("There is no approved time left to stop."),
    errors.TextMissing: message("Write something first."),
    errors.AlreadyDecided: message("This estimate was decided already."),
    errors.Outdated: message("That card was not up to date. This is the estimate as it stands."),
    errors.Superseded: message("A newer estimate has taken the place of that one. Decide about the newer one."),
    errors.WithdrawnEstimate: message("This estimate is no longer on offer."),
    errors.Expired: message("This estimate has expired. Ask for a new one by answering on the ticket."),
    errors.PartialNotPossible: message(
        "An estimate is approved as a whole. Ask for a smaller one by answering on the ticket."
    ),
    errors.UnclearTimes: message(
        "Fill in begin and end, or only the minutes until now. Where both are filled in they have to agree."
    ),
    errors.ZeroMinutes: message("The end has to be later than the begin."),
    errors.InFuture: message("That lies in the future. Log it once the work is done."),
    costs.CostInFuture: message("That day lies in the future."),
    errors.SkippedLocalTime: message("That time does not exist: the clock skipped an hour. Correct it."),
    errors.OnSiteNeedsAddendum: message("On-site work needs a signed addendum for that day."),
    term_errors.NotMonthStart: message("A contract starts on the 1st of a month."),
    term_errors.NotMonthEnd: message("A contract ends on the last day of a month."),
    term_errors.EndsBeforeStart: message("The last day lies before the first."),
    term_errors.OverYearEnd: message("A contract ends at the latest on 31 December of the year it starts in."),
    term_errors.NoMonthEnd: message("A contract ends on the last day of a month. Name such a day."),
    errors.ResponseTooSlow: message("That response time is longer than the pick-up target."),
    UnknownVerb: _OLD_CARD,
    ClickError: _OLD_CARD,
    payments.NothingToPay: message("Give an amount of more than nothing, for an invoice."),
    payments.PaidInFuture: message("That day is still to come."),
    payments.NothingToUndo: message("There is no payment to take back."),
    invoices.InvoiceRefusal: message("Only an invoice can be paid or credited, and only what is left of it."),
    errors.Refusal: message("That is not possible under the contract."),
}

_Text = Callable[[Texts, Any, Language, datetime], str]

_WITH_FACTS: dict[type[Exception], _Text] = {
    term_errors.StartsTooSoon: lambda t, error, language, _now: t(
        "After this signature it can start on {day} at the earliest.", day=long_date(error.earliest, language)
    ),
    term_errors.OverlappingTerm: lambda t, error, language, _now: t(
        "Contract {number} already covers days of it: {start} to {end}.",
        number=error.contract.number,
        start=long_date(error.contract.starts_on, language),
        end=long_date(error.contract.ends_on, language),
    ),
    term_errors.AlreadyCancelled: lambda t, error, language, _now: t(
        "It was cancelled already, and the first cancellation stands: the last day is {day}.",
        day=long_date(error.ends_on, language),
    ),
    term_errors.ReceivedAfterEnd: lambda t, error, language, _now: t(
        "The contract had ended on {day} when the cancellation came in.", day=long_date(error.ended_on, language)
    ),
    term_errors.EndsTooSoon: lambda t, error, language, _now: t(
        "It can't end on {asked}: {day} is the earliest.",
        asked=long_date(error.asked, language),
        day=long_date(error.earliest, language),
    ),
    term_errors.EndsTooLate: lambda t, error, language, _now: t(
        "It can't end on {asked}: the contract ends on {day} anyway.",
        asked=long_date(error.asked, language),
        day=long_date(error.latest, language),
    ),
    errors.ReopenTooLate: lambda t, error, language, _now: t(
        "Reopening was possible through {day}. Open a follow-up ticket instead.",
        # Its end is the first instant at which it is over: the day before is the last one (D30).
        day=long_date(error.until - timedelta(minutes=1), language),
    ),
    errors.MoveNotAllowed: lambda t, error, _language, _now: (
        t("Nobody has picked this ticket up yet. Claim it first.")
        if error.state is State.NEW and error.move in NEEDS_CLAIM
        else t("That is not possible any more: the ticket has changed. This is how it stands now.")
    ),
    errors.NotADuplicate: lambda t, error, _language, _now: t(
        "It can't be a duplicate of {other}. Name another ticket of the same customer.", other=error.original_number
    ),
    payments.PaymentTooHigh: lambda t, error, language, _now: (
        t("That is more than is open: {amount}.", amount=money(error.open_cents, language))
        if error.open_cents
        else t("Nothing is open of this invoice.")
    ),
    invoices.CreditTooHigh: lambda t, error, _language, _now: t(
        "Nothing is left to give back of line {position}.", position=error.position
    ),
    invoice_runs.MonthNotOver: lambda t, error, language, now: t(
        "The invoices of that month can be issued from {when} on.", when=moment(error.issued_at, now, language)
    ),
    remote_sessions.SessionNeedsAccess: lambda t, error, _language, _now: (
        t(
            "{name} of the customer withdrew the consent: no remote session until a contact consents again. "
            "Advice by chat or phone is possible.",
            name=error.withdrawal.withdrawn_by_name,
        )
        if error.withdrawal is not None
        else t(
            "The customer has not consented to remote access now. Ask for it on the card of remote access, or wait; "
            "advice by chat or phone is possible."
        )
    ),
    errors.RemoteNeedsAccess: lambda t, error, language, now: (
        t(
            "The customer's consent to remote access ended {when}. Log the work until then, or ask for consent on the "
            "card of remote access; advice by chat or phone can be logged all the same.",
            when=moment(error.ended_at, now, language),
        )
        if error.ended_at is not None
        else t(
            "The customer had not consented to remote access then. Advice by chat or phone can be logged all the same."
        )
    ),
    remote_sessions.SessionElsewhere: lambda t, error, _language, _now: t(
        "You have a remote session on ticket {number}. End that one first.", number=error.running.ticket_number
    ),
    errors.EstimateMinutes: lambda t, error, _language, _now: t(
        "An estimate is for 1 minute up to {most} hours.", most=error.most // 60
    ),
    errors.OverAllowance: lambda t, error, _language, _now: t(
        "That is more than may be spent without asking: {left} left.", left=duration(error.remaining_minutes)
    ),
    costs.NoSuchQuantity: lambda t, error, _language, _now: t("A cost is for 1 to {most} pieces.", most=error.most),
    costs.CostBeforeTicket: lambda t, error, language, _now: t(
        "The ticket was opened on {day}. Nothing before it can be charged.", day=long_date(error.opened_on, language)
    ),
    costs.ItemNotCovered: lambda t, error, language, _now: t(
        "No addendum signed by {day} names that for this day.", day=long_date(error.day, language)
    ),
    errors.BeforeTicket: lambda t, error, language, now: t(
        "That is before the ticket was opened ({when}).", when=moment(error.created_at, now, language)
    ),
    errors.AfterClosing: lambda t, error, language, now: t(
        "The ticket was closed {when}. Work begun later needs it reopened.",
        when=moment(error.closed_at, now, language),
    ),
    errors.OverlappingEntry: lambda t, error, language, now: t(
        "You already logged time on ticket {ticket} from {start} to {end}.",
        ticket=error.entry.ticket_number,
        start=moment(error.entry.started_at, now, language),
        end=moment(error.entry.ended_at, now, language),
    ),
    errors.NeedsOutsideHoursReason: lambda t, error, _language, _now: t(
        "{minutes} of it are outside office hours. Choose why.", minutes=duration(error.minutes)
    ),
}


def refusal_text(error: Exception, language: Language, now: datetime) -> str:
    """What to tell a person whose act was refused. Every refusal has a text; an unknown one gets the general one."""
    t = texts_for(language)
    if isinstance(error, errors.NoContract):
        return _no_contract(t, error, language)
    if isinstance(error, errors.OutcomeNeeds):
        return t(
            "Fill in what this outcome needs: {fields}.", fields=", ".join(_field(t, name) for name in error.fields)
        )
    if isinstance(error, UnreadableClick) and type(error) is UnreadableClick:
        return _unreadable(t, error)
    for kind in type(error).__mro__:
        if (found := _WITH_FACTS.get(kind)) is not None:
            return found(t, error, language, now)
        if (plain := _PLAIN.get(kind)) is not None:
            return t(plain)
    return t("Not found. It may belong to somebody else, or the number is wrong.")


def _no_contract(t: Texts, error: errors.NoContract, language: Language) -> str:
    if error.starts_on is not None:
        return t(
            "Your contract starts on {day}. Tickets can be opened from then on.",
            day=long_date(error.starts_on, language),
        )
    if error.ended_on is not None and error.is_cancelled:
        return t(
            "Your contract was cancelled per {day}. Your tickets can still be read; call us about a new one.",
            day=long_date(error.ended_on, language),
        )
    if error.is_cancelled:
        return t("Your contract was cancelled before it started. Call us about a new one.")
    if error.ended_on is not None:
        return t(
            "Your contract ended on {day}. Your tickets can still be read; call us to renew it.",
            day=long_date(error.ended_on, language),
        )
    return t("There is no contract for this day. Call us about one.")


def _unreadable(t: Texts, error: UnreadableClick) -> str:
    kinds = {problem.kind for problem in error.problems}
    if kinds & TOO_SHORT:
        return t("Something required is empty. Fill it in and send it again.")
    if kinds & TOO_LONG:
        return t("A text is too long. Shorten it, or send it as a file, and send it again.")
    if kinds & NO_NUMBER:
        return t("A number is not possible here. Correct it and send it again.")
    if kinds & NO_TIME:
        return t("A date or a time can't be read. Correct it and send it again.")
    return t(_OLD_CARD)


def _field(t: Texts, name: str) -> str:
    names = {
        "microsoft_case": t("the case number at Microsoft"),
        "workaround": t("what came of looking for a workaround"),
        "redesign": t("what came of looking at a redesign"),
        "escalation": t("what came of an escalation to Microsoft"),
    }
    return names.get(name, name)
