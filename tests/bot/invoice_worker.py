"""A process that issues November and may be killed at any moment: `python -m tests.bot.invoice_worker URL`.

It says `ready` once it begins, and `done` when nothing is left.
"""

from __future__ import annotations

import asyncio
import os
import sys

from bot.invoicing import advance, release
from contract.invoice_runs import RunState
from storage.database import open_database
from tests.bot.billing import BILLING, FIRST, NOVEMBER


async def run(url: str) -> None:
    """Issue one customer after the other, so that there are many moments to be killed in."""
    database = open_database(url, owner=False)
    await database.write(lambda session: release(session, NOVEMBER, FIRST, None))
    os.write(1, b"ready\n")
    while True:
        done = await database.write(lambda session: advance(session, BILLING, NOVEMBER, FIRST, most=1))
        if done.state is RunState.ISSUED:
            break
    await database.close()
    os.write(1, b"done\n")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1]))
