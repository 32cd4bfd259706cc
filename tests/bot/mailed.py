"""What the tests of mails share: billing addresses, sending what waits, and reading what arrived."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from sqlalchemy import select, update

from bot import announcements
from bot.delivery import Delivery
from bot.limits import Limits
from bot.mail import MailKinds
from bot.mailers import Mailer
from contract.parties import BillingDetails
from contract.people import Language
from storage.billing_details import load_billing_details, save_billing_details
from storage.billing_tables import invoices
from storage.outbox_states import State
from storage.outbox_tables import outbox as rows
from tests.bot.deliveries import SetClock
from tests.bot.people import World

BILLS = "facturen@brood.example"


async def billed(world: World, email: str = BILLS, language: Language = Language.NL) -> None:
    """The customer has a billing address."""

    def keep(session: Any) -> None:
        known: BillingDetails = load_billing_details(session, world.customer_id)
        save_billing_details(session, world.customer_id, replace(known, email=email, language=language))

    await world.database.write(keep)


async def mailed(world: World, server: Mailer | None, *, minutes: int = 0) -> None:
    """Have every mail sent whose time has come, then let so much time pass, minute by minute."""
    clock = SetClock()
    clock.at = world.now
    kinds = MailKinds(world.database, world.router.policy, server, clock).kinds()
    delivery = Delivery(world.database, kinds, clock, Limits(clock), slots=4)
    await delivery.start()
    await delivery.drained()
    for _ in range(minutes // 5):
        clock.move(300)
        await delivery.drained()
    await delivery.stop()
    world.now = clock.now()


async def ends(world: World, kind: str) -> list[tuple[State, str | None, Any]]:
    """How the rows of a kind ended."""
    query = select(rows.c.state, rows.c.error, rows.c.result).where(rows.c.kind == kind).order_by(rows.c.id)
    found = await world.database.read(lambda session: session.execute(query).all())
    return [(State(row.state), row.error, row.result) for row in found]


def parts(mail: EmailMessage) -> tuple[str, str, list[tuple[str | None, str, bytes]]]:
    """Plain text, page, and attachments of a mail."""
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    attached = [
        (one.get_filename(), one.get_content_type(), one.get_payload(decode=True)) for one in mail.iter_attachments()
    ]
    return text.get_content(), page.get_content(), attached  # type: ignore[return-value]


def update_language(invoice_id: int, language: Language) -> Any:
    """What writes another language on an invoice of the tests."""
    change = update(invoices).where(invoices.c.id == invoice_id).values(language=language.value)
    return lambda session: session.execute(change)


async def ask_mail(world: World, invoice_id: int, what: str = "invoice") -> None:
    """Ask for a mail about an invoice."""

    def ask(session: Any) -> None:
        announcements.mail(session, BILLS, what, {"invoice": invoice_id}, world.now, key=f"{what}:{invoice_id}")

    await world.database.write(ask)
