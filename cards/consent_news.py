"""What happened to a consent, said to both sides: given, lost, narrowed, widened, not seen, about to end (R25).

A card of news is posted once and stays as it was; it has the way to where things stand now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cards.clicks.consents import ShowConsentRequest, ShowConsents
from cards.components import (
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    clip,
    execute,
    facts,
    heading,
    panel,
    text,
    wrote,
)
from cards.consent_texts import MECHANISM_MEANS, MECHANISMS, names_text, scope_text
from cards.consents import until_text
from cards.formats import stamp
from cards.language import Texts, message, texts_for
from cards.mails import Letter, Link, letter
from cards.welcome import Provider
from contract.consents import Grant, GrantState, Mechanism
from contract.people import Language


class News(StrEnum):
    """What happened (R25)."""

    ACTIVATED = "activated"
    ENDED = "ended"
    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED_END = "changed_end"
    UNKNOWN = "unknown"
    RECOVERED = "recovered"
    EXPIRING = "expiring"
    REQUEST_EXPIRED = "request_expired"
    NOT_FOUND = "not_found"
    NOT_CREATED = "not_created"
    END_ASKED = "end_asked"
    END_BY_HAND = "end_by_hand"


GOOD = frozenset({News.ACTIVATED, News.RECOVERED})

_TITLES = {
    News.ACTIVATED: message("Consent is in force"),
    News.ENDED: message("A consent is no longer in force"),
    News.NARROWED: message("A consent covers less than before"),
    News.WIDENED: message("A consent covers more than before"),
    News.CHANGED_END: message("A consent has another last day"),
    News.UNKNOWN: message("We have not been able to see a consent for 24 hours"),
    News.RECOVERED: message("We can see a consent again"),
    News.EXPIRING: message("A consent ends soon"),
    News.REQUEST_EXPIRED: message("A request for access was not approved in time"),
    News.NOT_FOUND: message("A consent was not found"),
    News.NOT_CREATED: message("Access could not be asked for"),
    News.END_ASKED: message("The end of a consent was asked for"),
    News.END_BY_HAND: message("A consent has to be ended by hand"),
}
_SAYS = {
    News.NOT_FOUND: message("Somebody came back from Microsoft, but after 15 minutes the permissions are not there."),
    News.REQUEST_EXPIRED: message("Ask again on the card of the consents."),
    News.RECOVERED: message("It is as it was before."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsSheet:
    """One piece of news about a source of a customer's consents."""

    news: News
    grant: Grant | None
    mechanism: Mechanism
    customer_id: int
    customer_name: str
    provider_name: str
    days: int | None = None
    """Left, where it is about to end."""
    lost: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    code: str = ""
    """What Microsoft called the reason."""
    covers_work: bool = True
    """Whether remote work rests on it."""
    goes_on: bool = False
    """Whether another source goes on that covers remote work."""
    request_id: int | None = None
    """The request to renew it."""
    confirm_url: str | None = None
    """The page on which the customer's administrator confirms the end; in that person's mail only."""
    steps: tuple[str, ...] = ()
    now: datetime


def consent_news_card(sheet: NewsSheet, language: Language, *, is_staff: bool) -> Card:
    """The news for one reader."""
    t = texts_for(language)
    title = t(_TITLES[sheet.news])
    if is_staff:
        title = f"{sheet.customer_name}: {title[:1].lower()}{title[1:]}"
    style = ContainerStyle.GOOD if sheet.news in GOOD else ContainerStyle.WARNING
    says = _says(t, sheet, language)
    return card(
        heading(title),
        text(t(MECHANISMS[sheet.mechanism]), bold=True),
        text(t(MECHANISM_MEANS[sheet.mechanism]), subtle=True),
        panel(*(wrote(line) for line in says), style=style) if says else None,
        _facts(t, sheet, language),
        *(wrote(f"{number}. {step}") for number, step in enumerate(sheet.steps, 1)),
        action_row(
            execute(t("Show the request"), ShowConsentRequest(consent_request=sheet.request_id))
            if sheet.request_id
            else None,
            execute(t("Consents"), ShowConsents(customer=sheet.customer_id)) if is_staff else None,
        )
        if is_staff or sheet.request_id
        else None,
        fallback_text=". ".join([title, *says]),
        language=language,
        summary=f"{title}. {says[0]}" if says else title,
    )


def news_letter(sheet: NewsSheet, provider: Provider, language: Language, *, is_administrator: bool) -> Letter:
    """The same as a mail, for the customer's administrator and for people whom Teams does not reach."""
    t = texts_for(language)
    title = t(_TITLES[sheet.news])
    links = [Link(t("Confirm the end"), sheet.confirm_url)] if sheet.confirm_url else []
    is_seen = is_administrator and sheet.news is not News.END_ASKED
    return letter(
        title,
        f"{sheet.customer_name}: {t(MECHANISMS[sheet.mechanism])}",
        *_says(t, sheet, language),
        _rows(t, sheet, language),
        *([list(sheet.steps)] if sheet.steps else []),
        *links,
        *([t("Your contacts see it in Microsoft Teams, in the support app.")] if is_seen else []),
        provider=provider,
        language=language,
        has_chat=not is_administrator,
        subject=f"{provider.name}: {title}",
    )


def _says(t: Texts, sheet: NewsSheet, language: Language) -> list[str]:
    """What happened, and what it means for remote work."""
    lines = [*_happened(t, sheet, language)]
    if sheet.news is News.ENDED and sheet.covers_work:
        lines.append(
            t("Remote work goes on under another consent.")
            if sheet.goes_on
            else t("Remote work waits until there is a consent again. Advice by chat and phone goes on.")
        )
    if sheet.news is News.UNKNOWN and sheet.covers_work and not sheet.goes_on:
        lines.append(t("Remote work waits until we can see it again. Advice by chat and phone goes on."))
    return lines


def _happened(t: Texts, sheet: NewsSheet, language: Language) -> list[str]:
    if sheet.news is News.ENDED and sheet.grant is not None:
        was = {
            GrantState.EXPIRED: t("Its last day has passed."),
            GrantState.REQUESTED: t("The roles are not assigned to our engineers any more."),
        }
        return [was.get(sheet.grant.known_state, t("It was taken away in Microsoft 365, or ended by us."))]
    if sheet.news is News.EXPIRING and sheet.days is not None:
        return [
            t.plural("It ends within {n} day. Renew it before then, so that nothing has to wait.",
                     "It ends within {n} days. Renew it before then, so that nothing has to wait.", sheet.days)
        ]  # fmt: skip
    if sheet.news is News.END_ASKED:
        return [
            t(
                "It ends when {provider} or an administrator of {customer} confirms that. We look every 15 minutes "
                "whether it is gone.",
                provider=sheet.provider_name,
                customer=sheet.customer_name,
            )
        ]
    if sheet.news is News.NOT_CREATED:
        return [t("Microsoft refused it ({code}).", code=sheet.code or "?")]
    if sheet.news is News.END_BY_HAND:
        return [t("Microsoft does not let us end it ourselves. Somebody who administers that tenant can:")]
    return [t(_SAYS[sheet.news])] if sheet.news in _SAYS else []


def _facts(t: Texts, sheet: NewsSheet, language: Language) -> Element:
    return facts(*_rows(t, sheet, language))


def _rows(t: Texts, sheet: NewsSheet, language: Language) -> list[tuple[str, str]]:
    grant = sheet.grant
    rows = [
        (t("Covers"), scope_text(t, sheet.mechanism, grant.scope)) if grant and sheet.news is News.ACTIVATED else None,
        (t("Now covered too"), names_text(sheet.gained)) if sheet.gained else None,
        (t("No longer covered"), names_text(sheet.lost)) if sheet.lost else None,
        (t("Until"), until_text(t, grant, language)) if grant is not None and grant.state.is_active else None,
        (t("Approved by"), clip(grant.approved_by, 120)) if grant and grant.approved_by else None,
        (t("Last seen"), stamp(grant.checked_at, sheet.now, language)) if grant and grant.checked_at else None,
    ]
    return [row for row in rows if row is not None]


_STEPS: Mapping[Mechanism, tuple[str, ...]] = {
    Mechanism.APP: (
        message("Open entra.microsoft.com as an administrator of the customer's tenant."),
        message("Go to Identity > Applications > Enterprise applications and open the app with id {id}."),
        message("Open Properties, choose Delete, and confirm."),
    ),
    Mechanism.GDAP: (
        message("Open admin.microsoft.com as an administrator of the customer's tenant."),
        message("Go to Settings > Partner relationships and open {provider}."),
        message("Open the relationship {title} and choose Remove roles, then Yes."),
    ),
    Mechanism.MANUAL: (message("Record the withdrawal on the customer's card."),),
}


def end_steps(grant: Grant, provider_name: str, language: Language) -> tuple[str, ...]:
    """What an administrator does to end it by hand, step by step."""
    t = texts_for(language)
    filled = {"id": grant.source_id, "provider": provider_name, "title": grant.title or grant.source_id}
    return tuple(t(step, **filled) for step in _STEPS[grant.mechanism])
