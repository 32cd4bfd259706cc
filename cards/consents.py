"""A customer's consents to remote access for the provider: where each one stands, and what can be done (R25).

Each source has its own section: what it is, where it stands as far as is known, what it covers in plain words, until
when, when it was last seen, who approved it and how that is proven. A check that failed is shown as not known, with
what was seen before it, never as in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cards.clicks.consents import (
    AskConsent,
    CheckConsents,
    EndConsent,
    ShowConsentRequest,
    ShowConsents,
    StartConsentEnd,
)
from cards.clicks.people import ShowCustomer
from cards.components import (
    Action,
    ActionStyle,
    Card,
    Colors,
    ContainerStyle,
    Element,
    FontSize,
    Spacing,
    action_row,
    card,
    clip,
    execute,
    facts,
    fit,
    heading,
    open_url,
    panel,
    section,
    text,
    wrote,
)
from cards.consent_texts import MECHANISM_MEANS, MECHANISMS, PROOFS, STATES, scope_text
from cards.formats import calendar_date, stamp
from cards.language import Texts, texts_for
from contract.consent_requests import ConsentRequest
from contract.consents import Grant, GrantState, Mechanism
from contract.local_time import DAY, local
from contract.people import Customer, Language

SHOWN_OVER = 3
"""How many sources that are over stand below those that are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsSheet:
    """Everything the provider sees of a customer's consents. `is_manager`: the reader may ask, check and end."""

    customer: Customer
    grants: tuple[Grant, ...]
    requests: tuple[ConsentRequest, ...] = ()
    """Those that wait for the customer."""
    is_withdrawn: bool = False
    """Whether a contact withdrew consent: no remote work, whatever stands below."""
    covers_work: bool = False
    """Whether this provider counts the app's permission as consent to remote work."""
    can_ask_relationship: bool = False
    is_manager: bool = False
    now: datetime


def consents_card(sheet: ConsentsSheet, language: Language, *, notice: str = "", is_warning: bool = False) -> Card:
    """All of a customer's consents; those that are over last, and only a few of them."""
    t = texts_for(language)
    going_on = [one for one in sheet.grants if not _is_over(one)]
    over = sorted((one for one in sheet.grants if _is_over(one)), key=lambda one: one.checked_at or one.created_at)
    shown = [*going_on, *over[::-1][:SHOWN_OVER]]
    title = t("Consents of {customer}", customer=sheet.customer.name)
    style = ContainerStyle.WARNING if is_warning else ContainerStyle.GOOD

    def build(count: int) -> Card:
        return card(
            panel(text(notice), style=style) if notice else None,
            heading(title),
            _withdrawn(t) if sheet.is_withdrawn else None,
            text(t("Nobody was asked yet: there is no consent.")) if not shown and not sheet.requests else None,
            *(_request(t, one, sheet.now, language) for one in sheet.requests),
            *(_grant(t, sheet, one, language) for one in shown[:count]),
            action_row(*_actions(t, sheet)),
            fallback_text=_fallback(t, sheet, title),
            language=language,
            subject=f"consents:{sheet.customer.id}",
        )

    return fit(build, len(shown))


def _is_over(grant: Grant) -> bool:
    return grant.state in (GrantState.NONE, GrantState.EXPIRED, GrantState.REVOKED)


def _withdrawn(t: Texts) -> Element:
    said = t("A contact withdrew consent: there is no remote work until that is taken back, whatever stands below.")
    return panel(text(said, bold=True), style=ContainerStyle.ATTENTION)


def _request(t: Texts, request: ConsentRequest, now: datetime, language: Language) -> Element:
    whom = waits_for_text(t, request)
    return section(
        heading(t(MECHANISMS[request.mechanism]), size=FontSize.MEDIUM),
        text(t("Asked {when}, nobody has consented yet.", when=stamp(request.asked_at, now, language))),
        wrote(whom, spacing=Spacing.NONE),
        action_row(execute(t("Show the request"), ShowConsentRequest(consent_request=request.id))),
    )


def waits_for_text(t: Texts, request: ConsentRequest) -> str:
    """Whom a request waits for."""
    if request.administrator is None:
        return t("It waits for somebody who administers their Microsoft 365.")
    if request.forwarded_at is not None:
        return t("It waits for their administrator {name}, to whom it was mailed.", name=request.administrator)
    return t("It waits for their administrator {name}.", name=request.administrator)


def _grant(t: Texts, sheet: ConsentsSheet, grant: Grant, language: Language) -> Element:
    now = sheet.now
    return section(
        heading(t(MECHANISMS[grant.mechanism]), size=FontSize.MEDIUM),
        wrote(clip(grant.title, 160), subtle=True, spacing=Spacing.NONE) if grant.title else None,
        state_line(t, grant),
        text(t(MECHANISM_MEANS[grant.mechanism]), subtle=True, spacing=Spacing.NONE)
        if grant.mechanism is not Mechanism.APP or not sheet.covers_work
        else None,
        wrote(t("Covers: {what}", what=scope_text(t, grant.mechanism, grant.scope)), spacing=Spacing.SMALL)
        if grant.scope
        else None,
        facts(
            (t("From"), calendar_date(local(grant.valid_from).date(), language)) if grant.valid_from else None,
            (t("Until"), until_text(t, grant, language)) if grant.valid_until or grant.known_state.is_active else None,
            (t("Last seen"), stamp(grant.checked_at, now, language)) if grant.checked_at else None,
            (t("No answer since"), stamp(grant.failing_since, now, language)) if grant.failing_since else None,
            (t("Approved by"), clip(grant.approved_by, 120)) if grant.approved_by else None,
            (t("Proof"), t(PROOFS[grant.proof])) if grant.proof else None,
        ),
        text(t("Somebody wants it ended: we look every 15 minutes until it is gone."))
        if grant.end_asked_at and not _is_over(grant)
        else None,
        action_row(*buttons) if sheet.is_manager and (buttons := _grant_actions(t, sheet, grant)) else None,
    )


def state_line(t: Texts, grant: Grant) -> Element:
    """The state, in words and colour; what is not known says what was seen before."""
    said = t(STATES[grant.state])
    if grant.state is GrantState.UNKNOWN and grant.known_state is not GrantState.NONE:
        said = t("{state}. Before that: {known}", state=said, known=t(STATES[grant.known_state]))
    mark, color = "✗", Colors.ATTENTION
    if grant.state.is_active:
        mark, color = ("!", Colors.WARNING) if grant.state is GrantState.EXPIRING else ("✓", Colors.GOOD)
    elif grant.state in (GrantState.UNKNOWN, GrantState.REQUESTED):
        mark, color = "?", Colors.WARNING
    return text(f"{mark} {said}", bold=True, color=color, spacing=Spacing.SMALL)


def until_text(t: Texts, grant: Grant, language: Language) -> str:
    """The last day, as people name it; a consent without one lasts until somebody takes it away."""
    if grant.valid_until is None:
        return t("no end date")
    return calendar_date(last_day(grant.valid_until), language)


def last_day(valid_until: datetime) -> date:
    """The last local day of which something is covered; the instant itself is no longer."""
    there = local(valid_until)
    at_midnight = (there.hour, there.minute, there.second) == (0, 0, 0)
    return there.date() - DAY if at_midnight else there.date()


def _grant_actions(t: Texts, sheet: ConsentsSheet, grant: Grant) -> list[Action]:
    """Renew what is asked for by us, end what goes on, and approve what waits."""
    actions: list[Action | None] = []
    if grant.mechanism is not Mechanism.MANUAL and (grant.mechanism is Mechanism.APP or sheet.can_ask_relationship):
        ask = AskConsent(customer=sheet.customer.id, mechanism="app" if grant.mechanism is Mechanism.APP else "gdap")
        actions.append(execute(t("Ask again"), ask) if _is_over(grant) else None)
        actions.append(execute(t("Renew"), ask) if grant.valid_until and not _is_over(grant) else None)
    if grant.approval_url and grant.known_state is GrantState.REQUESTED:
        actions.append(open_url(t("What the customer approves"), grant.approval_url))
    if grant.mechanism is not Mechanism.MANUAL and not _is_over(grant):
        actions.append(execute(t("End it"), StartConsentEnd(grant=grant.id), style=ActionStyle.DESTRUCTIVE))
    return [one for one in actions if one is not None]


def _actions(t: Texts, sheet: ConsentsSheet) -> list[Action | None]:
    customer_id = sheet.customer.id
    back = execute(t("Customer"), ShowCustomer(customer=customer_id))
    if not sheet.is_manager:
        return [execute(t("Refresh"), ShowConsents(customer=customer_id)), back]
    has = {one.mechanism for one in sheet.requests} | {one.mechanism for one in sheet.grants if not _is_over(one)}
    can_ask_app = Mechanism.APP not in has
    can_ask_gdap = sheet.can_ask_relationship and Mechanism.GDAP not in has
    return [
        execute(t("Ask for the app's permission"), AskConsent(customer=customer_id, mechanism="app"))
        if can_ask_app
        else None,
        execute(t("Ask access for our engineers"), AskConsent(customer=customer_id, mechanism="gdap"))
        if can_ask_gdap
        else None,
        execute(t("Check now"), CheckConsents(customer=customer_id)) if sheet.grants else None,
        execute(t("Refresh"), ShowConsents(customer=customer_id)),
        back,
    ]


def _fallback(t: Texts, sheet: ConsentsSheet, title: str) -> str:
    lines = [f"{t(MECHANISMS[one.mechanism])}: {t(STATES[one.state])}" for one in sheet.grants if not _is_over(one)]
    return f"{title} (#{sheet.customer.id}). " + (". ".join(lines) if lines else t("No consent is in force."))


# --- ending -----------------------------------------------------------------------------------------------------------


def end_form(grant: Grant, customer: Customer, form_id: str, language: Language) -> Card:
    """Asks once more; says what ends with it and how it goes on."""
    t = texts_for(language)
    title = t("End this consent of {customer}?", customer=customer.name)
    loses = (
        t("The app no longer sees whether the contacts are still there. Tickets go on.")
        if grant.mechanism is Mechanism.APP
        else t("Our engineers have no access any more. Remote work stops until the customer approves anew.")
    )
    return card(
        heading(title),
        text(t(MECHANISMS[grant.mechanism]), bold=True),
        wrote(clip(grant.title, 160), subtle=True) if grant.title else None,
        text(loses),
        text(t("We do it ourselves where Microsoft lets us; else you and their administrator get the exact steps.")),
        action_row(
            execute(t("End it"), EndConsent(form_id=form_id, grant=grant.id), style=ActionStyle.DESTRUCTIVE),
            execute(t("Keep it"), ShowConsents(customer=customer.id)),
        ),
        fallback_text=f"{title} (#{grant.id})",
        language=language,
        subject=f"consents:{customer.id}",
        is_form=True,
    )
