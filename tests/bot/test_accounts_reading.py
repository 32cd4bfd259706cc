"""What a contact may still do whom nobody could check for a day: read everything, change nothing (D15, D32)."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from bot.reading_only import is_reading
from bot.routes import ROUTES
from bot.wire import IncomingKind
from cards.clicks.people import SetLanguage
from contract.people import Language, Role
from storage import watches
from storage.database import Database
from tests.bot.people import World, text_of
from tests.bot.stage import make_stage

CONTACTS = sorted((what for what in ROUTES if Role.CONTACT in ROUTES[what].who), key=lambda what: what.__name__)
CHAT = {"Installed", "Uninstalled", "SetLanguage"}
WORDS = ("alleen lezen", "only read")


def fail_for_days(session: Session, world: World) -> None:
    """The customer's directory has not answered for two days."""
    began = world.now - timedelta(days=2)
    watches.switch_on(session, world.customer_id, began)
    watch = watches.load_watch(session, world.customer_id)
    assert watch is not None
    watches.mark_failing(session, watch, began, world.now, "503")


async def test_reading_changes_nothing_and_the_rest_is_refused(sqlite: Database) -> None:
    """Whatever counts as reading works and leaves the business as it is; whatever does not is refused and does so too.

    A verb that is added later is in this test by itself.
    """
    stage = await make_stage(sqlite)
    world = stage.world
    await sqlite.write(partial(fail_for_days, world=world))
    before = await stage.business()
    for what in CONTACTS:
        if what.__name__ in CHAT:
            continue
        reply = await stage.act(world.anna, what, stage.ours)
        said = text_of(reply) if reply is not None else ""
        if is_reading(what):
            assert not any(word in said for word in WORDS), what
        else:
            assert what.__name__ == "Edited" or any(word in said for word in WORDS), (what, said)
            assert await stage.business() == before, what
    assert await stage.business() == before


async def test_the_chat_itself_goes_on(sqlite: Database) -> None:
    """The app can be installed and taken away, the language chosen, and a changed message is left alone in silence."""
    stage = await make_stage(sqlite)
    world = stage.world
    await sqlite.write(partial(fail_for_days, world=world))
    said = text_of(await world.say(world.anna, "new ticket"))
    assert any(word in said for word in WORDS)
    said = text_of(await world.click(world.anna, SetLanguage(language=Language.EN)))
    assert not any(word in said for word in WORDS)
    for kind in (IncomingKind.INSTALLED, IncomingKind.EDITED, IncomingKind.UNINSTALLED):
        assert await world.happen(world.anna, kind, text="changed") is None


def test_a_form_that_leads_to_writing_is_no_reading() -> None:
    """Nobody fills in a form that is refused in the end, and words may be an answer."""
    reading = {what.__name__ for what in CONTACTS if is_reading(what)}
    assert {"ShowTicket", "ShowTickets", "SearchTickets", "ShowInvoice", "GetInvoice", "ShowHelp"} <= reading
    assert not {"StartTicket", "OpenTicket", "AnswerTicket", "ApproveEstimate", "ProposeContact", "Typed"} & reading
