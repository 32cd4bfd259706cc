"""The one message that tells contacts that the contract is over, with the tickets that were closed with it (D28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cards.clicks.contracts import ShowContract
from cards.clicks.tickets import ShowTickets
from cards.components import Card, action_row, card, clip, execute, heading, text, wrote
from cards.formats import calendar_date
from cards.language import texts_for
from contract.people import Language

SHOWN_TICKETS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded:
    """The contract that is over, and what was closed with it: number and subject."""

    number: str
    ended_on: date
    tickets: tuple[tuple[int, str], ...]
    phone: str


def contract_ended_card(ended: ContractEnded, language: Language) -> Card:
    """What was closed, what can still be done, and how to go on."""
    t = texts_for(language)
    title = t("Your contract ended on {day}", day=calendar_date(ended.ended_on, language))
    count = len(ended.tickets)
    closed = t.plural("{n} open ticket is closed with it.", "{n} open tickets are closed with it.", count)
    more = count - SHOWN_TICKETS
    return card(
        heading(title),
        text(t("Contract {number}", number=ended.number), subtle=True),
        text(closed, bold=True),
        *(wrote(f"{number} · {clip(subject, 100)}") for number, subject in ended.tickets[:SHOWN_TICKETS]),
        text(t.plural("and {n} more", "and {n} more", more), subtle=True) if more > 0 else None,
        text(
            t(
                "Everything can still be read. Estimates that were open are no longer on offer. Work done before the "
                "end is still charged. To go on, call {phone}, or look at your contract.",
                phone=ended.phone,
            )
        ),
        action_row(execute(t("My contract"), ShowContract()), execute(t("My tickets"), ShowTickets())),
        fallback_text=f"{title}. {closed}",
        language=language,
    )
