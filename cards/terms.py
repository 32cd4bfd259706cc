"""The card that tells both sides of a contract: signed, renewed, cancelled, and its days (R6-R8, R27, D16-D18).

It stays in the chat and follows: a contract that is cancelled later says so in the place where it was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.contracts import ShowContract
from cards.clicks.people import ShowCustomer
from cards.components import (
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    execute,
    facts,
    heading,
    panel,
    text,
    wrote,
)
from cards.contract_terms import months_text, term_text
from cards.formats import calendar_date
from cards.language import Texts, texts_for
from contract.contracts import Contract
from contract.local_time import DAY, local
from contract.people import Language
from contract.periods import Month, Side, months_between


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSheet:
    """A contract, and the one that ran before it."""

    contract: Contract
    before: Contract | None
    customer_name: str
    provider_name: str
    is_staff: bool
    now: datetime

    @property
    def gap(self) -> tuple[Month, ...]:
        """The months between the contract before and this one, which are not covered (D17)."""
        return months_between(self.before.ends_on + DAY, self.contract.starts_on) if self.before else ()


def term_card(sheet: TermSheet, language: Language) -> Card:
    """What became of a contract, for a contact or a manager."""
    t = texts_for(language)
    title, said = _title(t, sheet), _said(t, sheet, language)
    more = (
        execute(t("Customer"), ShowCustomer(customer=sheet.contract.customer_id))
        if sheet.is_staff
        else execute(t("My contract"), ShowContract())
    )
    return card(
        heading(title),
        wrote(sheet.customer_name, subtle=True),
        panel(text(said, bold=True), style=_ground(sheet)),
        *_facts(t, sheet, language),
        action_row(more),
        fallback_text=f"{title}. {said}",
        language=language,
        subject=f"term:{sheet.contract.id}",
        summary=f"{title}. {said}",
    )


def _title(t: Texts, sheet: TermSheet) -> str:
    number = sheet.contract.number
    if sheet.contract.cancellation is not None:
        return t("Contract {number} was cancelled", number=number)
    return t("Contract {number} is signed", number=number)


def _ground(sheet: TermSheet) -> ContainerStyle:
    return ContainerStyle.WARNING if sheet.contract.cancellation is not None else ContainerStyle.GOOD


def _said(t: Texts, sheet: TermSheet, language: Language) -> str:
    """What holds now, as a sentence or two."""
    contract, today = sheet.contract, local(sheet.now).date()
    last = calendar_date(contract.ends_on, language)
    if contract.never_starts:
        return t("It never starts, and nothing is charged.")
    if contract.cancellation is not None:
        if contract.ends_on < today:
            return t("It ended on {day}. Tickets can still be read, not opened.", day=last)
        return t("Its last day is {day}. Until then everything stays as it is.", day=last)
    if contract.starts_on > today:
        first = calendar_date(contract.starts_on, language)
        return (
            t("It starts on {day}. Tickets can be opened from then on.", day=first)
            if _is_new(sheet)
            else t("It starts on {day}.", day=first)
        )
    return t("It runs through {day}.", day=last)


def _is_new(sheet: TermSheet) -> bool:
    """Whether tickets can't be opened until it starts: nothing runs before it, or with a gap."""
    return sheet.before is None or bool(sheet.gap)


def _facts(t: Texts, sheet: TermSheet, language: Language) -> tuple[Element, ...]:
    contract = sheet.contract
    received, gap = contract.cancellation, () if contract.never_starts else sheet.gap
    sides = {Side.CUSTOMER: sheet.customer_name, Side.PROVIDER: sheet.provider_name}
    agreed = contract.agreed_ends_on or contract.ends_on
    signed = calendar_date(local(contract.signed_at).date(), language) if contract.signed_at else ""
    signature = t("{name}, {day}", name=contract.signatory, day=signed) if contract.signatory and signed else signed
    return (
        facts(
            (t("Agreed term") if received else t("Term"), term_text(t, contract.starts_on, agreed, language)),
            (t("Not covered"), months_text(t, gap, language)) if gap else None,
            (t("Signed by"), signature) if signature else None,
            (t("Cancelled by"), sides[received.by]) if received else None,
            (t("Came in on"), calendar_date(local(received.received_at).date(), language)) if received else None,
        ),
    )
