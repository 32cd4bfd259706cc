"""Closing a ticket: outcome and last hours in one form, duplicates, and waiving the minimum (R17, D5, D22).

There is no solution guarantee (R16): *not solvable* is a normal outcome once the three other routes were looked at,
and the form then asks for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from cards.clicks.queue import MarkDuplicate, ResolveTicket, WaiveMinimum
from cards.clicks.tickets import LONGEST_WORDS
from cards.components import (
    Action,
    ActionStyle,
    Card,
    Element,
    choice_input,
    execute,
    section,
    text,
    text_input,
)
from cards.formats import duration
from cards.hours import allowance_text, log_fields
from cards.labels import outcome_label
from cards.language import Texts, texts_for
from cards.work import ticket_form
from contract.allowance import Allowance
from contract.outcomes import RESOLVE_OUTCOMES, Outcome
from contract.people import Language
from contract.tickets import Ticket

_SENTENCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvingSheet:
    """What the form shows: `filled` is what was filled in so far, `allowance` what may still be billed."""

    ticket: Ticket
    filled: ResolveTicket
    allowance: Allowance
    over_minutes: int = 0
    """Billable minutes in the form beyond what is left."""
    asks_reason: bool = False
    readers: str = ""


def resolving_card(sheet: ResolvingSheet, language: Language, *, notice: str = "") -> Card:
    """The form that closes a ticket, with the last time entry where there is one."""
    t = texts_for(language)
    filled = sheet.filled
    return ticket_form(
        sheet.ticket,
        t("Resolve ticket {number}", number=sheet.ticket.number),
        language,
        choice_input(
            "outcome",
            t("Outcome"),
            {outcome.value: outcome_label(t, outcome) for outcome in RESOLVE_OUTCOMES},
            value=filled.outcome.value,
        ),
        text_input(
            "summary",
            t("What the customer reads ({readers})", readers=sheet.readers)
            if sheet.readers
            else t("What the customer reads"),
            value=filled.summary,
            multiline=True,
            max_length=LONGEST_WORDS,
        ),
        text_input(
            "microsoft_case",
            t("Case at Microsoft (for an escalation)"),
            value=filled.microsoft_case or sheet.ticket.microsoft_case or "",
            max_length=60,
        ),
        *_routes(t, filled),
        section(
            text(t("Last time on it (leave empty when all is logged)"), bold=True),
            text(allowance_text(t, sheet.allowance), subtle=True),
            *log_fields(t, filled, allowed_outside=sheet.ticket.outside_hours_allowed, asks_reason=sheet.asks_reason),
        ),
        actions=_actions(t, sheet),
        notice=notice,
    )


def _routes(t: Texts, filled: ResolveTicket) -> list[Element]:
    """Asked for only where the outcome needs them: three routes, each with what came of it (R17)."""
    if filled.outcome is not Outcome.NOT_SOLVABLE:
        return []
    verdicts = {"investigated": t("Investigated"), "not_applicable": t("Not applicable")}
    found: list[Element] = []
    for name, label in (
        ("workaround", t("A workaround")),
        ("redesign", t("A redesign")),
        ("escalation", t("Escalation to Microsoft")),
    ):
        found.append(choice_input(name, label, verdicts, value=getattr(filled, name) or "", expanded=True))
        found.append(
            text_input(
                f"{name}_reason",
                t("{route}: what came of it, or why not", route=label),
                value=getattr(filled, f"{name}_reason"),
                max_length=_SENTENCE,
            )
        )
    return found


def _actions(t: Texts, sheet: ResolvingSheet) -> list[Action]:
    filled = sheet.filled
    carried = {"form_id": filled.form_id, "ticket": sheet.ticket.number, **filled.carried()}
    resolve = execute(t("Resolve"), ResolveTicket.model_validate(carried), style=ActionStyle.POSITIVE)
    if not sheet.over_minutes:
        return [resolve]
    left = duration(sheet.allowance.remaining_minutes)
    fits = ResolveTicket.model_validate({**carried, "fits": True})
    return [resolve, execute(t("Bill {left}, rest not billed, resolve", left=left), fits)]


def duplicate_card(ticket: Ticket, form_id: str, language: Language, *, notice: str = "") -> Card:
    """Of which ticket this one is a technical duplicate; nothing of it is charged (D22)."""
    t = texts_for(language)
    return ticket_form(
        ticket,
        t("Ticket {number} is a duplicate", number=ticket.number),
        language,
        text(t("It is closed and nothing of it is charged, not even the 15 minutes."), subtle=True),
        text_input(
            "duplicate_of",
            t("Number of the ticket that stays"),
            required=True,
            max_length=10,
            error=t("Give the number of the other ticket."),
        ),
        actions=[
            execute(
                t("Mark as duplicate"), MarkDuplicate(form_id=form_id, ticket=ticket.number), style=ActionStyle.POSITIVE
            )
        ],
        notice=notice,
    )


def waiving_card(ticket: Ticket, form_id: str, language: Language, *, notice: str = "") -> Card:
    """Why the 15 minutes are not charged; the invoice shows the reason (D5)."""
    t = texts_for(language)
    return ticket_form(
        ticket,
        t("Waive the minimum of ticket {number}", number=ticket.number),
        language,
        text_input(
            "reason",
            t("Reason (stands on the invoice)"),
            required=True,
            max_length=500,
            error=t("Give a reason."),
        ),
        actions=[
            execute(
                t("Waive the minimum"), WaiveMinimum(form_id=form_id, ticket=ticket.number), style=ActionStyle.POSITIVE
            )
        ],
        notice=notice,
    )
