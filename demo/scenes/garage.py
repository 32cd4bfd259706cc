"""A new customer whose tenant is asked first: the app's permission, contacts from the directory, access, work.

Nothing here is by the provider's word: the administrator consents in a browser, the contacts are found in the
directory, and the engineers get in under a delegated admin relationship.
"""

from __future__ import annotations

from datetime import UTC, datetime

from demo.chat import ChatMessage
from demo.graph.directory import Tenant
from demo.graph.partner import Relationship, partner_of
from demo.people import GARAGE, PROVIDER
from demo.stage import Actor, Stage, hold
from demo.tenants import HANS, HANS_ADDRESS
from demo.visitor import consents, link_in, mails_to

BEGINS_AT = datetime(2026, 12, 10, 8, 30, tzinfo=UTC)  # 9:30 in Amsterdam
LOOKED = 16
"""Minutes after which everything that is looked at every 15 minutes was looked at."""
PROBLEM = "De agenda van de werkplaats loopt een uur achter"
WORK = "Tijdzone van de gedeelde mailbox hersteld"


def garage(stage: Stage) -> Tenant:
    """The customer's directory."""
    return stage.graph.directory.tenants[GARAGE.tenant_id]


def in_session(reader: Actor, name: str) -> str:
    """How a ticket's card says that somebody is in, up to since when."""
    said = reader.t("Remote session: {name} since {when} ({consent})", name=name, when="|", consent="")
    return said.partition("|")[0]


async def customer_card(stage: Stage) -> ChatMessage:
    """The customer's card, asked for by Mark."""
    mark = stage.mark
    await mark.types(f"customers: {GARAGE.name}")
    found = await mark.gets("Customers with “{query}”", query=GARAGE.name)
    await mark.clicks(found, "Open")
    return found


async def asks(stage: Stage, button: str) -> None:
    """Mark asks the customer for a consent."""
    customer = await customer_card(stage)
    overview = await stage.mark.clicks(customer, "Consents")
    await stage.mark.clicks(overview, button)


async def approves(stage: Stage, *, days: int) -> Relationship:
    """Hans approves the newest relationship, as he was asked to by mail."""
    partner = partner_of(stage.graph.directory.tenants[PROVIDER.tenant_id])
    await stage.until_so(lambda: len(mails_to(stage.graph, PROVIDER.tenant_id, HANS_ADDRESS)) > 0, "a mail to Hans")
    url = link_in(mails_to(stage.graph, PROVIDER.tenant_id, HANS_ADDRESS)[-1], "granularAdminRelationships")
    stage.narrator.tells(HANS, "approves in Microsoft’s admin center")
    found = partner.approve(url.rpartition("/")[2], stage.graph.clock())
    hold(found.days == days, f"Not {days} days: {found.days}")
    stage.narrator.later(LOOKED)
    return found


async def the_app_is_consented_to(stage: Stage) -> None:
    """The manager names the administrator and asks; the administrator gets a mail and consents in a browser."""
    mark, graph = stage.mark, stage.graph
    stage.narrator.until(BEGINS_AT, "a second customer begins")
    stage.narrator.scene("A new customer")
    customer = await customer_card(stage)
    access = await mark.clicks(customer, "Who had access")
    form = await mark.clicks(access, "Name an administrator")
    await mark.clicks(form, "Keep", administrator=HANS, address=HANS_ADDRESS, reads="nl")
    await asks(stage, "Ask for the app's permission")
    await stage.until_so(lambda: bool(mails_to(graph, PROVIDER.tenant_id, HANS_ADDRESS)), "a mail to Hans")
    url = link_in(mails_to(graph, PROVIDER.tenant_id, HANS_ADDRESS)[0], "/consent/")
    hans = next(one for one in garage(stage).users.values() if one.mail == HANS_ADDRESS)
    graph.login.browser.sign_in(garage(stage), hans)
    stage.narrator.tells(HANS, "opens the link in the mail, signs in with Microsoft and consents")
    asked, thanked = await consents(graph, url)
    hold("User.Read.All" in asked, f"The page does not say what is asked: {asked}")
    hold("Dank je wel" in thanked, f"Not thanked: {thanked}")
    news = await mark.sees(f"{GARAGE.name}: consent is in force")
    stage.keep("consent in force", mark, news)


async def the_contacts_come_from_the_directory(stage: Stage) -> None:
    """An address is all the manager gives: name, language and app come from the customer's tenant."""
    mark = stage.mark
    stage.narrator.scene("Contacts from the directory")
    for contact in (stage.carla, stage.dirk):
        customer = await customer_card(stage)
        form = await mark.clicks(customer, "Contact by e-mail")
        await mark.clicks(form, "Look up and appoint", email=contact.person.identity.email)
        appointed = await mark.sees(mark.t("A contact was appointed"), contact.name)
        await contact.gets("Welcome to the support of {provider}", provider=PROVIDER.name)
    stage.keep("contact appointed", mark, appointed)
    customer = await customer_card(stage)
    stage.keep("customer", mark, customer)


async def a_ticket_waits_for_access(stage: Stage) -> None:
    """Without consent nobody can work on it, and everybody sees whom that waits for; the contact sends it on."""
    carla, eva = stage.carla, stage.eva
    stage.narrator.scene("Waiting for access")
    await carla.types(PROBLEM)
    form = await carla.gets("Submit ticket")
    ticket = await carla.clicks(form, "Submit ticket", product="exchange")
    stage.fourth = carla.number_of(ticket)
    await eva.gets("Ticket {number}", number=stage.fourth)
    claimed = await eva.clicks(eva.ticket(stage.fourth), "Claim")
    hold(eva.t("Start remote session") not in claimed.words, "A session could be started")
    await asks(stage, "Ask access for our engineers")
    request = await carla.gets("{provider} asks for access", provider=PROVIDER.name)
    stage.keep("access asked for", carla, request)
    waiting = await carla.sees_everywhere(f"Ticket {stage.fourth}", HANS)
    stage.keep("waiting for access", carla, waiting)


async def the_engineers_get_in(stage: Stage) -> None:
    """The administrator approves; a session is started, the time logged, and the contacts see who was in."""
    carla, eva = stage.carla, stage.eva
    await approves(stage, days=90)
    await carla.gets("Consent is in force")
    stage.narrator.scene("Work under the consent")
    await eva.clicks(eva.ticket(stage.fourth), "Start remote session")
    running = await carla.sees(f"Ticket {stage.fourth}", in_session(carla, eva.name))
    stage.keep("remote session", carla, running)
    stage.narrator.later(25, "Eva is in their Exchange")
    form = await eva.clicks(eva.ticket(stage.fourth), "End remote session")
    logged = await eva.clicks(form, "Log time", work=WORK)
    hold(eva.t("Log time") in logged.words, f"Not logged: {logged.words}")
    await carla.types("toegang")
    seen = await carla.gets("Who had access when")
    hold(eva.name in seen.words and str(stage.fourth) in seen.words, f"Not who had access: {seen.words}")
    stage.keep("who had access", carla, seen)
