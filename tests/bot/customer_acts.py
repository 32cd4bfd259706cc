"""What a manager records about a customer in chat, as the tests submit it."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.wire import Reply
from cards.clicks.base import Click
from contract.contracts import Contract
from storage import contracts
from tests.bot.people import World, text_of

SIGNED = {"signatory": "A. de Vries", "signed_on": date(2026, 11, 20)}
JANUARY = {**SIGNED, "starts_on": date(2027, 1, 1), "ends_on": date(2027, 12, 31)}


async def keep(world: World, payload: type[Click], **values: Any) -> str:
    """Submit a form about the first customer; what the manager reads then."""
    return text_of(await submit(world, payload, **values))


async def submit(world: World, payload: type[Click], **values: Any) -> Reply | None:
    """The same, as the reply."""
    inputs = {"form_id": world.form(), "customer": world.customer_id, **values}
    return await world.send(world.mia, payload.verb, {name: _sent(value) for name, value in inputs.items()})


def _sent(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


async def contracts_of(world: World) -> tuple[Contract, ...]:
    """The customer's contracts, by start."""
    return await world.database.read(lambda session: contracts.load_contracts(session, world.customer_id))
