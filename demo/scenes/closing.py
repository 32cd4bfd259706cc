"""The ticket is resolved and reopened, others are withdrawn, phoned in and decided by phone; the lists show them all.

By hand: 20 minutes after 165 make 185: € 262.08 (262.0833). A withdrawn ticket costs its 15 minutes, € 21.25. 600
extra minutes are a quote of at most € 850.00.
"""

from __future__ import annotations

from demo.scenes.work import SPENT
from demo.stage import Stage, hold

SUMMARY = "De kassaserver verzendt weer; getest in alle drie winkels."
STILL_WRONG = "Kassa 3 in winkel 2 mailt nog niet"


async def the_ticket_is_resolved(stage: Stage) -> None:
    """Outcome and last time in one form; both contacts read what was done, and that 75 % of the four hours is used."""
    eva = stage.eva
    stage.narrator.later(20)
    stage.narrator.scene("Resolved")
    form = await eva.clicks(eva.ticket(stage.first), "Resolve")
    stage.keep("resolve", eva, form)
    await eva.clicks(
        form, "Resolve", outcome="solved", summary=SUMMARY, worked_minutes=20, work="Getest in winkel 2 en 3"
    )
    for contact in stage.contacts:
        line = await contact.hears("{name} closed the ticket: {outcome}", name=eva.name, outcome=contact.t("Solved"))
        hold(SUMMARY in line.text, "The line does not say how it ended")
        await contact.hears(
            "{spent} of the {granted} that may be spent without asking are used", spent="3:05", granted="4:00"
        )
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="3:05", granted="4:00", amount="€ 262.08")
        await actor.sees_everywhere(f"Ticket {stage.first}", "Closed: {outcome}", outcome=actor.t("Solved"))
    stage.keep("ticket resolved", stage.anna, stage.anna.ticket(stage.first))
    stage.keep("ticket resolved", stage.ben, stage.ben.ticket(stage.first))


async def anna_reopens(stage: Stage) -> None:
    """Within 14 days a ticket goes on where it was; the same engineer hears of it."""
    anna, eva = stage.anna, stage.eva
    stage.narrator.later(24 * 60)
    stage.narrator.scene("Not everything works")
    form = await anna.clicks(anna.ticket(stage.first), "Reopen")
    await anna.clicks(form, "Reopen ticket", text=STILL_WRONG)
    for actor in (stage.ben, eva):
        line = await actor.hears("{name} reopened the ticket", name=anna.name)
        hold(STILL_WRONG in line.text, "The line does not say what is wrong")
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", "In progress")


async def ben_withdraws(stage: Stage) -> None:
    """While there are recent tickets typed words are asked about first; a ticket opened by mistake can be withdrawn,
    and costs its 15 minutes.
    """
    ben = stage.ben
    stage.narrator.scene("A second ticket, withdrawn")
    await ben.types("My calendar is no longer shared with Anna")
    question = await ben.gets("What is this about?")
    stage.keep("whose words", ben, question)
    form = await ben.clicks(question, "New ticket")
    stage.keep("new ticket form", ben, form)
    ticket = await ben.clicks(form, "Submit ticket")
    stage.second = ben.number_of(ticket)
    stage.narrator.later(3)
    form = await ben.clicks(ben.ticket(stage.second), "Withdraw")
    stage.keep("withdraw", ben, form)
    closed = await ben.clicks(form, "Withdraw ticket", reason="Found it myself, sorry!")
    hold("€ 21.25" in closed.words, f"Not € 21.25: {closed.words}")
    for actor in (stage.anna, *stage.staff):
        await actor.hears("{name} withdrew the ticket", name=ben.name)
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.second}", "Closed: {outcome}", outcome=actor.t("Withdrawn"))


async def somebody_phones(stage: Stage) -> None:
    """Mark opens a ticket for Anna who phoned, asks for ten hours, and records her decision; all is marked so."""
    anna, ben, _, mark = stage.everybody
    stage.narrator.later(12)
    stage.narrator.scene("By phone")
    await mark.types("queue")
    queue = await mark.gets("Somebody phoned")
    who = await mark.clicks(queue, "Somebody phoned")
    form = await mark.clicks(who, "Next", customer=mark.choice(who, "customer", "Bakkerij Korenbloem"))
    stage.keep("ticket by phone", mark, form)
    caller = mark.choice(form, "contact", anna.name)
    opened = await mark.clicks(
        form, "Open ticket", contact=caller, description="Move the photo archive from the old server to SharePoint"
    )
    stage.third = mark.number_of(opened)
    stage.narrator.later(2)
    await mark.clicks(mark.ticket(stage.third), "Claim")
    form = await mark.clicks(mark.ticket(stage.third), "Estimate")
    await mark.clicks(form, "Send estimate", minutes=600, what="Copy 1.2 TB, check permissions, switch the links")
    for contact in stage.contacts:
        card = await contact.gets("Quote")
        hold(contact.t("Approve {amount}", amount="€ 850.00") in card.words, f"Not € 850.00: {card.words}")
        stage.keep("quote", contact, card)
    stage.narrator.later(5, "Anna calls back")
    shown = await mark.clicks(mark.ticket(stage.third), "Show estimate")
    form = await mark.clicks(shown, "Record a decision by phone")
    stage.keep("decision by phone", mark, form)
    await mark.clicks(
        form,
        "Record decision",
        contact=mark.choice(form, "contact", anna.name),
        verdict="declined",
        reason="Not this year",
    )
    for contact in (anna, ben):
        await contact.hears(
            "{name} {verdict} estimate {number} by phone (recorded by {engineer})",
            name=anna.name,
            verdict=contact.t("declined"),
            number=f"{stage.third}-1",
            engineer=mark.name,
        )
        title = contact.t("Estimate {number}", number=f"{stage.third}-1")
        card = await contact.sees_everywhere(title, "Declined")
        stage.keep("quote declined by phone", contact, card)


async def the_lists(stage: Stage) -> None:
    """My tickets and the queue, in both languages."""
    anna, ben, eva, mark = stage.everybody
    stage.narrator.later(5)
    stage.narrator.scene("Everything at a glance")
    for actor, word, title in (
        (anna, "mijn tickets", "Tickets of your organisation"),
        (ben, "my tickets", "Tickets of your organisation"),
    ):
        await actor.types(word)
        overview = await actor.gets(title)
        for number in (stage.first, stage.second, stage.third):
            hold(actor.t("Open {number}", number=number) in overview.words, f"No {number} in the overview")
        stage.keep("my tickets", actor, overview)
    for actor, word in ((eva, "wachtrij"), (mark, "queue")):
        await actor.types(word)
        queue = await actor.gets("Queue: {filter}", filter=actor.t("all open tickets"))
        hold(str(stage.second) not in queue.words, "A withdrawn ticket is in the queue")
        stage.keep("queue", actor, queue)
    await anna.types("hulp")
    stage.keep("help", anna, await anna.gets("What you can do here"))
