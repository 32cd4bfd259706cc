"""Somebody leaves the customer: locked out by the directory, replaced by the other contact; the consent is renewed."""

from __future__ import annotations

from datetime import UTC, datetime

from demo.people import GARAGE, PROVIDER
from demo.scenes.garage import LOOKED, approves, asks, customer_card, garage, in_session
from demo.stage import Stage, hold
from demo.tenants import HANS

ENDS_SOON_AT = datetime(2027, 2, 9, 8, 45, tzinfo=UTC)
"""Less than 30 days before the 90 days are over."""
OLD_IS_OVER_AT, SEEN = datetime(2027, 3, 11, 9, 30, tzinfo=UTC), "Thu 11 Mar"

AFTERWARDS = "Gecontroleerd of de agenda klopt na de zomertijd"


async def dirk_leaves(stage: Stage) -> None:
    """His account is disabled while he is writing: what he sends is refused, on every old card too."""
    carla, dirk, mark = stage.carla, stage.dirk, stage.mark
    stage.narrator.later(60)
    stage.narrator.scene("A contact leaves the customer")
    number = stage.fourth
    card = dirk.ticket(number)
    old = card.now
    garage(stage).users[dirk.person.identity.object_id].account_enabled = False
    stage.narrator.tells(HANS, "disables Dirk’s account")
    stage.narrator.later(LOOKED)
    told = await carla.gets("Whom do you propose in this place? We confirm it, and you both hear it.")
    stage.keep("contact lost", carla, told)
    await mark.sees("Tickets and estimates stay with the organisation.", dirk.name)
    outcome = await dirk.tries(old, "Send answer", text="Nog één ding")
    hold(outcome.card is None or "Nog één ding" not in carla.ticket(number).words, "Dirk could still write")
    await dirk.types("tickets")
    refusal = await dirk.gets("Hello {name}", name=dirk.name)
    stage.keep("locked out", dirk, refusal)


async def fay_takes_the_place(stage: Stage) -> None:
    """The other contact proposes a colleague, the manager confirms, both hear it."""
    carla, fay, mark = stage.carla, stage.fay, stage.mark
    stage.narrator.scene("A replacement")
    lost = carla.chat.last
    await carla.clicks(lost, "Propose", email=fay.person.identity.email)
    proposed = await mark.gets("A contact is proposed")
    stage.keep("contact proposed", mark, proposed)
    await mark.clicks(proposed, "Appoint as contact")
    await fay.gets("Welcome to the support of {provider}", provider=PROVIDER.name)
    await carla.sees_everywhere(f"Ticket {stage.fourth}", "Spent")


async def the_consent_is_renewed(stage: Stage) -> None:
    """Thirty days before the end both sides hear it; a new relationship is approved, and work goes on after the old."""
    carla, eva, mark = stage.carla, stage.eva, stage.mark
    stage.narrator.until(ENDS_SOON_AT, "the access ends in a month")
    stage.narrator.scene("The consent ends soon")
    warned = await carla.gets("A consent ends soon")
    stage.keep("consent ends soon", carla, warned)
    await mark.sees(f"{GARAGE.name}: a consent ends soon")
    await asks(stage, "Renew")
    await carla.gets("{provider} asks for access", provider=PROVIDER.name)
    await approves(stage, days=90)
    stage.narrator.until(OLD_IS_OVER_AT, "the first ninety days are over")
    stage.narrator.scene("Without a gap")
    customer = await customer_card(stage)
    overview = await mark.clicks(customer, "Consents")
    await mark.clicks(customer, "Check now")
    while SEEN not in overview.words:
        overview = await mark.clicks(customer, "Refresh")
    stage.keep("consents", mark, overview)
    again = await eva.clicks(eva.ticket(stage.fourth), "Start remote session")
    hold(in_session(eva, eva.name) in again.words, f"No session: {again.words}")
    stage.narrator.later(10)
    form = await eva.clicks(eva.ticket(stage.fourth), "End remote session")
    logged = await eva.clicks(form, "Log time", work=AFTERWARDS)
    hold("0:10" in logged.words, f"Not logged: {logged.words}")
