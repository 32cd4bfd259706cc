"""The main story: from a problem typed into the chat to a resolved ticket, told with the buttons people see.

It plays through HTTP with authentication on and stops with an AssertionError at the first thing that is not as told.
"""

from __future__ import annotations

from cards.language import texts_for
from contract.people import Language
from demo.connector import StandIn
from demo.narrator import Narrator
from demo.people import ANNA, BEN, EVA, MARK

# Buttons are clicked by what people read, each in the own language.
NL, EN = texts_for(Language.NL), texts_for(Language.EN)


async def main_story(stand_in: StandIn, narrator: Narrator) -> None:
    """The whole story, in scenes."""
    await everybody_gets_the_app(stand_in, narrator)
    await a_ticket_is_opened(stand_in, narrator)


async def everybody_gets_the_app(stand_in: StandIn, narrator: Narrator) -> None:
    """Each is welcomed once, in the own language."""
    narrator.scene("The app arrives")
    for identity in (ANNA, BEN, EVA, MARK):
        person = stand_in.person(identity)
        narrator.did(person, "installs the app")
        await person.installs()
        await person.waits_for(lambda message: bool(message.card))


async def a_ticket_is_opened(stand_in: StandIn, narrator: Narrator) -> None:
    """A problem typed in own words opens the form; submitting it makes the ticket; everybody else hears of it."""
    narrator.scene("A contact has a problem")
    anna = stand_in.person(ANNA)
    narrator.did(anna, "types: De kassa’s kunnen niet meer mailen")
    mark = anna.chat.mark()
    await anna.says("De kassa’s kunnen niet meer mailen")
    form = await anna.waits_for(NL("New ticket"), after=mark)
    narrator.keep("new ticket form", form)
    narrator.did(anna, f"clicks {NL('Submit ticket')}")
    outcome = await anna.clicks(form, NL("Submit ticket"), product="exchange")
    narrator.keep("ticket as the contact sees it", form)
    if outcome.error:
        raise AssertionError(outcome.error)
    for identity in (BEN, EVA, MARK):
        await stand_in.person(identity).waits_for("1001")
