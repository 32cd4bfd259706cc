"""What a card says a ticket costs is what its invoice lines come to, for whatever was logged."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cards.clicks.hours import LogTime
from cards.clicks.queue import ClaimTicket
from cards.clicks.tickets import OpenTicket, ShowTicket
from cards.formats import money
from contract.amounts import ticket_lines
from contract.hours import OutsideHoursReason
from contract.local_time import local
from contract.people import Language
from contract.prices import PriceBook, contract_prices
from storage.database import open_database
from storage.hours import load_entries
from storage.tickets import load_ticket
from tests.bot.people import NOW, make_world, text_of

_ENTRIES = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=5 * 24 * 60),
        st.integers(min_value=1, max_value=70),
        st.sampled_from(OutsideHoursReason),
        st.booleans(),
    ),
    max_size=5,
)


@settings(max_examples=8, deadline=None)
@given(entries=_ENTRIES)
def test_the_card_says_what_the_invoice_will_say(
    sqlite_template: Path, entries: list[tuple[int, int, OutsideHoursReason, bool]]
) -> None:
    """Whatever is logged, in any order and band, refused or not: minutes and amount on the card are those of the lines
    (D6, D33).
    """
    asyncio.run(_check(sqlite_template, entries))


async def _check(template: Path, entries: list[tuple[int, int, OutsideHoursReason, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "amounts.sqlite"
        shutil.copyfile(template, path)
        database = open_database(f"sqlite:///{path}")
        try:
            world = await make_world(database)
            await world.click(world.anna, OpenTicket(form_id=world.form(), description="Outlook"))
            await world.click(world.eva, ClaimTicket(ticket=1001))
            world.now += timedelta(days=6)
            for start, minutes, reason, billable in entries:
                day, begin = _clock(NOW + timedelta(minutes=start))
                _, end = _clock(NOW + timedelta(minutes=start + minutes))
                fields = {"worked_on": day.isoformat(), "begin": begin, "end": end, "billable": billable}
                inputs = {"form_id": world.form(), "ticket": 1001, "work": "Gekeken", **fields}
                await world.send(world.eva, LogTime.verb, {**inputs, "outside_hours_reason": reason.value})
            ticket = await database.read(lambda session: load_ticket(session, 1001))
            kept = await database.read(lambda session: load_entries(session, 1001))
            lines = ticket_lines(ticket, kept, PriceBook([contract_prices(2026)]))
            spent = sum(entry.billable_minutes for entry in kept)
            shown = text_of(await world.click(world.bram, ShowTicket(ticket=1001)))
            assert spent <= ticket.granted_minutes
            amount = money(sum(line.amount_cents for line in lines), Language.EN)
            assert amount.replace("\xa0", " ") in shown
            if spent:
                assert f"{spent // 60}:{spent % 60:02} of 2:00" in shown
        finally:
            await database.close()


def _clock(instant: datetime) -> tuple[date, str]:
    here = local(instant)
    return here.date(), f"{here:%H:%M}"
