"""Who can consent in the customer's tenant, and the request that is forwarded to that person (R25)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.mails import MAILS
from bot.router import Router
from cards.clicks.access import ForwardRequest, KeepAdministrator, MarkForwarded, ShowAccess, StartAdministrator
from cards.clicks.consents import ShowConsentRequest
from cards.clicks.tickets import ShowTicket
from contract.ledger import EntryKind
from contract.people import Language
from storage.administrators import load_administrator
from storage.consent_requests import load_request
from storage.database import Database
from tests.bot.access_acts import ask_app, drop_consents, name_administrator, noted, withdraw
from tests.bot.people import POLICY, Somebody, World, buttons_of, text_of
from tests.bot.worked import TICKET, world_with_ticket

COVERING = replace(POLICY, app_consent_covers_work=True)


async def asked(database: Database, *, named: bool = True) -> tuple[World, int]:
    """The provider asked for the app's permission, on which work rests with it, and nothing is consented yet."""
    world = await world_with_ticket(database)
    world.router = Router(database, COVERING)
    await drop_consents(world)
    if named:
        await name_administrator(world)
    return world, await ask_app(world)


async def mails(world: World) -> list[dict[str, Any]]:
    """The requests that were mailed."""
    return [row for row in await world.waiting() if row["kind"] == "mail" and row["what"] == "consent_request"]


def named(world: World, address: str = "ton@brood.example", **values: Any) -> KeepAdministrator:
    """The form, filled in."""
    return KeepAdministrator(form_id=world.form(), administrator="Ton Beheer", address=address, **values)


async def test_a_contact_forwards_the_request(database: Database) -> None:
    """It is mailed to the administrator; everybody sees whom it waits for, who forwarded it, and when (R25)."""
    world, request = await asked(database)
    assert "Consent was asked for. It waits for Ton Beheer." in text_of(
        await world.click(world.bram, ShowTicket(ticket=TICKET))
    )
    card = await world.click(world.anna, ForwardRequest(consent_request=request))
    assert "onderweg naar Ton Beheer" in text_of(card)
    [mail] = await mails(world)
    assert (mail["to"], mail["args"]["forwarded_by"]) == ("ton@brood.example", "Anna de Vries")
    for who in (world.bram, world.finn):
        shown = text_of(await world.click(who, ShowTicket(ticket=TICKET)))
        assert "It waits for Ton Beheer, to whom Anna de Vries forwarded the request on" in shown
    [entry] = await noted(world, EntryKind.FORWARDED)
    assert entry.note.details["administrator"] == "Ton Beheer"


async def test_a_ticket_waits_for_nothing_that_would_not_help(sqlite: Database) -> None:
    """Where no work rests on the app's permission, a ticket waits for nobody because of it (R25)."""
    world, _ = await asked(sqlite)
    world.router = Router(sqlite, POLICY)
    shown = text_of(await world.click(world.bram, ShowTicket(ticket=TICKET)))
    assert "We have no consent to work in your Microsoft 365." in shown
    assert "Ton Beheer" not in shown
    assert "forward_request" not in {
        one["verb"] for one in buttons_of(await world.click(world.bram, ShowAccess())).values()
    }


async def test_forwarding_is_offered_where_it_does_something(sqlite: Database) -> None:
    """To a contact, once a day; the provider's own people don't forward their own request (R25)."""
    world, request = await asked(sqlite)

    async def is_offered(who: Somebody) -> bool:
        card = await world.click(who, ShowConsentRequest(consent_request=request))
        verbs = {one.get("verb") for one in buttons_of(card).values()}
        return not verbs.isdisjoint({"forward_request", "start_administrator"})

    assert (await is_offered(world.anna), await is_offered(world.mia)) == (True, False)
    await world.click(world.anna, ForwardRequest(consent_request=request))
    assert not await is_offered(world.bram)
    world.now += timedelta(days=1)
    assert await is_offered(world.bram)


async def test_the_mail_says_who_forwarded_it(sqlite: Database) -> None:
    """In the administrator's language, with the page to consent on, as text and as HTML (R25)."""
    world, request = await asked(sqlite)
    await world.click(world.anna, ForwardRequest(consent_request=request))
    [mail] = await mails(world)
    draft = await sqlite.read(lambda session: MAILS["consent_request"](session, mail["args"], POLICY))
    assert draft is not None
    assert draft.language is Language.EN
    assert "Anna de Vries of Bakkerij Brood & Zo forwarded this to you." in draft.letter.text
    assert "https://bot.example.org/consent/" in draft.letter.text
    assert "Anna de Vries" in draft.letter.html


async def test_once_a_day_to_the_same_address(database: Database) -> None:
    """A second click within the day mails nothing, whoever it is of; somebody else is asked at once (R25)."""
    world, request = await asked(database)
    await world.click(world.anna, ForwardRequest(consent_request=request))
    world.now += timedelta(hours=23)
    assert "mailed to Ton Beheer already" in text_of(
        await world.click(world.bram, ForwardRequest(consent_request=request))
    )
    assert "forward_request" not in {one.get("verb") for one in buttons_of(await shown(world)).values()}
    assert len(await mails(world)) == 1
    await world.click(world.bram, named(world, "piet@brood.example", consent_request=request))
    assert [mail["to"] for mail in await mails(world)] == ["ton@brood.example", "piet@brood.example"]
    world.now += timedelta(hours=24)
    await world.click(world.anna, ForwardRequest(consent_request=request))
    assert len(await mails(world)) == 3


async def shown(world: World) -> Any:
    """Bram's card of remote access."""
    return await world.click(world.bram, ShowAccess())


async def test_a_contact_names_the_administrator_on_the_way(database: Database) -> None:
    """Where nobody is named the button asks whom; keeping that mails the request in the same click (R25)."""
    world, request = await asked(database, named=False)
    [button] = [one for title, one in buttons_of(await shown(world)).items() if "Forward" in title]
    form = await world.send(world.bram, button["verb"], button["data"])
    assert "Global Administrator" in text_of(form)
    await world.click(world.bram, named(world, consent_request=request, reads="en"))
    [mail] = await mails(world)
    assert mail["args"]["language"] == "en"
    kept = await database.read(lambda session: load_administrator(session, world.customer_id))
    assert kept is not None
    assert (kept.name, kept.changed_by) == ("Ton Beheer", world.bram.id)


@pytest.mark.parametrize("address", ["", "ton", "ton@brood", "a@b.nl, c@d.nl", "ton @brood.example", "<t@b.example>"])
async def test_an_address_that_is_none_comes_back(sqlite: Database, address: str) -> None:
    """The form stays as it was filled in; nothing is kept and nothing mailed."""
    world, request = await asked(sqlite, named=False)
    card = await world.click(world.anna, named(world, address, consent_request=request))
    assert "geen e-mailadres" in text_of(card)
    assert await sqlite.read(lambda session: load_administrator(session, world.customer_id)) is None
    assert await mails(world) == []


async def test_a_manager_names_one_without_mailing(sqlite: Database) -> None:
    """The provider names whom to ask; forwarding is the contact's (R25)."""
    world, _ = await asked(sqlite, named=False)
    form = await world.click(world.mia, StartAdministrator(customer=world.customer_id))
    assert "Bakkerij Brood & Zo" in text_of(form)
    await world.click(world.mia, named(world, customer=world.customer_id))
    assert await mails(world) == []
    assert "Ton Beheer" in text_of(await shown(world))


async def test_without_a_mail_server_it_can_be_copied(sqlite: Database) -> None:
    """The words and the link stand there to be copied; whoever sent them says so, and it waits from then on (R25)."""
    world, request = await asked(sqlite)
    world.router = Router(sqlite, replace(COVERING, sends_mail=False))
    card = await world.click(world.bram, ForwardRequest(consent_request=request))
    assert "on this page: https://bot.example.org/consent/" in text_of(card)
    assert await noted(world, EntryKind.FORWARDED) == []
    done = await world.click(world.bram, MarkForwarded(form_id=world.form(), consent_request=request))
    assert "It waits for Ton Beheer, to whom Bram Bakker forwarded the request on" in text_of(done)
    await world.click(world.anna, MarkForwarded(form_id=world.form(), consent_request=request))
    [entry] = await noted(world, EntryKind.FORWARDED)
    assert entry.note.details["by_own_mail"] is True
    assert await mails(world) == []


async def test_another_organisations_request_is_none(database: Database) -> None:
    """Neither forwarded nor asked about (R3)."""
    world, request = await asked(database)
    for click in (
        ForwardRequest(consent_request=request),
        StartAdministrator(consent_request=request),
        named(world, consent_request=request),
    ):
        await world.click(world.other, click)
    assert await mails(world) == []
    found = await database.read(lambda session: load_request(session, request))
    assert found.forwarded_by is None
    assert await database.read(lambda session: load_administrator(session, world.other_customer_id)) is None


async def test_a_request_that_is_over_is_not_forwarded(sqlite: Database) -> None:
    """After its seven days it waits for nobody, and the card says how it stands (R25)."""
    world, request = await asked(sqlite)
    world.now += timedelta(days=8)
    card = await world.click(world.bram, ForwardRequest(consent_request=request))
    assert "waits for nobody any more" in text_of(card)
    assert await mails(world) == []


async def test_the_withdrawal_is_mailed_unless_it_was_lifted(database: Database) -> None:
    """Who withdrew, when and why; a mail that goes out after consent was given again is not sent (R25)."""
    world, _ = await asked(database)
    await withdraw(world, reason="<b>incident</b>")
    [mail] = [row for row in await world.waiting() if row["kind"] == "mail" and row["what"] == "access_withdrawn"]
    managers = {**mail["args"], "is_administrator": False}
    draft = await database.read(lambda session: MAILS["access_withdrawn"](session, managers, POLICY))
    assert draft is not None
    assert "Anna de Vries" in draft.letter.text
    assert "<b>incident</b>" in draft.letter.text
    assert "&lt;b&gt;incident&lt;/b&gt;" in draft.letter.html
    world.now += timedelta(minutes=1)
    await world.send(world.bram, "lift_withdrawal", {"form_id": world.form()})
    assert await database.read(lambda session: MAILS["access_withdrawn"](session, mail["args"], POLICY)) is None
