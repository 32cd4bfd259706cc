"""The run of a month for the managers: what is unusual, and the release with one click (R14, D5, D8, D21, D34)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from cards.clicks.invoicing import IssueInvoices, PrepareInvoices, ShowMonths, ShowRun
from cards.clicks.people import ShowCustomer
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    badge,
    card,
    clip,
    execute,
    facts,
    heading,
    panel,
    section,
    text,
    wrote,
)
from cards.formats import calendar_date, money, month, stamp
from cards.language import Texts, message, texts_for
from contract.invoice_runs import Finding, RunState, Totals, Unusual
from contract.local_time import local
from contract.months import Month, issued_at
from contract.people import Language

SHOWN_FINDINGS = 12
MOST_BUTTONS = 4

_STATES = {
    RunState.PREPARING: message("Being prepared"),
    RunState.PREPARED: message("Ready to issue"),
    RunState.ISSUING: message("Being issued"),
    RunState.ISSUED: message("Issued"),
}
_GROUNDS = {
    RunState.PREPARING: ContainerStyle.EMPHASIS,
    RunState.PREPARED: ContainerStyle.WARNING,
    RunState.ISSUING: ContainerStyle.ACCENT,
    RunState.ISSUED: ContainerStyle.GOOD,
}
_UNUSUAL = {
    Unusual.INCOMPLETE: message("can't be issued, missing: {facts}"),
    Unusual.UNAPPROVED: message("can't be issued, minutes that nobody approved: ticket {facts}"),
    Unusual.NO_PRICE_LIST: message("has no price list for the year, the one of an earlier year holds"),
    Unusual.NOTHING_TO_PAY: message("comes to nothing, or less"),
    Unusual.ABOVE_AVERAGE: message("is far above the average of the months before"),
    Unusual.WAIVED_MINIMUM: message("minimum waived: ticket {facts}"),
    Unusual.TIMER_RUNNING: message("a timer still runs: ticket {facts}"),
    Unusual.REVERSE_CHARGE: message("VAT reverse charged"),
    Unusual.CREDIT_PENDING: message("something invoiced before is due back: ticket {facts}"),
    Unusual.QUESTION_OPEN: message("a question about an invoice waits for an answer"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSheet:
    """How far the invoices of a month are."""

    month: Month
    key: int
    state: RunState
    totals: Totals
    released_by: str = ""
    """Who released it; empty where nobody did, or it went by itself."""
    released_at: dt.datetime | None = None
    missing_settings: tuple[str, ...] = ()
    """The settings without which no invoice is issued at all (R1)."""
    now: dt.datetime


def state_text(t: Texts, state: RunState) -> str:
    """How far a run is, in a word or two."""
    return t(_STATES[state])


def run_card(sheet: RunSheet, language: Language, *, notice: str = "") -> Card:
    """The month's invoices: how many, their sums, what is unusual, and the button that issues them."""
    t, totals = texts_for(language), sheet.totals
    title = t("Invoices of {month}", month=month(dt.date(*sheet.month, 1), language))
    state = state_text(t, sheet.state)
    counted = t.plural("{n} invoice", "{n} invoices", totals.invoices)
    total = money(totals.gross_cents, language)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        badge(state, _GROUNDS[sheet.state]),
        facts(
            (t("Invoices"), str(totals.invoices)),
            (t("Excluding VAT"), money(totals.net_cents, language)),
            (t("VAT"), money(totals.vat_cents, language)),
            (t("Including VAT"), total),
        ),
        _refused(t, sheet),
        _released(t, sheet),
        *_findings(t, totals),
        action_row(*_actions(t, sheet)),
        fallback_text=f"{title}: {state}. {counted}, {total}",
        language=language,
        subject=f"invoice_run:{sheet.key}",
    )


def _refused(t: Texts, sheet: RunSheet) -> Element | None:
    refused = sheet.totals.refused
    if not refused:
        return None
    if sheet.missing_settings:
        names = ", ".join(sheet.missing_settings)
        return text(t("No invoice can be issued before these settings are given: {names}", names=names), bold=True)
    if sheet.state is RunState.ISSUED:
        return text(
            t.plural(
                "{n} could not be issued. Once it is complete, issue the month again: nothing is issued twice.",
                "{n} could not be issued. Once they are complete, issue the month again: nothing is issued twice.",
                refused,
            ),
            bold=True,
        )
    return text(t.plural("{n} of them can't be issued.", "{n} of them can't be issued.", refused), bold=True)


def _released(t: Texts, sheet: RunSheet) -> Element | None:
    if sheet.released_at is None:
        return None
    when = stamp(sheet.released_at, sheet.now, t.language)
    if sheet.released_by:
        return wrote(t("Released by {name}, {when}", name=sheet.released_by, when=when), subtle=True)
    return text(t("Released {when}", when=when), subtle=True)


def _findings(t: Texts, totals: Totals) -> list[Element | None]:
    if not totals.findings:
        return [text(t("Nothing unusual."), subtle=True)] if totals.invoices else []
    # What keeps an invoice from being issued comes first.
    listed = sorted(totals.findings, key=lambda one: not one.what.is_refused)
    rest = sum(totals.found.values()) - len(listed[:SHOWN_FINDINGS])
    return [
        section(
            heading(t("To look at")),
            *(_finding(t, one) for one in listed[:SHOWN_FINDINGS]),
            text(t.plural("and {n} more", "and {n} more", rest), subtle=True) if rest else None,
        )
    ]


def _finding(t: Texts, one: Finding) -> Element:
    return wrote(f"{clip(one.customer, 60)}: {finding_text(t, one)}", spacing=Spacing.SMALL)


def finding_text(t: Texts, one: Finding) -> str:
    """What is unusual, and about which fields or tickets."""
    names = _field_names(t) if one.what is Unusual.INCOMPLETE else {}
    return t(_UNUSUAL[one.what], facts=", ".join(names.get(fact, fact) for fact in one.facts))


def _field_names(t: Texts) -> Mapping[str, str]:
    return {
        "buyer.name": t("legal name"),
        "buyer.street": t("street and number"),
        "buyer.postal_code": t("postal code"),
        "buyer.city": t("city"),
        "buyer.country": t("country"),
    }


def _actions(t: Texts, sheet: RunSheet) -> list[Action | None]:
    totals, key = sheet.totals, sheet.key
    count = totals.issuable
    is_open = sheet.state is RunState.PREPARED
    can_again = sheet.state is RunState.ISSUED and totals.refused > 0
    shown = totals.digest(sheet.month)
    label = t.plural("Issue {n} invoice", "Issue {n} invoices", count)
    customers = {one.customer_id: one.customer for one in totals.findings if one.what is Unusual.INCOMPLETE}
    return [
        execute(label, IssueInvoices(run=key, shown=shown), style=ActionStyle.POSITIVE) if is_open and count else None,
        execute(t("Issue the rest"), IssueInvoices(run=key, shown=shown)) if can_again else None,
        execute(t("Prepare again"), PrepareInvoices(run=key)) if is_open else None,
        *(
            execute(clip(name, 40), ShowCustomer(customer=customer))
            for customer, name in list(customers.items())[:MOST_BUTTONS]
        ),
        execute(t("Look again"), ShowRun(run=key)) if sheet.state in (RunState.PREPARING, RunState.ISSUING) else None,
        execute(t("All months"), ShowMonths()),
    ]


def when_issued(t: Texts, value: Month) -> str:
    """From when the invoices of a month can be issued, for a month that is not over."""
    return t("From {day}, 12:00", day=calendar_date(local(issued_at(value)).date(), t.language))
