"""A consent that is asked for: what, why, by which link, and whom it waits for (R25).

A contact often can't grant it. The card says so, and has the way to who can: the administrator's page, which asks that
person to sign in with Microsoft, and the button that mails it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.consents import ShowConsentRequest, ShowConsents
from cards.components import (
    Action,
    Card,
    ContainerStyle,
    Element,
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
from cards.consent_texts import MECHANISM_MEANS, MECHANISMS, means
from cards.consent_texts import named as named_permission
from cards.consents import waits_for_text
from cards.formats import calendar_date, stamp
from cards.language import Texts, message, texts_for
from cards.mails import Letter, Link, letter, named
from cards.welcome import Provider
from contract.consent_requests import ConsentRequest, RequestState
from contract.consents import Mechanism, Permission
from contract.local_time import local
from contract.people import Customer, Language

_STATES = {
    RequestState.VERIFYING: message("Somebody consented. We are checking with Microsoft."),
    RequestState.GIVEN: message("Consented, and seen in force. Thank you."),
    RequestState.NOT_FOUND: message("Somebody came back from Microsoft, but the permissions are not there."),
    RequestState.EXPIRED: message("This request has expired."),
    RequestState.SUPERSEDED: message("A newer request took its place."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSheet:
    """Everything the card of a request shows."""

    request: ConsentRequest
    customer: Customer
    provider_name: str
    permissions: tuple[Permission, ...]
    url: str | None
    """The administrator's page; None while there is none yet, or where it does nothing any more."""
    is_given: bool = False
    """Whether what was asked for is in force."""
    valid_days: int | None = None
    forward: Action | None = None
    """A contact's button that mails it to the administrator; None where it was mailed within the day."""
    now: datetime


def consent_request_card(sheet: RequestSheet, language: Language, *, is_staff: bool, notice: str = "") -> Card:
    """The request for one reader."""
    t = texts_for(language)
    request = sheet.request
    state = RequestState.GIVEN if sheet.is_given else request.state(sheet.now)
    is_open = state is RequestState.OPEN
    title = (
        t("Access asked of {customer}", customer=sheet.customer.name)
        if is_staff
        else t("{provider} asks for access", provider=sheet.provider_name)
    )
    said = "" if is_open else _said(t, state, is_staff=is_staff)
    ground = ContainerStyle.GOOD if state is RequestState.GIVEN else ContainerStyle.WARNING

    def build(count: int) -> Card:
        return card(
            panel(text(notice), style=ContainerStyle.GOOD) if notice else None,
            heading(title),
            text(t(MECHANISMS[request.mechanism]), bold=True),
            text(t(MECHANISM_MEANS[request.mechanism]), subtle=True),
            panel(text(said, bold=True), style=ground) if said else None,
            _declined(t, request) if is_open else None,
            _asked(t, sheet, language, count, is_open=is_open),
            _how(t, sheet, is_staff=is_staff) if is_open else None,
            action_row(*actions) if any(actions := _actions(t, sheet, state, is_staff=is_staff)) else None,
            fallback_text=f"{title} (#{request.id}). {said}".strip(),
            language=language,
            subject=f"consent_request:{request.id}",
            summary=title if is_open else f"{title}: {said}",
        )

    return fit(build, len(sheet.permissions))


def _said(t: Texts, state: RequestState, *, is_staff: bool) -> str:
    """What became of it, and what its reader can do where nothing came of it."""
    if state not in (RequestState.NOT_FOUND, RequestState.EXPIRED):
        return t(_STATES[state])
    way = t("Ask again on the card of the consents.") if is_staff else t("Call or write to us for a new one.")
    return f"{t(_STATES[state])} {way}"


def _declined(t: Texts, request: ConsentRequest) -> Element | None:
    if request.outcome == "other_tenant":
        said = t("The last one who tried is of another organisation. The link still works for the right person.")
    elif request.declined_why is not None:
        said = t(
            "The last attempt was declined or broken off ({code}). The link still works.", code=request.declined_why
        )
    else:
        return None
    return panel(text(said), style=ContainerStyle.WARNING)


def _asked(t: Texts, sheet: RequestSheet, language: Language, count: int, *, is_open: bool) -> Element:
    mechanism = sheet.request.mechanism
    shown, more = sheet.permissions[:count], len(sheet.permissions) - count
    until = calendar_date(local(sheet.request.expires_at).date(), language)
    return section(
        text(t("This is asked, and nothing else:")),
        facts(*((one.name, means(t, mechanism, one) or one.id) for one in shown)),
        text(t.plural("and {n} more", "and {n} more", more), subtle=True) if more > 0 else None,
        facts(
            (t("Asked"), stamp(sheet.request.asked_at, sheet.now, language)),
            (t("The link works until"), until) if is_open else None,
            (t("Lasts"), t.plural("{n} day after the approval", "{n} days after the approval", sheet.valid_days))
            if sheet.valid_days and is_open
            else None,
        ),
    )


def _how(t: Texts, sheet: RequestSheet, *, is_staff: bool) -> Element:
    request = sheet.request
    if sheet.url is None:
        return text(t("Microsoft is preparing it; the link appears here within minutes."))
    if is_staff:
        return wrote(waits_for_text(t, request))
    who = (
        t("It waits for your administrator {name}.", name=clip(request.administrator, 80))
        if request.administrator
        else t("Somebody has to approve it who administers your Microsoft 365 (a Global Administrator).")
    )
    sent = t("It was mailed there.") if request.forwarded_at is not None else ""
    return wrote(f"{who} {sent}".strip())


def _actions(t: Texts, sheet: RequestSheet, state: RequestState, *, is_staff: bool) -> list[Action | None]:
    request, is_open = sheet.request, state is RequestState.OPEN
    opens = open_url(t("Open the page to approve"), sheet.url) if sheet.url and is_open else None
    return [
        opens if not is_staff else None,
        sheet.forward if is_open and sheet.url and not is_staff else None,
        open_url(t("See what they see"), sheet.url) if is_staff and sheet.url and is_open else None,
        execute(t("Consents"), ShowConsents(customer=sheet.customer.id)) if is_staff else None,
        execute(t("Refresh"), ShowConsentRequest(consent_request=request.id))
        if is_open or state is RequestState.VERIFYING
        else None,
    ]


def permissions_asked(
    mechanism: Mechanism, names: tuple[str, ...], roles: tuple[Permission, ...]
) -> tuple[Permission, ...]:
    """What a request of this kind asks for."""
    return tuple(Permission(name, name) for name in names) if mechanism is Mechanism.APP else roles


def request_letter(sheet: RequestSheet, provider: Provider, language: Language, *, forwarded_by: str = "") -> Letter:
    """The request as a mail to the customer's administrator; `forwarded_by` is the contact who had it sent."""
    t = texts_for(language)
    customer = sheet.customer.name
    title = t("{provider} asks for access to your Microsoft 365", provider=provider.name)
    return letter(
        title,
        *(
            [t("{name} of {customer} forwarded this to you.", name=named(forwarded_by, t), customer=customer)]
            if forwarded_by
            else []
        ),
        t("We support {customer}. For that we ask the following, and nothing else:", customer=customer),
        [named_permission(t, sheet.request.mechanism, one) for one in sheet.permissions],
        t(MECHANISM_MEANS[sheet.request.mechanism]),
        t("You need to administer Microsoft 365 there (a Global Administrator). On the page you see it and decide:"),
        Link(t("Open the page to approve"), sheet.url or ""),
        t(
            "The link works until {day}. Not expecting this? Ask your colleagues, or call us; without a click nothing "
            "happens.",
            day=calendar_date(local(sheet.request.expires_at).date(), language),
        ),
        provider=provider,
        language=language,
        has_chat=False,
    )
