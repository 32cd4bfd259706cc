"""The question to an engineer whether a guest in a customer's tenant is them, and what such a guest reads (D15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cards.clicks.guests import ConfirmGuest, RefuseGuest
from cards.components import ActionStyle, Card, ContainerStyle, action_row, card, execute, facts, heading, panel, text
from cards.formats import stamp
from cards.language import texts_for
from contract.people import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestSheet:
    """A guest who wrote to the bot. `state`: offered, confirmed or refused."""

    guest_id: int
    guest_name: str
    """As the customer's tenant calls the guest."""
    address: str
    customer_name: str
    state: str
    found_at: datetime
    decided_at: datetime | None = None


def guest_card(sheet: GuestSheet, language: Language, now: datetime) -> Card:
    """Is this you? Only the engineer knows: the address stands in another organisation's directory."""
    t = texts_for(language)
    titles = {
        "confirmed": t("You are a guest at {customer}", customer=sheet.customer_name),
        "refused": t("The guest at {customer} is somebody else", customer=sheet.customer_name),
    }
    title = titles.get(sheet.state, t("Is this you as guest at {customer}?", customer=sheet.customer_name))
    details = {
        "confirmed": t(
            "In their tenant the bot knows you from now on. It shows nothing there: work here, in your own chat. Not "
            "you after all? Say so with the button."
        ),
        "refused": t("There the bot answers as it does to anybody who is no contact. The managers are asked."),
    }
    asked = t(
        "Say yes only if you wrote to the bot there yourself. Anybody who manages that tenant can give an account your "
        "address."
    )
    detail = details.get(sheet.state, asked)
    yes = execute(t("Yes, that is me"), ConfirmGuest(guest=sheet.guest_id), style=ActionStyle.POSITIVE)
    no = execute(t("That is not me"), RefuseGuest(guest=sheet.guest_id))
    return card(
        heading(title),
        facts(
            (t("Account"), sheet.guest_name),
            (t("E-mail"), sheet.address or t("unknown")),
            (t("Wrote"), stamp(sheet.found_at, now, language)),
            (t("Decided"), stamp(sheet.decided_at, now, language)) if sheet.decided_at else None,
        ),
        text(detail) if sheet.state != "offered" else panel(text(detail), style=ContainerStyle.WARNING),
        action_row(yes if sheet.state == "offered" else None, no if sheet.state != "refused" else None),
        fallback_text=f"{t('Guest {number}: {title}', number=sheet.guest_id, title=title)} {detail}",
        language=language,
        subject=f"guest:{sheet.guest_id}",
    )


def guest_answer(name: str, customer: str, language: Language) -> str:
    """What an engineer reads who speaks to the bot as a guest: nothing that is the provider's or another customer's."""
    return texts_for(language)(
        "Hello {name}. The bot knows you as a guest at {customer}. What stands in this chat is kept by them, so no "
        "tickets are shown here: please work in your own chat.",
        name=name,
        customer=customer,
    )
