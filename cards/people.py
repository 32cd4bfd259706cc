"""Contacts of a customer, and who knocked without being one (R4, D32)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.clicks.accounts import StartContactSearch
from cards.clicks.people import AppointContact, RefuseKnock, RemoveContact, ShowCustomer, ShowKnock, StartRemoval
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    FontSize,
    action_row,
    card,
    choice_input,
    execute,
    facts,
    heading,
    panel,
    text,
)
from cards.contact_searches import proposal_fields
from cards.formats import stamp
from cards.language import Texts, texts_for
from contract.accounts import AccountState
from contract.people import MAX_CONTACTS, Language, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockSheet:
    """Somebody of a customer who wrote without being appointed. `state`: waiting, appointed, refused or removed."""

    knock_id: int
    customer_id: int
    person: Person
    customer_name: str
    knocked_at: datetime
    times: int
    state: str
    contacts: tuple[Person, ...]
    decided_by: str | None = None
    decided_at: datetime | None = None


def knock_card(sheet: KnockSheet, language: Language, now: datetime, *, notice: str = "") -> Card:
    """Who knocked, for a manager: appoint or refuse with a click. `notice` says why a click did not do what it said."""
    t = texts_for(language)
    titles = {
        "appointed": t("{name} is a contact of {customer}", name=sheet.person.name, customer=sheet.customer_name),
        "refused": t("{name} of {customer} was refused", name=sheet.person.name, customer=sheet.customer_name),
        "removed": t(
            "{name} is no longer a contact of {customer}", name=sheet.person.name, customer=sheet.customer_name
        ),
    }
    asks = t("{name} of {customer} is no contact yet", name=sheet.person.name, customer=sheet.customer_name)
    title = titles.get(sheet.state, asks)
    is_full = len(sheet.contacts) >= MAX_CONTACTS
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        facts(
            (t("E-mail"), sheet.person.email or t("unknown")),
            (t("Wrote"), _wrote(t, sheet, now, language)),
            (t("Decided"), _decided(t, sheet, now, language)) if sheet.decided_by and sheet.decided_at else None,
        ),
        text(t("Contacts now: {names}.", names=_names(t, sheet.contacts))),
        text(t("There are two contacts already. Choose whose place it becomes, or refuse."))
        if is_full and sheet.state == "waiting"
        else None,
        action_row(*_knock_buttons(t, sheet, is_full=is_full)),
        fallback_text=t("{title}. Contacts now: {n} of {most}.", title=title, n=len(sheet.contacts), most=MAX_CONTACTS),
        language=language,
        subject=f"knock:{sheet.knock_id}",
    )


def _wrote(t: Texts, sheet: KnockSheet, now: datetime, language: Language) -> str:
    when = stamp(sheet.knocked_at, now, language)
    return when if sheet.times == 1 else t("{times} times, last {when}", times=sheet.times, when=when)


def _decided(t: Texts, sheet: KnockSheet, now: datetime, language: Language) -> str:
    when = stamp(sheet.decided_at, now, language) if sheet.decided_at else ""
    return t("{when} by {name}", when=when, name=sheet.decided_by)


def _names(t: Texts, people: Sequence[Person]) -> str:
    return ", ".join(person.name for person in people) or t("nobody")


def _knock_buttons(t: Texts, sheet: KnockSheet, *, is_full: bool) -> list[Action | None]:
    back = execute(t("Customer"), ShowCustomer(customer=sheet.customer_id))
    if sheet.state == "appointed":
        return [back]
    appoint: list[Action | None] = [
        execute(t("Appoint as contact"), AppointContact(knock=sheet.knock_id), style=ActionStyle.POSITIVE)
    ]
    if is_full:
        appoint = [
            execute(
                t("In place of {name}", name=_short(person.name)),
                StartRemoval(customer=sheet.customer_id, contact=person.id, knock=sheet.knock_id),
            )
            for person in sheet.contacts
        ]
    refuse = execute(t("Refuse"), RefuseKnock(knock=sheet.knock_id)) if sheet.state == "waiting" else None
    return [*appoint, refuse, back]


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"  # noqa: PLR2004 -- what a button of a phone shows


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalSheet:
    """Who is to go, and who may come in their place: the people who knocked, by the id of their knock."""

    form_id: str
    customer_id: int
    customer_name: str
    person: Person
    others: tuple[Person, ...]
    knocks: tuple[tuple[int, str], ...]
    chosen: int | None = None


def removal_card(sheet: RemovalSheet, language: Language) -> Card:
    """The question before a contact is removed, with the choice of somebody in their place."""
    t = texts_for(language)
    title = t("Remove {name} as contact of {customer}?", name=sheet.person.name, customer=sheet.customer_name)
    return card(
        heading(title),
        text(t("They see no tickets any more, and their old cards stop working at once.")),
        text(t("Tickets and estimates stay with the organisation. Everybody concerned is told.")),
        text(t("Who stays: {names}.", names=_names(t, sheet.others))),
        choice_input(
            "knock",
            t("Appoint in their place"),
            {"0": t("nobody"), **{str(knock_id): name for knock_id, name in sheet.knocks}},
            value=str(sheet.chosen or 0),
        )
        if sheet.knocks
        else None,
        action_row(
            execute(
                t("Remove"),
                RemoveContact(form_id=sheet.form_id, customer=sheet.customer_id, contact=sheet.person.id),
                style=ActionStyle.DESTRUCTIVE,
            ),
            execute(t("Back"), ShowCustomer(customer=sheet.customer_id)),
        ),
        fallback_text=t("Customer {number}: {title}", number=sheet.customer_id, title=title),
        language=language,
        subject=f"customer:{sheet.customer_id}",
        is_form=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsSheet:
    """Who the contacts of a customer are, and how the provider is reached about it."""

    customer_id: int
    customer_name: str
    contacts: tuple[Person, ...]
    provider_name: str
    provider_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """What changed about the contacts: names of who came and who went, None for nobody."""

    appointed: str | None
    removed: str | None
    sheet: ContactsSheet
    is_staff: bool
    is_removed_one: bool = False
    why: AccountState | None = None
    """What became of the account of who went, where nobody decided it."""
    form_id: str = ""
    """Of the form with which the other contact proposes somebody; empty where there is nothing to propose."""
    knocks: tuple[tuple[int, str], ...] = ()


def contact_changed_card(change: ContactChange, language: Language) -> Card:
    """The message that a contact was appointed, removed or replaced, for one who is concerned."""
    t = texts_for(language)
    sheet = change.sheet
    title = _change_title(t, change)
    if change.is_removed_one:
        detail = t("You see no tickets of it any more. A mistake? Call {phone}.", phone=sheet.provider_phone)
        if change.why is not None:
            detail = f"{lost_text(t, change.why)} {detail}"
        return card(heading(title), text(detail), fallback_text=f"{title}. {detail}", language=language)
    now = t("Contacts now: {names}.", names=_names(t, sheet.contacts))
    return card(
        heading(title, size=FontSize.MEDIUM),
        text(lost_text(t, change.why)) if change.why is not None else None,
        text(now),
        text(t("Tickets and estimates stay with the organisation.")) if change.why is not None else None,
        *(proposal_fields(t, change.form_id, change.knocks) if change.form_id else ()),
        action_row(
            execute(t("Contact by e-mail"), StartContactSearch(customer=sheet.customer_id)) if change.why else None,
            execute(t("Customer"), ShowCustomer(customer=sheet.customer_id)),
        )
        if change.is_staff
        else None,
        fallback_text=f"{title}. {now}",
        language=language,
    )


def lost_text(t: Texts, why: AccountState) -> str:
    """What became of an account, in a sentence."""
    if why is AccountState.DISABLED:
        return t("The Microsoft account was disabled, so nothing can be done with it any more.")
    return t("The Microsoft account was deleted, so nothing can be done with it any more.")


def _change_title(t: Texts, change: ContactChange) -> str:
    customer, came, went = change.sheet.customer_name, change.appointed, change.removed
    if change.is_removed_one:
        return t("You are no longer a contact of {customer}", customer=customer)
    if came and went:
        return t("{name} is now a contact of {customer}, in place of {other}", name=came, customer=customer, other=went)
    if came:
        return t("{name} is now a contact of {customer}", name=came, customer=customer)
    return t("{name} is no longer a contact of {customer}", name=went, customer=customer)


def knock_refused_card(sheet: ContactsSheet, language: Language) -> Card:
    """For the person who knocked: it stays as it was, and who can help instead."""
    t = texts_for(language)
    title = t("You were not appointed as a contact of {customer}", customer=sheet.customer_name)
    advice = (
        t("Report your problem through {names}.", names=_names(t, sheet.contacts))
        if sheet.contacts
        else t("Ask your organisation who reports problems.")
    )
    return card(
        heading(title),
        text(advice),
        text(
            t("Questions? Call {provider}: {phone}.", provider=sheet.provider_name, phone=sheet.provider_phone),
            subtle=True,
        ),
        fallback_text=f"{title}. {advice}",
        language=language,
    )


def knock_line(t: Texts, knock_id: int, name: str) -> Action:
    """The button that opens the card of a knock, from the customer's card."""
    return execute(_short(name), ShowKnock(knock=knock_id), tooltip=t("Appoint or refuse {name}", name=name))
