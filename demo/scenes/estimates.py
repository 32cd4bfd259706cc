"""More than two hours only with permission: an estimate, a reminder, one click that decides (R18, R19, D13-D15).

By hand: 120 extra minutes at € 85 are at most € 170.00, in the evening (€ 110) € 220.00, in the weekend (€ 130)
€ 260.00. 45 minutes more make 165: € 233.75, so the entry costs € 63.75.
"""

from __future__ import annotations

from demo.scenes.work import SPENT
from demo.stage import Stage, hold

WHAT = "Kassaserver omzetten naar het nieuwe verzendprotocol en alle drie winkels testen"
TWO_DAYS = 2 * 24 * 60  # minutes


async def an_estimate_is_offered(stage: Stage) -> None:
    """Both contacts get the card with the headline; every ticket card says what it waits for."""
    eva = stage.eva
    stage.narrator.scene("Eva asks for two hours more")
    form = await eva.clicks(eva.ticket(stage.first), "Estimate")
    stage.keep("estimate form", eva, form)
    await eva.clicks(form, "Send estimate", minutes=120, what=WHAT)
    for contact in stage.contacts:
        band = contact.t("office hours")
        headline = "At most {amount} excl. VAT ({time} hours, {band})"
        card = await contact.gets(headline, amount="€ 170.00", time="2:00", band=band)
        for price in ("€ 220.00", "€ 260.00"):
            hold(contact.amount(price) in card.words, f"The card does not say {price}")
        stage.keep("estimate open", contact, card)
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", "approval of the estimate")


async def nobody_decides_for_two_days(stage: Stage) -> None:
    """After two working days both contacts are reminded, and have the card within reach again."""
    stage.narrator.later(TWO_DAYS + 1, "nobody has decided")
    stage.narrator.scene("A reminder")
    for contact in stage.contacts:
        await contact.hears(
            "Estimate {number} (at most {amount}) still waits for a decision, until the end of {day}",
            number=stage.estimate,
            amount="€ 170.00",
            day="",
        )
        await contact.gets_again(contact.t("Estimate {number}", number=stage.estimate))


async def ben_approves(stage: Stage) -> None:
    """One click decides; every copy of the card and of the ticket follows; Anna's late click shows who decided."""
    anna, ben, eva, _ = stage.everybody
    stage.narrator.scene("One click decides")
    still_open = anna.card(anna.t("Estimate {number}", number=stage.estimate)).now
    decided = await ben.clicks(ben.estimate(stage.estimate), ben.t("Approve {amount}", amount="€ 170.00"))
    hold(ben.t("Approved") in decided.words, f"Not approved: {decided.words}")
    for actor in (anna, eva):
        await actor.hears(
            "{name} {verdict} estimate {number}", name=ben.name, verdict=actor.t("approved"), number=stage.estimate
        )
    late = await anna.clicks(still_open, anna.t("Approve {amount}", amount="€ 170.00"))
    hold(anna.t("Approved by {name}, {when}", name=ben.name, when="") in late.words, f"Who decided? {late.words}")
    stage.keep("late click", anna, late)
    for contact in stage.contacts:
        title = contact.t("Estimate {number}", number=stage.estimate)
        await contact.sees_everywhere(title, "Approved by {name}, {when}", name=ben.name, when="")
    stage.keep("estimate approved", ben, ben.estimate(stage.estimate))
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="2:00", granted="4:00", amount="€ 170.00")


async def the_work_goes_on(stage: Stage) -> None:
    """The allowance has grown by exactly what was approved; Eva logs on."""
    eva = stage.eva
    stage.narrator.later(45)
    stage.narrator.scene("The work goes on")
    form = await eva.clicks(eva.ticket(stage.first), "Log time")
    logged = await eva.clicks(form, "Log time", worked_minutes=45, work="Verzendprotocol omgezet, winkel 1 getest")
    hold("€ 63,75" in logged.words, f"Not € 63.75: {logged.words}")
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="2:45", granted="4:00", amount="€ 233.75")
