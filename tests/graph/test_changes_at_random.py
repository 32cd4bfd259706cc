"""Accounts that change at random, followed by delta queries that come in pages, repeat themselves and expire.

After every look what was put together from the changes is what the directory says, and nothing else.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from demo.graph.directory import Tenant
from demo.graph.people import expire_links, links
from demo.graph.queries import paging
from graph.client import Graph
from graph.errors import LinkExpired
from graph.people import AccountChange, Changes, changes

PEOPLE = 6
LOOKS = 60
AT = datetime(2026, 11, 26, tzinfo=UTC)


def happens(customer: Tenant, ids: list[str], chance: random.Random) -> None:
    """Something happens to somebody who is not gone."""
    one = chance.choice(ids)
    if one in customer.deleted:
        if chance.random() < 0.8:
            customer.restore_user(one)
        else:
            customer.purge_user(one)
        return
    user = customer.users.get(one)
    if user is None:
        return
    match chance.randrange(8):
        case 0 | 1 | 2:
            user.account_enabled = not user.account_enabled
        case 3 | 4:
            user.display_name = f"Name {chance.randrange(99)}"
        case 5 | 6:
            user.mail = chance.choice([None, f"{chance.randrange(99)}@korenbloem.example"])
        case 7:
            customer.delete_user(one, AT)


def follow(known: dict[str, AccountChange | str], found: Changes, *, is_whole: bool) -> None:
    """What is known afterwards. Whoever a whole look does not name is not there, in one way or another."""
    if is_whole:
        known.update(dict.fromkeys(known, "missing"))
    known.update(dict.fromkeys(found.deleted, "deleted"))
    known.update(dict.fromkeys(found.gone, "gone"))
    for change in found.accounts:
        before = known.get(change.object_id)
        known[change.object_id] = before.updated_by(change) if isinstance(before, AccountChange) else change


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_was_followed_is_what_there_is(seed: int, graph: Graph, customer: Tenant) -> None:
    """Whatever happened, in whatever pages and with whatever repetitions it was told, the outcome is the directory."""
    chance = random.Random(seed)
    ids = [customer.add_user(f"Name {number}", f"{number}@korenbloem.example").id for number in range(PEOPLE)]
    known: dict[str, AccountChange | str] = {}
    link: str | None = None
    whole = 0
    for _ in range(LOOKS):
        for _ in range(chance.randrange(4)):
            happens(customer, ids, chance)
        paging(customer).size, paging(customer).empty = chance.choice([1, 2, 100]), chance.randrange(2)
        links(customer).replays = chance.random() < 0.5
        if chance.random() < 0.1:
            expire_links(customer)
        try:
            found = await changes(graph, ids, link)
        except LinkExpired:
            link = None
            found = await changes(graph, ids, None)
        whole += link is None
        follow(known, found, is_whole=link is None)
        link = found.link
        for one in ids:
            change = known[one]
            if user := customer.users.get(one):
                assert isinstance(change, AccountChange)
                assert (change.name, change.mail or None, change.enabled) == (
                    user.display_name,
                    user.mail,
                    user.account_enabled,
                )
            else:
                assert change in {"missing", "deleted" if one in customer.deleted else "gone"}
    assert 1 < whole < LOOKS / 2
