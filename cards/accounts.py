"""What the directory says of the contacts: for the staff on the customer's card, and when it falls silent (R4, D32)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cards.clicks.accounts import ShowContactSearch, StartContactSearch, StartWatchStop, StopWatching, WatchAgain
from cards.clicks.people import ShowCustomer, StartRemoval
from cards.components import (
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    Spacing,
    action_row,
    card,
    clip,
    execute,
    heading,
    panel,
    section,
    text,
    text_input,
    wrote,
)
from cards.customer_forms import form_card
from cards.formats import stamp
from cards.language import Texts, texts_for
from contract.accounts import AccountState
from contract.people import MAX_CONTACTS, Customer, Language, Person

SHOWN_SEARCHES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """What the directory said of a contact at the last good look."""

    state: AccountState
    checked_at: dt.datetime
    is_guest: bool = False
    only_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSheet:
    """How the contacts of a customer are watched, and who is to become contact."""

    is_on: bool
    looked_at: dt.datetime | None = None
    failing_since: dt.datetime | None = None
    error: str | None = None
    stopped_at: dt.datetime | None = None
    stopped_by: str | None = None
    stopped_why: str | None = None
    searches: tuple[tuple[int, str], ...] = ()
    """What waits: the number of the search, and who it is about."""


def account_text(t: Texts, line: AccountLine | None, now: dt.datetime, language: Language) -> str:
    """Where it is known from that this person is who they are, and since when."""
    if line is None:
        return t("Contact by the provider's word")
    when = stamp(line.checked_at, now, language)
    if line.only_reads:
        return t("✗ Only reads: not confirmed by Microsoft since {when}", when=when)
    if line.state.may_act and line.is_guest:
        return t("✗ Guest: the account is another organisation's, from the directory {when}", when=when)
    if line.state.may_act:
        return t("✓ Account enabled, from the directory {when}", when=when)
    return t("✗ Account not enabled, from the directory {when}", when=when)


def watch_section(
    t: Texts, customer: Customer, watch: WatchSheet, *, contacts: int, now: dt.datetime, language: Language, may: bool
) -> Element | None:
    """Whether the directory is watched and answers, and what a manager can do about the contacts. `may`: a manager."""
    stop = execute(t("Stop watching"), StartWatchStop(customer=customer.id))
    again = execute(t("Watch again"), WatchAgain(customer=customer.id))
    buttons = [
        execute(t("Contact by e-mail"), StartContactSearch(customer=customer.id))
        if contacts < MAX_CONTACTS or watch.is_on
        else None,
        stop if watch.is_on else again if watch.stopped_at is not None else None,
    ]
    shown = [
        *(_searches(t, watch) if may else ()),
        *_watch(t, watch, now, language),
        *([action_row(*buttons)] if may and any(buttons) else []),
    ]
    return section(*shown, spacing=Spacing.SMALL) if shown else None


def _searches(t: Texts, watch: WatchSheet) -> list[Element]:
    if not watch.searches:
        return []
    shown = [
        execute(clip(who, 30), ShowContactSearch(search=number)) for number, who in watch.searches[:SHOWN_SEARCHES]
    ]
    return [panel(text(t("Who is to become contact"), bold=True), action_row(*shown), style=ContainerStyle.ACCENT)]


def _watch(t: Texts, watch: WatchSheet, now: dt.datetime, language: Language) -> list[Element]:
    if watch.is_on and watch.failing_since is not None:
        since = stamp(watch.failing_since, now, language)
        return [
            text(t("✗ The customer's directory can't be read since {when}.", when=since)),
            wrote(clip(watch.error or "", 120), subtle=True, spacing=Spacing.NONE),
            text(t("What is known holds for 24 hours; after that the contacts only read."), subtle=True),
        ]
    if watch.is_on and watch.looked_at is None:
        return [text(t("The customer's directory is being looked at for the first time."), subtle=True)]
    if watch.is_on:
        when = stamp(watch.looked_at, now, language) if watch.looked_at else ""
        return [text(t("The accounts are watched; last look {when}.", when=when), subtle=True)]
    if watch.stopped_at is None:
        return []
    why = clip(watch.stopped_why or "", 300)
    return [
        text(
            t(
                "Not watched since {when}, by {name}: the contacts are whom we named.",
                when=stamp(watch.stopped_at, now, language),
                name=watch.stopped_by or t("the command line"),
            )
        ),
        wrote(why, subtle=True, spacing=Spacing.NONE),
    ]


def watch_stop_form(customer: Customer, form_id: str, language: Language, *, notice: str = "") -> Card:
    """The question before the accounts are watched no longer."""
    t = texts_for(language)
    return form_card(
        customer,
        t("Watch the accounts of {customer} no longer?", customer=customer.name),
        text(t("Whoever leaves the customer stays contact until you remove them. Contacts can act without Microsoft.")),
        text_input("reason", t("Why"), max_length=300, required=True, error=t("Say why.")),
        send=t("Stop watching"),
        form=StopWatching(form_id=form_id, customer=customer.id),
        language=language,
        notice=notice,
        style=ActionStyle.DESTRUCTIVE,
    )


def guest_contact_card(customer: Customer, person: Person, language: Language) -> Card:
    """For managers: a contact turned out to be a guest, and how they are replaced; until then nothing changes."""
    t = texts_for(language)
    title = t("{name} is a guest in the directory of {customer}", name=person.name, customer=customer.name)
    detail = t(
        "The account belongs to another organisation, so {customer} does not decide about it. {name} stays contact "
        "until you remove or replace them.",
        customer=customer.name,
        name=person.name,
    )
    return card(
        heading(title),
        text(detail),
        action_row(
            execute(t("Remove or replace"), StartRemoval(customer=customer.id, contact=person.id)),
            execute(t("Contact by e-mail"), StartContactSearch(customer=customer.id)),
            execute(t("Customer"), ShowCustomer(customer=customer.id)),
        ),
        fallback_text=f"{title}. {detail}",
        language=language,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceSheet:
    """Since when a customer's directory says nothing, or that it answers again."""

    customer: Customer
    since: dt.datetime | None
    is_over: bool
    is_staff: bool
    provider_name: str
    provider_phone: str
    now: dt.datetime


def silence_card(sheet: SilenceSheet, language: Language) -> Card:
    """That the contacts only read because nobody can check who they are, or that they can do everything again."""
    t = texts_for(language)
    if sheet.is_over:
        title = t("Everything works again")
        detail = t("Microsoft confirms the contacts of {customer} again.", customer=sheet.customer.name)
    else:
        title = t("For now the contacts can only read")
        since = stamp(sheet.since, sheet.now, language) if sheet.since else ""
        detail = t(
            "Microsoft has not confirmed for a day who the contacts of {customer} are (since {when}). Tickets can be "
            "read; writing and deciding wait.",
            customer=sheet.customer.name,
            when=since,
        )
    call = t("Is it urgent? Call {provider}: {phone}.", provider=sheet.provider_name, phone=sheet.provider_phone)
    advice = t("Look at the app's consent, or stop watching with a reason.") if sheet.is_staff else call
    return card(
        heading(title),
        text(detail),
        text(advice) if not sheet.is_over else None,
        action_row(execute(t("Customer"), ShowCustomer(customer=sheet.customer.id))) if sheet.is_staff else None,
        fallback_text=f"{title}. {detail}",
        language=language,
    )
