"""Why something was not done, and what to do instead, in the reader's language. One sentence or two per kind of refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cards.errors import ClickError, UnknownVerb, UnreadableClick, UrgencyRefused
from cards.formats import date, duration, moment
from cards.language import Texts, texts_for
from contract import errors
from contract.people import Language

_Text = Callable[[Texts, Any, Language, datetime], str]

_TEXTS: dict[type[Exception], _Text] = {
    errors.NotAContact: lambda t, e, *_: t("Only an appointed contact can do this."),
    errors.UrgencyByCustomer: lambda t, e, *_: t("We set the urgency ourselves, from your description. Nothing was changed."),
    UrgencyRefused: lambda t, e, *_: t("We set the urgency ourselves, from your description. Nothing was changed."),
    errors.TooManyContacts: lambda t, e, *_: t("There are two contacts already. Remove one of them first."),
    errors.AlreadyClaimed: lambda t, e, *_: t("A colleague picked this up just before you."),
    errors.ReopenTooLate: lambda t, e, lang, now: t(
        "Reopening was possible until {when}. Open a follow-up ticket instead.", when=moment(e.until, now, lang)
    ),
    errors.MoveNotAllowed: lambda t, e, *_: t("That is not possible any more: the ticket has changed. This is how it stands now."),
    errors.NothingToStop: lambda t, e, *_: t("There is no approved time left to stop."),
    errors.NotADuplicate: lambda t, e, *_: t(
        "It can't be a duplicate of {other}. Name another ticket of the same customer.", other=e.number
    ),
    errors.TextMissing: lambda t, e, *_: t("Write something first."),
    errors.AlreadyDecided: lambda t, e, *_: t("This estimate was decided already."),
    errors.Outdated: lambda t, e, *_: t("That card was not up to date. This is the estimate as it stands."),
    errors.Superseded: lambda t, e, *_: t("A newer estimate has taken the place of that one. Decide about the newer one."),
    errors.WithdrawnEstimate: lambda t, e, *_: t("This estimate is no longer on offer."),
    errors.Expired: lambda t, e, *_: t("This estimate has expired. Ask for a new one by answering on the ticket."),
    errors.PartialNotPossible: lambda t, e, *_: t(
        "An estimate is approved as a whole. Ask for a smaller one by answering on the ticket."
    ),
    errors.EstimateMinutes: lambda t, e, *_: t("An estimate is for 1 minute up to {most} hours.", most=e.most // 60),
    errors.OverAllowance: lambda t, e, *_: t(
        "That is more than may be spent without asking: {left} left.", left=duration(e.remaining_minutes)
    ),
    errors.ZeroMinutes: lambda t, e, *_: t("The end has to be later than the begin."),
    errors.BeforeTicket: lambda t, e, lang, now: t(
        "That is before the ticket was opened ({when}).", when=moment(e.created_at, now, lang)
    ),
    errors.InFuture: lambda t, e, *_: t("That lies in the future. Log it once the work is done."),
    errors.AfterClosing: lambda t, e, lang, now: t(
        "The ticket was closed {when}. Work begun later needs it reopened.", when=moment(e.closed_at, now, lang)
    ),
    errors.SkippedLocalTime: lambda t, e, *_: t("That time does not exist: the clock skipped an hour. Correct it."),
    errors.OverlappingEntry: lambda t, e, lang, now: t(
        "You already logged time on ticket {ticket} from {start} to {end}.",
        ticket=e.entry.ticket_number,
        start=moment(e.entry.started_at, now, lang),
        end=moment(e.entry.ended_at, now, lang),
    ),
    errors.NeedsOutsideHoursReason: lambda t, e, *_: t(
        "{minutes} of it are outside office hours. Choose why.", minutes=duration(e.minutes)
    ),
    errors.OnSiteNeedsAddendum: lambda t, e, *_: t("On-site work needs a signed addendum for that day."),
    errors.RemoteNeedsAccess: lambda t, e, *_: t(
        "The customer has not consented to remote access at that time. Record the consent first, or log the work as on-site."
    ),
    errors.ResponseTooSlow: lambda t, e, *_: t("That response time is longer than the pick-up target."),
    UnknownVerb: lambda t, e, *_: t("That card is from an earlier version. Type help to go on."),
}


def refusal_text(error: Exception, language: Language, now: datetime) -> str:
    """What to tell a person whose act was refused. Every refusal has a text; an unknown one gets the general one."""
    t = texts_for(language)
    if isinstance(error, errors.NoContract):
        return _no_contract(t, error, language)
    if isinstance(error, errors.OutcomeNeeds):
        return t("Fill in what this outcome needs: {fields}.", fields=", ".join(_field(t, name) for name in error.fields))
    if isinstance(error, UnreadableClick) and type(error) is UnreadableClick:
        return _unreadable(t, error)
    for kind in type(error).__mro__:
        if (found := _TEXTS.get(kind)) is not None:
            return found(t, error, language, now)
    if isinstance(error, ClickError):
        return t("That card is from an earlier version. Type help to go on.")
    return t("Not found. It may belong to somebody else, or the number is wrong.")


def _no_contract(t: Texts, error: errors.NoContract, language: Language) -> str:
    if error.starts_on is not None:
        return t("Your contract starts on {day}. Tickets can be opened from then on.", day=date(error.starts_on, language))
    if error.ended_on is not None:
        return t(
            "Your contract ended on {day}. Your tickets can still be read; call us to renew it.",
            day=date(error.ended_on, language),
        )
    return t("There is no contract for this day. Call us about one.")


def _unreadable(t: Texts, error: UnreadableClick) -> str:
    kinds = {problem.kind for problem in error.problems}
    if "string_too_short" in kinds:
        return t("Something required is empty. Fill it in and send it again.")
    if "string_too_long" in kinds:
        return t("A text is too long. Shorten it, or send it as a file, and send it again.")
    if kinds & {"greater_than_equal", "less_than_equal", "int_parsing"}:
        return t("A number is not possible here. Correct it and send it again.")
    return t("That card is from an earlier version. Type help to go on.")


def _field(t: Texts, name: str) -> str:
    names = {
        "microsoft_case": t("the case number at Microsoft"),
        "workaround": t("what came of looking for a workaround"),
        "redesign": t("what came of looking at a redesign"),
        "escalation": t("what came of an escalation to Microsoft"),
    }
    return names.get(name, name)
