"""What a turn costs, against the least a bot can do: see docs/benchmarks.md.

python -m bench.turns            everything, both engines, a few minutes
python -m bench.turns --rounds 1 --turns 200 --only sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from bench.filling import TEXT, Offer, Town, fill_offers, fill_town
from bench.load import Connector, Cost, Request, Server, now
from bench.pages import a_server, measure_pages
from cards.clicks.base import Click
from cards.clicks.estimates import ApproveEstimate
from cards.clicks.tickets import OpenTicket
from contract.people import Language
from demo.activities import activity, clicked, typed
from demo.people import Identity
from storage.database import open_database

CUSTOMERS = 500
ENGINES = ("sqlite", "postgresql")
CARD = b'"statusCode":200,"type":"application/vnd.microsoft.card.adaptive"'
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Bench:
    """One engine: the two servers, and who is in the product's database."""

    engine: str
    connector: Connector
    product: Server
    bare: Server
    town: Town
    offers: Iterator[Offer]
    rows: list[tuple[int, int, int]]
    """What is delivered: person, ticket and event; a row for each contact."""

    def help(self, turns: int) -> list[Request]:
        """Contacts who type `help`, one after the other."""
        found = []
        for _ in range(turns):
            who = self.town.contacts[next(_numbers) % len(self.town.contacts)]
            base = activity(who, self.connector.service_url(who), now(), "message")
            found.append(self.connector.request(who, typed(base, "help")))
        return found

    def submits(self, turns: int) -> list[Request]:
        """Contacts who submit the form for a new ticket."""
        found = []
        for _ in range(turns):
            number = next(_numbers)
            who = self.town.contacts[number % len(self.town.contacts)]
            click = OpenTicket(
                form_id=f"form-{number:08}", description=f"{TEXT} Number {number}.", affected="Two of us"
            )
            found.append(self._click(who, click, f"form-{number}"))
        return found

    def approvals(self, turns: int) -> list[Request]:
        """Contacts who approve an estimate, each another one."""
        found = []
        for _ in range(turns):
            offer = next(self.offers)
            click = ApproveEstimate(estimate=offer.estimate_id, revision=1, minutes=120, language=Language.EN)
            found.append(self._click(self.town.contacts[offer.contact], click, offer.message_id))
        return found

    def _click(self, who: Identity, click: Click, message_id: str) -> Request:
        base = activity(who, self.connector.service_url(who), now(), "invoke")
        return self.connector.request(who, clicked(base, {"verb": click.verb, "data": click.data()}, {}, message_id))


async def _bench(stack: AsyncExitStack, engine: str, urls: tuple[str, ...], connector: Connector, offers: int) -> Bench:
    """Fill the product's database, start both servers."""
    database = open_database(urls[0])
    try:
        await database.upgrade()
        at = now()
        town = await database.write(lambda session: fill_town(session, CUSTOMERS, connector.url, at))
        offered = await database.write(lambda session: fill_offers(session, town, offers, at))
    finally:
        await database.close()
    product = await stack.enter_async_context(Server("bench.product", connector.url, urls[0]))
    await product.ask("/bench/pause")
    bare = await stack.enter_async_context(Server("bench.bare", connector.url, urls[1]))
    rows = [
        (town.ids[contact], offer.ticket, offer.event_id)
        for offer in offered[:CUSTOMERS]
        for contact in (offer.contact, offer.contact + 1)
    ]
    return Bench(engine, connector, product, bare, town, iter(offered), rows)


class Figures:
    """What was measured, by name, and how it is printed."""

    def __init__(self) -> None:
        self._found: dict[str, list[tuple[Cost, Cost]]] = defaultdict(list)
        self._rows: dict[str, list[Cost]] = defaultdict(list)

    def add(self, name: str, ours: Cost, bare: Cost) -> None:
        """A pair of figures of the same round."""
        self._found[name].append((ours, bare))

    def row(self, name: str, cost: Cost) -> None:
        """Something without a yardstick."""
        self._rows[name].append(cost)

    def show(self) -> None:
        """Medians over the rounds; of the ratios too, round by round."""
        print(f"\n{'':40}{'CPU ms/turn':>12}{'bare':>8}{'ratio':>7}{'turns/s':>10}{'bare':>8}{'ratio':>7}")
        for name, pairs in self._found.items():
            cpu = median(ours.cpu_ms / bare.cpu_ms for ours, bare in pairs)
            speed = median(bare.per_s / ours.per_s for ours, bare in pairs)
            ours_ms, bare_ms = median(pair[0].cpu_ms for pair in pairs), median(pair[1].cpu_ms for pair in pairs)
            ours_s, bare_s = median(pair[0].per_s for pair in pairs), median(pair[1].per_s for pair in pairs)
            print(f"{name:40}{ours_ms:12.2f}{bare_ms:8.2f}{cpu:7.1f}{ours_s:10.0f}{bare_s:8.0f}{speed:7.1f}")
        print(f"\n{'':40}{'CPU ms/row':>12}{'rows/s':>10}")
        for name, costs in self._rows.items():
            print(f"{name:40}{median(c.cpu_ms for c in costs):12.2f}{median(c.per_s for c in costs):10.0f}")


async def _round(bench: Bench, figures: Figures, turns: int) -> None:
    """Everything once, the product and the yardstick by turns."""
    product, bare = bench.product, bench.bare
    posts = bench.connector.posts
    ours = await product.run("/api/messages", bench.help(turns * 2))
    if bench.connector.posts - posts != turns * 2:
        raise RuntimeError("replies are missing")
    yard = await bare.run(f"/post/{bench.connector.last_bytes - 120}", bench.help(turns * 2))
    figures.add(f"(a) help, {bench.engine}", ours, yard)
    for name, requests in (("submit", bench.submits), ("approve", bench.approvals)):
        ours = await product.run("/api/messages", requests(turns), expect=CARD)
        size = ours.answer_bytes - 90
        for way, told in (("driver", ""), ("engine", ", to SQLAlchemy")):
            yard = await bare.run(f"/row/{way}/{size}", bench.submits(turns), expect=CARD)
            figures.add(f"(b) {name}, {bench.engine}{told}", ours, yard)
    for kind in ("show", "line"):
        spent = await product.ask("/bench/deliver", {"kind": kind, "rows": bench.rows})
        cost = Cost(spent["cpu_s"] * 1000 / len(bench.rows), len(bench.rows) / spent["wall_s"])
        figures.row(f"(c) {kind} delivered, {bench.engine}", cost)


async def measure_turns(folder: Path, engines: tuple[str, ...], rounds: int, turns: int) -> None:
    """(a), (b) and (c), on each engine by turns, after a round that does not count."""
    figures = Figures()
    async with AsyncExitStack() as stack:
        connector = await stack.enter_async_context(Connector())
        benches = []
        for engine in engines:
            if engine == "sqlite":
                urls = tuple(f"sqlite:///{folder / name}.sqlite" for name in ("product", "bare"))
            else:
                server = stack.enter_context(a_server())
                urls = tuple(server.url(server.new_database("template0")) for _ in range(2))
            offers = max(CUSTOMERS, turns * (rounds + 1))
            benches.append(await _bench(stack, engine, urls, connector, offers))
        for number in range(rounds + 1):
            for bench in benches:
                await _round(bench, figures if number else Figures(), turns)
            print(f"round {number} of {rounds}", flush=True)
    figures.show()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--turns", type=int, default=400, help="submits and approvals a round; twice as many of help")
    parser.add_argument("--only", choices=ENGINES, help="one engine only")
    parser.add_argument("--what", choices=("turns", "pages", "both"), default="both")
    parser.add_argument("--tickets", type=int, default=100_000, help="of the larger database for the pages")
    asked = parser.parse_args()
    engines = (asked.only,) if asked.only else ENGINES
    with tempfile.TemporaryDirectory() as folder:
        if asked.what != "pages":
            asyncio.run(measure_turns(Path(folder), engines, asked.rounds, asked.turns))
        if asked.what != "turns":
            asyncio.run(measure_pages(Path(folder), engines, asked.tickets))


if __name__ == "__main__":
    main()
