"""The run of a month survives `kill -9`: no contract is left out, none invoiced twice, no number missing (R14, D33)."""

from __future__ import annotations

import asyncio
import random
import sys

from contract.invoices import Invoice
from storage.database import open_database
from tests.bot.billing import fill
from tests.bot.test_invoicing import check_numbers, issued

CUSTOMERS = 25
KILLS = 3


async def life(url: str, *, kill: bool) -> None:
    """One process: killed a moment after it began, or left alone until it is done."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.invoice_worker", url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(90):
        assert await process.stdout.readline() == b"ready\n"
        if kill:
            await asyncio.sleep(random.uniform(0.01, 0.3))
            if process.returncode is None:
                process.kill()
            await process.wait()
        else:
            assert await process.stdout.readline() == b"done\n"
            assert await process.wait() == 0


async def test_killed_again_and_again(database_url: str) -> None:
    """Whatever a killed process had begun is undone or complete, and the next one goes on from there."""
    database = open_database(database_url)
    await database.write(lambda session: fill(session, CUSTOMERS))
    kept: dict[int, Invoice] = {}
    for _ in range(KILLS):
        await life(database_url, kill=True)
        for invoice in await issued(database):
            # What was issued once never changes, whatever is killed later.
            assert kept.setdefault(invoice.id, invoice) == invoice
    await asyncio.gather(life(database_url, kill=False), life(database_url, kill=False))
    found = await issued(database)
    check_numbers(found, CUSTOMERS)
    assert {invoice.id: invoice for invoice in found if invoice.id in kept} == kept
    await database.close()
