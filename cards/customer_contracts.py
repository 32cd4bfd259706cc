"""A customer's contracts on the staff's card: what runs, what was cancelled, and what a manager can do (R6-R8, R26)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cards.clicks.contracts import ShowEvaluation
from cards.clicks.customers import StartAddendum, StartCancellation, StartContract, StartRenewal
from cards.components import (
    Action,
    ActionStyle,
    Colors,
    Element,
    FontSize,
    Spacing,
    action_row,
    clip,
    execute,
    heading,
    section,
    text,
    wrote,
)
from cards.formats import calendar_date, date, money
from cards.language import Texts
from contract.contracts import Addendum, Contract, covering
from contract.people import Language

SHOWN_CONTRACTS = 3


def contracts_section(
    t: Texts,
    customer_id: int,
    contracts: Sequence[Contract],
    today: dt.date,
    language: Language,
    *,
    is_manager: bool,
) -> Element:
    """Whether today is covered, the last contracts, and for a manager what can be done with them."""
    actions = _actions(t, customer_id, contracts, today)
    current = covering(contracts, today)
    return section(
        heading(t("Contract"), size=FontSize.MEDIUM),
        verdict(t("Covered today"), is_good=True) if current else verdict(t("Not covered today"), is_good=False),
        *(wrote(_term(t, contract, language), spacing=Spacing.SMALL) for contract in contracts[-SHOWN_CONTRACTS:]),
        text(t("No contract was recorded: no tickets can be opened.")) if not contracts else None,
        action_row(*actions) if is_manager else None,
    )


def verdict(value: str, *, is_good: bool) -> Element:
    """The answer first, as a line of its own; the colour says nothing that the words don't."""
    mark, color = ("✓", Colors.GOOD) if is_good else ("✗", Colors.ATTENTION)
    return text(f"{mark} {value}", bold=True, color=color, spacing=Spacing.SMALL)


def _actions(t: Texts, customer_id: int, contracts: Sequence[Contract], today: dt.date) -> list[Action]:
    to_cancel = [one for one in contracts if one.cancellation is None and one.ends_on >= today]
    found = [execute(t("Add a contract"), StartContract(customer=customer_id))]
    if any(not one.never_starts and one.starts_on <= today for one in contracts) and not any(
        one.starts_on > today and not one.never_starts for one in contracts
    ):
        found.append(execute(t("Renew"), StartRenewal(customer=customer_id)))
    if any(one.ends_on >= today and not one.never_starts for one in contracts):
        found.append(execute(t("Add on-site addendum"), StartAddendum(customer=customer_id)))
    begun = [one for one in contracts if one.starts_on <= today and not one.never_starts]
    if begun:
        found.append(execute(t("In numbers"), ShowEvaluation(contract=begun[-1].id)))
    found += [
        execute(
            t("Cancel {number}", number=clip(one.number, 24)),
            StartCancellation(customer=customer_id, contract=one.id),
            style=ActionStyle.DESTRUCTIVE,
        )
        for one in to_cancel[:2]
    ]
    return found


def _term(t: Texts, contract: Contract, language: Language) -> str:
    first = calendar_date(contract.starts_on, language)
    last = calendar_date(contract.ends_on, language)
    if contract.never_starts:
        return t("{number} · cancelled before its start on {day}", number=contract.number, day=first)
    term = f"{contract.number} · {first} – {last}"
    if contract.cancellation is not None:
        term = t("{number} · {first} – {last} (cancelled)", number=contract.number, first=first, last=last)
    return "; ".join([term, *(_addendum(t, addendum, language) for addendum in contract.on_site_addenda)])


def _addendum(t: Texts, addendum: Addendum, language: Language) -> str:
    days = t("on-site {start} – {end}", start=date(addendum.starts_on, language), end=date(addendum.ends_on, language))
    items = [f"{clip(item.what, 60)} {money(item.price_cents, language)}" for item in addendum.items]
    return f"{days} ({', '.join(items)})" if items else days
