"""What became of people: delta queries, with links that expire, replays, deletions and pages, at the stand-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from demo.graph.directory import Tenant, User
from demo.graph.people import expire_links, links
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from graph.client import Graph
from graph.errors import GraphUnavailable, LinkExpired
from graph.people import (
    WATCHED_AT_MOST,
    AccountChange,
    Changes,
    changes,
)
from tests.graph.stand_in import APP_ID, CUSTOMER, SECRET, open_to


async def test_what_changed_since_the_last_look(graph: Graph, customer: Tenant, jo: User, piet: User) -> None:
    """The first look says how everybody is; the next one only what changed since, of those that are followed."""
    other = customer.add_user("Other", "other@korenbloem.example")
    first = await changes(graph, [jo.id, piet.id], None)
    assert {change.object_id for change in first.accounts} == {jo.id, piet.id}
    quiet = await changes(graph, [jo.id, piet.id], first.link)
    assert (quiet.accounts, quiet.deleted, quiet.gone) == ((), frozenset(), frozenset())
    jo.account_enabled, other.account_enabled = False, False
    (change,) = (await changes(graph, [jo.id, piet.id], quiet.link)).accounts
    assert (change.object_id, change.enabled) == (jo.id, False)


async def test_a_field_that_is_taken_away(graph: Graph, jo: User) -> None:
    """An address that is taken away is something else than one that did not change."""
    first = await changes(graph, [jo.id], None)
    jo.mail = None
    (change,) = (await changes(graph, [jo.id], first.link)).accounts
    assert (change.mail, change.name) == ("", "Jo O'Neil")
    only_named = AccountChange(jo.id, name="Jo")
    assert only_named.updated_by(change) == change
    assert change.updated_by(only_named).mail == ""


async def test_deleted_for_a_while_and_for_good(graph: Graph, customer: Tenant, jo: User, piet: User) -> None:
    """Who can be restored is told apart from who cannot; who is restored is back; who is purged later is gone."""
    ids = [jo.id, piet.id]
    last = await changes(graph, ids, None)
    customer.delete_user(jo.id, datetime.now(UTC))
    customer.purge_user(piet.id)
    last = await changes(graph, ids, last.link)
    assert (last.accounts, last.deleted, last.gone) == ((), frozenset({jo.id}), frozenset({piet.id}))
    customer.restore_user(jo.id)
    last = await changes(graph, ids, last.link)
    assert ([change.object_id for change in last.accounts], last.deleted, last.gone) == (
        [jo.id],
        frozenset(),
        frozenset(),
    )
    customer.delete_user(jo.id, datetime.now(UTC))
    last = await changes(graph, ids, last.link)
    customer.purge_user(jo.id)
    last = await changes(graph, ids, last.link)
    assert (last.deleted, last.gone) == (frozenset(), frozenset({jo.id}))


async def test_the_first_look_does_not_find_who_was_deleted(graph: Graph, customer: Tenant, jo: User) -> None:
    """Without a link somebody who is deleted already is not named at all: that is for the caller to look into."""
    customer.delete_user(jo.id, datetime.now(UTC))
    found = await changes(graph, [jo.id], None)
    assert (found.accounts, found.deleted, found.gone) == ((), frozenset(), frozenset())


async def test_replays_and_repetitions(graph: Graph, customer: Tenant, jo: User, piet: User) -> None:
    """Where Graph repeats the changes of last time, and names one account twice, the last word counts."""
    ids = [jo.id, piet.id]
    links(customer).replays, paging(customer).size, paging(customer).empty = True, 1, 1
    last = await changes(graph, ids, None)
    customer.delete_user(piet.id, datetime.now(UTC))
    last = await changes(graph, ids, last.link)
    assert last.deleted == {piet.id}
    customer.restore_user(piet.id)
    jo.display_name = "Jo Jansen"
    last = await changes(graph, ids, last.link)
    assert {change.object_id: change.name for change in last.accounts} == {jo.id: "Jo Jansen", piet.id: "Piet"}
    assert last.deleted == frozenset()


async def test_pieces_of_one_account(graph: Graph, stand_in: GraphStandIn) -> None:
    """An account that is named with one field and then with another one changed in both; the later word counts."""
    pieces = [{"id": "x", "displayName": "Jo"}, {"id": "x", "mail": "jo@b.nl"}, {"id": "X", "displayName": "Jo Jansen"}]
    body = {"value": pieces, LINK: f"{stand_in.url}/v1.0/users/delta?$deltatoken=1"}
    stand_in.faults.add("GET */users/delta*", body=body)
    assert (await changes(graph, ["x"], None)).accounts == (AccountChange("x", name="Jo Jansen", mail="jo@b.nl"),)


async def test_a_link_that_is_too_old(graph: Graph, customer: Tenant, jo: User) -> None:
    """After an expired link everything is looked at again; the address Graph names for that does it too."""
    first = await changes(graph, [jo.id], None)
    expire_links(customer)
    with pytest.raises(LinkExpired) as expired:
        await changes(graph, [jo.id], first.link)
    assert (expired.value.status, expired.value.code) == (410, "syncStateNotFound")
    assert expired.value.location is not None
    assert len((await changes(graph, [jo.id], expired.value.location)).accounts) == 1


async def test_a_link_lasts_seven_days(tmp_path: Path) -> None:
    """Directory links end after a week, and the address for starting anew remembers whom it was about."""
    now = datetime(2026, 11, 1, tzinfo=UTC)
    async with GraphStandIn(tmp_path, clock=lambda: now) as stand_in, open_to(stand_in) as tenants:
        stand_in.directory.add_app(APP_ID, SECRET)
        customer = stand_in.directory.add_tenant(CUSTOMER)
        customer.consent(APP_ID, "User.Read.All", at=now)
        jo, _piet = (customer.add_user(name, f"{name}@korenbloem.example") for name in ("jo", "piet"))
        graph = tenants.of(CUSTOMER)
        link = (await changes(graph, [jo.id], None)).link
        now += timedelta(days=6)
        stand_in.login.lifetime = timedelta(days=30)
        graph = tenants.of(CUSTOMER)
        link = (await changes(graph, [jo.id], link)).link
        now += timedelta(days=7, seconds=1)
        with pytest.raises(LinkExpired) as expired:
            await changes(graph, [jo.id], link)
        (found,) = (await changes(graph, [jo.id], expired.value.location)).accounts
        assert found.object_id == jo.id


async def test_other_words_for_too_old(graph: Graph, stand_in: GraphStandIn, jo: User) -> None:
    """Some of Graph's codes mean the same as 410."""
    for code in ("SyncStateNotFound", "resyncRequired", "Directory_ExpiredPageToken"):
        stand_in.faults.add("GET */users/delta*", status=400, code=code)
        with pytest.raises(LinkExpired):
            await changes(graph, [jo.id], None)


async def test_a_link_of_another_host(graph: Graph, stand_in: GraphStandIn, jo: User) -> None:
    """A kept link to another host starts anew; nothing is sent there."""
    for link in ("https://graph.attacker.example/v1.0/users/delta?$deltatoken=x", "https://[", stand_in.url + "/users"):
        with pytest.raises(LinkExpired):
            await changes(graph, [jo.id], link)
    assert stand_in.calls == []


async def test_so_many_are_followed(graph: Graph, customer: Tenant) -> None:
    """Fifty accounts fit one query, which Graph takes; more, or none, is a mistake of the caller."""
    people = [customer.add_user(f"Number {number}", f"{number}@b.nl") for number in range(WATCHED_AT_MOST)]
    ids = [person.id for person in people]
    assert len((await changes(graph, ids, None)).accounts) == WATCHED_AT_MOST
    for wrong in ([*ids, "one more"], []):
        with pytest.raises(ValueError, match="accounts"):
            await changes(graph, wrong, None)


LINK, NEXT = "@odata.deltaLink", "@odata.nextLink"
ELSEWHERE = "https://graph.attacker.example/v1.0/users/delta"
HALF: tuple[dict[str, Any], ...] = (
    {LINK: None},
    {"value": None},
    {"value": {}},
    {"value": [{}]},
    {"value": ["x"]},
    {"value": [{"id": "x", "@removed": {}}]},
    {"value": [{"id": "x", "@removed": {"reason": "moved"}}]},
    {"value": [{"id": "x", "@removed": None}]},
    {"value": [{"id": "x", "accountEnabled": "no"}]},
    {LINK: ELSEWHERE},
    {NEXT: ELSEWHERE},
    {NEXT: 7},
)


async def test_half_a_delta_is_none(graph: Graph, stand_in: GraphStandIn) -> None:
    """Where something is missing, unknown or leads elsewhere nobody has changed, and nobody is deleted. Whoever was not
    asked about is left out.
    """
    whole = {"value": [], LINK: f"{stand_in.url}/v1.0/users/delta?$deltatoken=1"}
    stand_in.faults.add("GET */users/delta*", body=whole | {"value": [{"id": "somebody", "accountEnabled": False}]})
    assert await changes(graph, ["x"], None) == Changes((), frozenset(), frozenset(), str(whole[LINK]))
    for half in HALF:
        stand_in.faults.add("GET */users/delta*", body=whole | half)
        stand_in.calls.clear()
        with pytest.raises(GraphUnavailable):
            await changes(graph, ["x"], None)
        assert len(stand_in.calls) == 1
