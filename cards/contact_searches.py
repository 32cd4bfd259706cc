"""Somebody is to become contact: proposed, looked up, appointed or refused (R4, D32)."""

from __future__ import annotations

from dataclasses import dataclass

from cards.clicks.accounts import (
    ConfirmContact,
    DeclineContact,
    LookAgain,
    ProposeContact,
    SearchForContact,
    TakePlace,
)
from cards.clicks.people import ShowCustomer
from cards.components import (
    Action,
    ActionStyle,
    Card,
    ContainerStyle,
    Element,
    action_row,
    card,
    choice_input,
    execute,
    facts,
    heading,
    panel,
    text,
    text_input,
)
from cards.customer_forms import form_card
from cards.inputs import people_input
from cards.language import Texts, texts_for
from contract.accounts import WhyNot
from contract.people import Customer, Language, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSearchSheet:
    """How far a search is. `state` as in storage/contact_searches.py; `name` once it is known who that is."""

    search_id: int
    customer: Customer
    state: str
    address: str
    name: str | None
    reason: WhyNot | None = None
    asked_by: str | None = None
    is_return: bool = False
    """An account that was lost and is back; nobody asked."""
    replaces: str | None = None
    contacts: tuple[Person, ...] = ()
    decided_by: str | None = None
    is_manager: bool = True
    provider_phone: str = ""


def contact_search_card(sheet: ContactSearchSheet, language: Language, *, notice: str = "") -> Card:
    """Who is to become contact, how far that is, and what a manager can do about it."""
    t = texts_for(language)
    title, who = _title(t, sheet), sheet.name or sheet.address or t("somebody from the directory")
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        facts(
            (t("Who"), who),
            (t("E-mail"), sheet.address) if sheet.address and sheet.name else None,
            (t("Customer"), sheet.customer.name),
            (t("Asked by"), sheet.asked_by) if sheet.asked_by else None,
            (t("In place of"), sheet.replaces) if sheet.replaces else None,
            (t("Decided by"), sheet.decided_by) if sheet.decided_by else None,
        ),
        text(_detail(t, sheet)),
        action_row(*_buttons(t, sheet)) if sheet.is_manager else None,
        fallback_text=t("Customer {number}: {title}. {who}", number=sheet.customer.id, title=title, who=who),
        language=language,
        subject=f"contact_search:{sheet.search_id}",
    )


def _title(t: Texts, sheet: ContactSearchSheet) -> str:
    match sheet.state:
        case "proposed":
            return t("A former contact's account works again") if sheet.is_return else t("A contact is proposed")
        case "looking":
            return t("A contact is being looked up")
        case "failed":
            return t("Microsoft does not answer yet")
        case "appointed":
            return t("A contact was appointed")
        case "dropped":
            return t("The search for a contact has ended")
    return t("The proposal was declined") if sheet.reason is WhyNot.DECLINED else t("Nobody was appointed")


def _detail(t: Texts, sheet: ContactSearchSheet) -> str:
    match sheet.state:
        case "proposed" if not sheet.is_manager:
            return t("We look at it. You hear it as soon as it is decided.")
        case "proposed" if sheet.is_return:
            return t("Nothing was done by itself: appoint this person again, or leave it.")
        case "proposed" if sheet.name is None:
            return t("The directory is being asked who that is. You can already decide.")
        case "proposed":
            return t("Appoint this person, or decline.")
        case "looking":
            return t("The customer's directory is being asked. This card follows by itself.")
        case "failed":
            return t("It is tried again by itself until there is an answer. Nothing is lost.")
        case "appointed":
            return t("Welcomed as soon as the app is there; everybody concerned is told.")
        case "dropped":
            return t("Nothing has changed about the contacts.")
    return _why_not(t, sheet.reason, is_manager=sheet.is_manager)


def _why_not(t: Texts, reason: WhyNot | None, *, is_manager: bool) -> str:
    """Why somebody did not become contact, and what to do instead."""
    texts = {
        WhyNot.UNKNOWN_ADDRESS: t(
            "Nobody in the organisation's directory has this address. Check it: an alias does not count, and the "
            "account has to be in the organisation's own Microsoft 365."
        ),
        WhyNot.SEVERAL_ACCOUNTS: t("Several accounts have this address. Use the name with which the person signs in."),
        WhyNot.GUEST: t(
            "That is a guest: the account belongs to another organisation. Only its own people can be contact."
        ),
        WhyNot.DISABLED: t("That account is disabled. The organisation's administrator can enable it."),
        WhyNot.DELETED: t("That account is deleted. The organisation's administrator can restore it for 30 days."),
        WhyNot.TWO_CONTACTS: t("There are two contacts already. Choose whose place it becomes.")
        if is_manager
        else t("There are two contacts already."),
        WhyNot.ALREADY: t("This person is a contact already."),
        WhyNot.NO_ACCESS: t(
            "We may not read the customer's directory: ask for the app's consent first, or appoint by object id."
        )
        if is_manager
        else t("We could not look this person up. We get in touch with you."),
        WhyNot.DECLINED: t("The contacts stay as they are."),
    }
    return texts[reason] if reason is not None else t("The contacts stay as they are.")


def _buttons(t: Texts, sheet: ContactSearchSheet) -> list[Action | None]:
    back = execute(t("Customer"), ShowCustomer(customer=sheet.customer.id))
    search = sheet.search_id
    if sheet.state == "proposed":
        yes = t("Appoint again") if sheet.is_return else t("Appoint as contact")
        no = t("Leave it") if sheet.is_return else t("Decline")
        return [
            execute(yes, ConfirmContact(search=search), style=ActionStyle.POSITIVE),
            execute(no, DeclineContact(search=search)),
            back,
        ]
    if sheet.state in ("looking", "failed"):
        return [execute(t("Stop looking"), DeclineContact(search=search)), back]
    if sheet.state != "refused" or sheet.reason is None or not sheet.reason.may_pass:
        return [back]
    if sheet.reason is WhyNot.TWO_CONTACTS and sheet.contacts:
        places = [
            execute(t("In place of {name}", name=_short(one.name)), TakePlace(search=search, contact=one.id))
            for one in sheet.contacts
        ]
        return [*places, back]
    return [execute(t("Look up again"), LookAgain(search=search)), back]


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"  # noqa: PLR2004 -- what a button of a phone shows


def contact_search_form(
    customer: Customer, form_id: str, language: Language, *, email: str = "", notice: str = ""
) -> Card:
    """The manager's form for a contact by address. A people picker would search the provider's own directory."""
    t = texts_for(language)
    return form_card(
        customer,
        t("A contact for {customer}", customer=customer.name),
        text(t("The customer's own directory is asked who that is. Guests and disabled accounts can't be contacts.")),
        text_input(
            "email",
            t("E-mail address or sign-in name at the customer"),
            value=email,
            max_length=320,
            required=True,
            error=t("Give an address."),
        ),
        send=t("Look up and appoint"),
        form=SearchForContact(form_id=form_id, customer=customer.id),
        language=language,
        notice=notice,
    )


def proposal_fields(t: Texts, form_id: str, knocks: tuple[tuple[int, str], ...], *, email: str = "") -> list[Element]:
    """The fields with which a contact proposes somebody for the free place.

    The people picker searches the contact's own organisation, which is where the next contact is.
    """
    return [
        text(t("Whom do you propose in this place? We confirm it, and you both hear it."), bold=True),
        people_input("picked", t("Choose a colleague"), t("nobody"), placeholder=t("Type a name")),
        text_input("email", t("Or give an e-mail address"), value=email, max_length=320),
        *(
            [
                choice_input(
                    "knock",
                    t("Or somebody who wrote to us"),
                    {"0": t("nobody"), **{str(knock_id): name for knock_id, name in knocks}},
                    value="0",
                )
            ]
            if knocks
            else []
        ),
        action_row(
            execute(t("Propose"), ProposeContact(form_id=form_id), style=ActionStyle.POSITIVE),
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSheet:
    """The free place of a customer, and who wrote to the bot."""

    form_id: str
    customer_name: str
    knocks: tuple[tuple[int, str], ...] = ()
    email: str = ""


def proposal_form(sheet: ProposalSheet, language: Language, *, notice: str = "") -> Card:
    """The form once more, with what was wrong on top."""
    t = texts_for(language)
    title = t("A contact for {customer}", customer=sheet.customer_name)
    return card(
        panel(text(notice), style=ContainerStyle.WARNING) if notice else None,
        heading(title),
        *proposal_fields(t, sheet.form_id, sheet.knocks, email=sheet.email),
        fallback_text=title,
        language=language,
    )
