"""Remote access to a customer's Microsoft 365: what is consented, and who had access when, for which ticket (R25).

    Remote access                                                 [Given]
    Our engineers may work in your Microsoft 365, for tickets only (delegated admin relationship).
    Access of our engineers: in force, until 30 June 2027, last seen today 10:00
    Who had access when
    Mon 23 Nov 10:12–10:40 · Eva Engineer · 0:28                  [Open 1001]
    Ticket 1001: Outlook shows no new mail · delegated admin relationship · ended by the engineer

A contact withdraws consent here, at any time, and has the request forwarded to who can grant it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.access_history import SessionPage, sessions_section
from cards.clicks.access import (
    ForwardRequest,
    GetSessions,
    SessionFile,
    ShowAccess,
    StartAccessWithdrawal,
    StartAdministrator,
    StartLifting,
)
from cards.clicks.consents import ShowConsents
from cards.clicks.people import ShowCustomer
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    FontSize,
    action_row,
    badge,
    card,
    clip,
    columns,
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
from cards.consent_texts import MECHANISM_MEANS, MECHANISMS, scope_text
from cards.consents import state_line, until_text
from cards.formats import stamp
from cards.language import Texts, texts_for
from cards.session_texts import mechanism_label
from cards.ticket_access import AccessWait, waits_for
from contract.consents import AccessSpan, Grant
from contract.people import Language
from contract.withdrawals import Withdrawal

SHOWN_GRANTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministratorLine:
    """Who can grant access in the customer's tenant."""

    name: str
    email: str
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """A request that waits for the customer, and how it gets to the administrator."""

    consent_request: int
    url: str | None
    """Where the administrator consents; None while Microsoft is still preparing it."""
    may_forward: bool
    """False where it was mailed within the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSheet:
    """Everything the card shows."""

    customer_id: int
    customer_name: str
    is_staff: bool
    is_manager: bool
    covering: AccessSpan | None
    grants: tuple[Grant, ...] = ()
    """Those in force, and those of which it is not known."""
    withdrawal: Withdrawal | None = None
    wait: AccessWait | None = None
    administrator: AdministratorLine | None = None
    forwarding: Forwarding | None = None
    history: SessionPage
    now: datetime


def access_card(sheet: AccessSheet, language: Language, *, notice: str = "", is_warning: bool = False) -> Card:
    """What is consented now, who had access when, and what can be done about it."""
    t = texts_for(language)
    title = t("Remote access")
    state, ground = _state(t, sheet)
    style = ContainerStyle.WARNING if is_warning else ContainerStyle.GOOD

    def build(shown: int) -> Card:
        return card(
            panel(text(notice), style=style) if notice else None,
            columns([heading(title)], [badge(state, ground)], widths=("stretch", "auto")),
            wrote(sheet.customer_name, subtle=True) if sheet.is_staff else None,
            _verdict(t, sheet, language),
            *(_grant(t, sheet, grant, language) for grant in sheet.grants[:SHOWN_GRANTS]),
            _administrator(t, sheet),
            sessions_section(t, sheet.history, shown, sheet.now, language),
            action_row(*_actions(t, sheet)),
            fallback_text=f"{title} · {sheet.customer_name} ({sheet.customer_id}) · {state}",
            language=language,
            subject=f"access:{sheet.customer_id}",
            summary=f"{title}: {state}",
        )

    return fit(build, len(sheet.history.sessions))


def _state(t: Texts, sheet: AccessSheet) -> tuple[str, ContainerStyle]:
    if sheet.withdrawal is not None:
        return t("Withdrawn"), ContainerStyle.ATTENTION
    if sheet.covering is None:
        return t("Not given"), ContainerStyle.WARNING
    if sheet.covering.is_carried:
        return t("Not confirmed"), ContainerStyle.WARNING
    return t("Given"), ContainerStyle.GOOD


def _verdict(t: Texts, sheet: AccessSheet, language: Language) -> Element:
    if (withdrawal := sheet.withdrawal) is not None:
        when = stamp(withdrawal.withdrawn_at, sheet.now, language)
        return panel(
            text(t("{name} withdrew the consent on {when}.", name=withdrawal.withdrawn_by_name, when=when), bold=True),
            wrote(withdrawal.reason, limit=300) if withdrawal.reason else None,
            text(t("No remote work is done until a contact consents again. Advice by chat or phone goes on.")),
            style=ContainerStyle.WARNING,
        )
    if sheet.covering is None:
        why = waits_for(t, sheet.wait, sheet.now, language, is_staff=sheet.is_staff) if sheet.wait is not None else ""
        return panel(
            text(t("Nothing allows remote work now: open tickets that need it wait."), bold=True),
            text(why) if why else None,
            style=ContainerStyle.WARNING,
        )
    consent = mechanism_label(t, sheet.covering.mechanism)
    if sheet.covering.is_carried:
        said = t("Remote work is covered ({consent}) by what was known last: checking it fails.", consent=consent)
        return panel(text(said), style=ContainerStyle.WARNING)
    if sheet.is_staff:
        return text(t("Remote work is covered: {consent}.", consent=consent))
    return text(t("Our engineers may work in your Microsoft 365, for tickets only ({consent}).", consent=consent))


def _grant(t: Texts, sheet: AccessSheet, grant: Grant, language: Language) -> Element:
    return section(
        heading(t(MECHANISMS[grant.mechanism]), size=FontSize.MEDIUM),
        wrote(clip(grant.title, 160), subtle=True) if grant.title else None,
        state_line(t, grant),
        text(t(MECHANISM_MEANS[grant.mechanism]), subtle=True) if not sheet.is_staff else None,
        facts(
            (t("Covers"), scope_text(t, grant.mechanism, grant.scope)) if grant.scope else None,
            (t("Until"), until_text(t, grant, language)) if grant.known_state.is_active else None,
            (t("Last seen"), stamp(grant.checked_at, sheet.now, language)) if grant.checked_at else None,
        ),
    )


def _administrator(t: Texts, sheet: AccessSheet) -> Element | None:
    found = sheet.administrator
    if found is None and sheet.forwarding is None:
        return None
    return section(
        heading(t("Who administers Microsoft 365"), size=FontSize.MEDIUM),
        wrote(f"{found.name} · {found.email}") if found is not None else text(t("Nobody has been named yet.")),
    )


def _actions(t: Texts, sheet: AccessSheet) -> list[Action | None]:
    whose = {"customer": sheet.customer_id} if sheet.is_staff else {}
    page, pages = sheet.history.page, sheet.history.pages
    return [
        *_forwarding(t, sheet),
        execute(t("Newer"), ShowAccess.model_validate({**whose, "page": page - 1})) if page > 1 else None,
        execute(t("Older"), ShowAccess.model_validate({**whose, "page": page + 1})) if page < pages else None,
        *(
            execute(t("Save as {kind}", kind=kind.value.upper()), GetSessions.model_validate({**whose, "kind": kind}))
            for kind in SessionFile
            if sheet.history.sessions
        ),
        *_consent_buttons(t, sheet),
    ]


def _forwarding(t: Texts, sheet: AccessSheet) -> list[Action | None]:
    """How the request gets to who can grant it; a manager only names that person."""
    forwarding, is_named = sheet.forwarding, sheet.administrator is not None
    if sheet.is_staff:
        name = t("Change administrator") if is_named else t("Name an administrator")
        return [execute(name, StartAdministrator(customer=sheet.customer_id)) if sheet.is_manager else None]
    if forwarding is None:
        name = t("Another administrator") if is_named else t("Name our administrator")
        return [execute(name, StartAdministrator())]
    return [
        forward_button(t, sheet) if forwarding.may_forward and forwarding.url else None,
        execute(t("Another administrator"), StartAdministrator(consent_request=forwarding.consent_request))
        if is_named
        else None,
        open_url(t("I am the administrator"), forwarding.url) if forwarding.url else None,
    ]


def forward_button(t: Texts, sheet: AccessSheet) -> Action | None:
    """The button that has the request mailed; whom to is asked first where nobody was named."""
    if sheet.forwarding is None:
        return None
    key = sheet.forwarding.consent_request
    if sheet.administrator is None:
        click = StartAdministrator(consent_request=key)
        return execute(t("Forward to our administrator"), click, style=ActionStyle.POSITIVE)
    return execute(t("Forward to our administrator"), ForwardRequest(consent_request=key), style=ActionStyle.POSITIVE)


def _consent_buttons(t: Texts, sheet: AccessSheet) -> list[Action | None]:
    if sheet.is_staff:
        return [
            execute(t("Consents"), ShowConsents(customer=sheet.customer_id)),
            execute(t("Customer"), ShowCustomer(customer=sheet.customer_id)),
        ]
    if sheet.withdrawal is not None:
        return [execute(t("Consent again"), StartLifting(), style=ActionStyle.POSITIVE)]
    if sheet.covering is None:
        return []
    return [execute(t("Withdraw consent"), StartAccessWithdrawal(), style=ActionStyle.DESTRUCTIVE)]
