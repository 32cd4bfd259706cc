"""The app arrives; somebody knocks who is no contact (R4)."""

from __future__ import annotations

from demo.people import BAKERY, PROVIDER
from demo.stage import Stage, hold


async def everybody_gets_the_app(stage: Stage) -> None:
    """Each is welcomed once in the own language, with the provider's phone, however often the app comes."""
    stage.narrator.scene("The app arrives")
    for actor in stage.everybody:
        await actor.installs()
        welcome = await actor.gets("Welcome to the support of {provider}", provider=PROVIDER.name)
        hold(actor.t("Phone") in welcome.words, "The welcome names no phone")
    await stage.anna.installs()
    stage.keep("welcome", stage.anna, stage.anna.chat.last)
    stage.keep("welcome", stage.ben, stage.ben.chat.last)


async def a_stranger_knocks(stage: Stage) -> None:
    """A colleague who is no contact is told who the contacts are and nothing else; the manager sees who it was."""
    sam, mark = stage.sam, stage.mark
    stage.narrator.scene("Somebody writes who is no contact")
    await sam.types("Mijn laptop start niet meer op")
    refusal = await sam.gets("Hello {name}", name=sam.name)
    for contact in stage.contacts:
        hold(contact.name in refusal.words, f"The refusal does not name {contact.name}")
    stage.keep("refusal", sam, refusal)
    knock = await mark.gets("{name} of {customer} is no contact yet", name=sam.name, customer=BAKERY.name)
    stage.keep("who knocked", mark, knock)


async def the_manager_refuses(stage: Stage) -> None:
    """There are two contacts already, so the manager refuses: Sam is told so, the card keeps who decided."""
    sam, mark = stage.sam, stage.mark
    stage.narrator.later(2)
    stage.narrator.scene("The manager decides")
    who = {"name": sam.name, "customer": BAKERY.name}
    knock = mark.card(mark.t("{name} of {customer} is no contact yet", **who))
    decided = await mark.clicks(knock, "Refuse")
    hold(mark.t("{name} of {customer} was refused", **who) in decided.words, f"Not refused: {decided.words}")
    answer = await sam.chat.wait_for(lambda message: message.id != sam.chat.from_bot[0].id, what="the manager's word")
    stage.keep("refused", sam, answer)


async def nobody_was_told_twice(stage: Stage) -> None:
    """At the end: one welcome each, and nobody ever heard of what they did themselves."""
    for actor in stage.everybody:
        welcomes = actor.copies(actor.t("Welcome to the support of {provider}", provider=PROVIDER.name))
        hold(len(welcomes) == 1, f"{actor.name} was welcomed {len(welcomes)} times")
        # What was recorded for somebody who phoned was not done by that person in the chat, and is told.
        echoes = [line for line in actor.lines if f": {actor.name} " in line and stage.mark.name not in line]
        hold(not echoes, f"{actor.name} heard of own acts: {echoes}")
