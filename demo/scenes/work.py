"""Eva works: urgency, an internal note, the timer, and time up to what may be spent without asking (R11, R32, D12).

Amounts by hand, at € 85 per office hour: 85 minutes € 120.42 (120.4167), 95 minutes € 134.58 (134.5833), 120 minutes
€ 170.00. An entry costs what the ticket costs with it less what it cost without: 10 minutes from 85 to 95 are € 14.16,
25 minutes from 95 to 120 are € 35.42.
"""

from __future__ import annotations

from demo.stage import Stage, hold

NOTE = "Connector voor de kassa's is vorige week vervangen door collega; eerst daar kijken"
SPENT = "{spent} of {granted} that may be spent without asking, billed {amount} (provisional, excl. VAT)"
WORK = "Mailconnector en verzendlogs nagelopen, certificaat van de kassaserver vernieuwd"


async def eva_prepares(stage: Stage) -> None:
    """Urgency and note are for the staff only; nothing of either ever reaches a contact."""
    eva, mark = stage.eva, stage.mark
    stage.narrator.scene("Urgency, an internal note, the timer")
    more = await eva.clicks(eva.ticket(stage.first), "More")
    form = await eva.clicks(more, "Set urgency")
    await eva.clicks(form, "Set urgency", urgency="high")
    form = await eva.clicks(eva.ticket(stage.first), "Internal note")
    await eva.clicks(form, "Keep note", text=NOTE)
    await eva.clicks(eva.ticket(stage.first), "Start timer")
    await mark.sees_everywhere(f"Ticket {stage.first}", NOTE)
    await mark.sees_everywhere(f"Ticket {stage.first}", "High")


async def eva_logs_her_timer(stage: Stage) -> None:
    """The timer fills in the form; the answer says minutes, band and amount; every card follows, no line is sent."""
    eva = stage.eva
    stage.narrator.later(85, "Eva has been working")
    stage.narrator.scene("Time is logged")
    form = await eva.clicks(eva.ticket(stage.first), "Stop timer")
    stage.keep("log time from the timer", eva, form)
    logged = await eva.clicks(form, "Log time", work=WORK)
    hold("1:25 kantooruren, € 120,42" in logged.words, f"Not logged as 85 minutes: {logged.words}")
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="1:25", granted="2:00", amount="€ 120.42")
    stage.keep("ticket in progress", stage.anna, stage.anna.ticket(stage.first))
    stage.keep("ticket in progress", stage.ben, stage.ben.ticket(stage.first))
    stage.keep("ticket in progress", eva, eva.ticket(stage.first))
    stage.keep("ticket in progress", stage.mark, stage.mark.ticket(stage.first))


async def three_quarters_are_used(stage: Stage) -> None:
    """Ten minutes more pass 75 % of the two hours: both contacts and Eva are told, once."""
    eva = stage.eva
    stage.narrator.later(10)
    form = await eva.clicks(eva.ticket(stage.first), "Log time")
    logged = await eva.clicks(form, "Log time", worked_minutes=10, work="Testmails vanaf kassa 2")
    hold("€ 14,16" in logged.words, f"Not € 14.16: {logged.words}")
    for actor in (*stage.contacts, eva):
        await actor.hears(
            "{spent} of the {granted} that may be spent without asking are used", spent="1:35", granted="2:00"
        )
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="1:35", granted="2:00", amount="€ 134.58")


async def the_limit_is_reached(stage: Stage) -> None:
    """Forty minutes do not fit: nothing is logged, the form stays filled and says that 25 are left. Those are logged,
    the rest is not billed.
    """
    eva = stage.eva
    stage.narrator.later(40)
    stage.narrator.scene("At the limit")
    form = await eva.clicks(eva.ticket(stage.first), "Log time")
    work = "Oorzaak gevonden: de kassaserver verzendt nog via het oude protocol"
    refused = await eva.clicks(form, "Log time", worked_minutes=40, work=work)
    left = eva.t("That is more than may be spent without asking: {left} left.", left="0:25")
    hold(left in refused.words and work in refused.words, f"The form does not say what is left: {refused.words}")
    stage.keep("at the limit", eva, refused)
    logged = await eva.clicks(refused, eva.t("Log {left}, rest not billed", left="0:25"))
    hold("€ 35,42" in logged.words, f"Not € 35.42: {logged.words}")
    for actor in (*stage.contacts, eva):
        await actor.hears("All {granted} that may be spent without asking are used", granted="2:00")
    for actor in stage.everybody:
        await actor.sees_everywhere(f"Ticket {stage.first}", SPENT, spent="2:00", granted="2:00", amount="€ 170.00")


async def nothing_internal_leaked(stage: Stage) -> None:
    """At the end: no contact ever saw the note, the urgency or that a timer ran."""
    for contact in stage.contacts:
        for words in (NOTE, contact.t("Urgency"), contact.t("{name} started a timer", name=stage.eva.name)):
            hold(contact.never_saw(words), f"{contact.name} saw “{words}”")
