"""A problem typed in own words becomes a ticket; of two engineers who claim it one gets it; both sides talk."""

from __future__ import annotations

import asyncio

import aiohttp

from demo.activities import File
from demo.screenshot import screenshot
from demo.stage import Actor, Stage, hold

PROBLEM = "De kassa’s kunnen sinds vanochtend geen bonnen meer mailen"
QUESTION = "Sinds wanneer precies, en werkt mailen vanaf een gewone pc nog wel?"
PICTURE = File("pasted.png", screenshot(), "image/png")
ANSWER = "Since about 8:30. Mail from the office PCs works, only the tills fail."


async def a_ticket_is_opened(stage: Stage) -> None:
    """Typed words open the form with the words in it; submitting makes the ticket in the form's place; everybody else
    gets its card. A second click on the same form is the same ticket.
    """
    anna = stage.anna
    stage.narrator.scene("A contact has a problem")
    await anna.types(PROBLEM)
    form = await anna.gets("Submit ticket")
    hold(PROBLEM in form.words, "The form does not carry the typed words")
    hold("€ 21,25" in form.words and "€ 170,00" in form.words, "The form does not say what it costs")
    stage.keep("new ticket form", anna, form)
    old = form.now
    ticket = await anna.clicks(form, "Submit ticket", product="exchange", affected="Alle drie winkels")
    stage.first = anna.number_of(ticket)
    again = await anna.clicks(old, "Submit ticket", product="exchange", affected="Alle drie winkels")
    hold(anna.number_of(again) == stage.first, "A second click made another ticket")
    stage.keep("new ticket", anna, ticket)
    for actor in (stage.ben, *stage.staff):
        posted = await actor.gets("Ticket {number}", number=stage.first)
        hold(len(actor.copies(f"Ticket {stage.first}")) == 1, f"{actor.name} got the ticket more than once")
        hold(posted.notifies or bool(posted.card), "Nobody would notice the card")
    stage.keep("new ticket", stage.eva, stage.eva.ticket(stage.first))


async def two_engineers_claim(stage: Stage) -> None:
    """Both click at the same instant: one has it, the other is told so. Eva goes on with it, whoever was first."""
    eva, mark = stage.eva, stage.mark
    stage.narrator.scene("Two engineers claim at once")
    stage.narrator.later(6)
    both: tuple[Actor, ...] = (eva, mark)
    cards = await asyncio.gather(*(actor.clicks(actor.ticket(stage.first), "Claim") for actor in both))
    late = [
        actor
        for actor, card in zip(both, cards, strict=True)
        if actor.t("A colleague picked this up just before you.") in card.words
    ]
    hold(len(late) == 1, f"{2 - len(late)} engineers have the ticket")
    first = mark if late == [eva] else eva
    for contact in stage.contacts:
        await contact.hears("{name} picked up the ticket", name=first.name)
    if first is mark:
        await eva.clicks(eva.ticket(stage.first), "Take over")
        await mark.hears("{name} took the ticket over from {other}", name=eva.name, other=mark.name)
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", "In progress")


async def both_sides_talk(stage: Stage) -> None:
    """Eva answers in the answer box, Ben with the number and words in the chat; each side hears the other."""
    anna, ben, eva, mark = stage.everybody
    stage.narrator.scene("Questions and answers")
    await eva.clicks(eva.ticket(stage.first), "Send answer", text=QUESTION)
    for contact in stage.contacts:
        line = await contact.hears("{name} wrote", name=eva.name)
        hold(QUESTION[:60] in line.text, "The line does not say what was written")
    stage.narrator.later(4)
    await ben.types(f"{stage.first} {ANSWER}")
    await ben.hears("Added to ticket {number}: {subject}", number=stage.first, subject="De kassa")
    for actor in (anna, eva):
        await actor.hears("{name} wrote", name=ben.name)
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", ANSWER)
    hold(not any(ben.name in line for line in mark.lines), "Mark hears of a ticket that Eva has")


async def a_screenshot_is_sent(stage: Stage) -> None:
    """Anna pastes a picture without a word about which ticket: she is asked. Eva opens it by the link on her card."""
    anna, ben, eva, _ = stage.everybody
    stage.narrator.scene("A screenshot")
    await anna.types("", [PICTURE])
    question = await anna.gets(anna.t("To {number}", number=stage.first))
    stage.keep("whose file", anna, question)
    kept = await anna.clicks(question, anna.t("To {number}", number=stage.first))
    stage.keep("file kept", anna, kept)
    for actor in (ben, eva):
        await actor.hears("{name} attached {file} ({size})", name=anna.name, file="image-1.png", size="1 KB")
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", "Files")
    files = await eva.clicks(eva.ticket(stage.first), eva.t("Files ({n})", n=1))
    stage.keep("files", eva, files)
    link = eva.person.reads_link(files, eva.t("Download"))
    async with aiohttp.ClientSession() as session, session.get(link) as response:
        hold(await response.read() == PICTURE.content, f"The link brings another file: {response.status}")
    await eva.clicks(files, "Back")
