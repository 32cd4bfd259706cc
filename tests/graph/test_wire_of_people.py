"""The stand-in refuses what Graph refuses, so that a question that only the stand-in understands fails a test."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from demo.graph.directory import Tenant, User
from demo.graph.queries import paging
from demo.graph.server import GraphStandIn
from demo.graph.subscriptions import Subscription, subscriptions
from graph.client import Graph
from graph.errors import GraphRefused
from graph.writing import post
from tests.graph.stand_in import APP_ID


async def get(graph: Graph, path: str, **headers: str) -> Any:
    """What Graph answers to an address as it is written."""
    question = RequestInformation(Method.GET)
    question.url = path if path.startswith("https") else graph.base_url + quote(path, safe="/?$=&'(),%:")
    for name, value in headers.items():
        question.headers.add(name, value)
    return json.loads(await graph.ask_raw(question))


async def refused(graph: Graph, path: str, **headers: str) -> tuple[int, str]:
    """Status and code of what Graph refuses."""
    with pytest.raises(GraphRefused) as error:
        await get(graph, path, **headers)
    return error.value.status, error.value.code


async def test_conditions(graph: Graph, jo: User, piet: User) -> None:
    """Equality alone and in lists, joined by one kind of word, quotes doubled; on fields that can be asked about."""
    for condition, found in (
        ("accountEnabled eq true", 2),
        ("userType eq 'Member' and mail eq 'piet@korenbloem.example'", 1),
        ("mail eq 'PIET@KORENBLOEM.EXAMPLE'", 1),
        ("otherMails/any(x:x eq 'jo@home.example')", 1),
        (f"id eq '{jo.id}' or id eq '{piet.id}'", 2),
        ("mail eq 'nobody'", 0),
    ):
        assert len((await get(graph, f"/users?$filter={condition}"))["value"]) == found, condition
    for condition in ("mail eq 'jo.o'neil@b.nl'", "mail eq jo", "mail", "mail eq 'a' xor mail eq 'b'", ""):
        assert await refused(graph, f"/users?$filter={condition}") == (400, "BadRequest"), condition
    for condition in ("mobilePhone eq '1'", "mail eq 'a' or mail eq 'b' and mail eq 'c'"):
        assert await refused(graph, f"/users?$filter={condition}") == (400, "Request_UnsupportedQuery"), condition


async def test_fields(graph: Graph, jo: User) -> None:
    """Without a choice the fields come that come by themselves, `accountEnabled` not among them."""
    assert "accountEnabled" not in await get(graph, f"/users/{jo.id}")
    assert set(await get(graph, f"/users/{jo.id}?$select=mail,accountEnabled")) == {
        "@odata.context",
        "id",
        "mail",
        "accountEnabled",
    }
    assert await refused(graph, f"/users/{jo.id}?$select=nickname") == (400, "BadRequest")


async def test_pages(graph: Graph, customer: Tenant) -> None:
    """A page has at most 999; the total is told to who says that it may lag; a link works for as long as it is kept."""
    for number in range(5):
        customer.add_user(f"Number {number}", f"{number}@korenbloem.example")
    page = await get(graph, "/users?$top=2&$count=true", ConsistencyLevel="eventual")
    assert (page["@odata.count"], len(page["value"])) == (5, 2)
    assert "@odata.count" not in await get(graph, "/users?$top=2&$count=true")
    assert len((await get(graph, page["@odata.nextLink"]))["value"]) == 2
    paging(customer).pages.clear()
    assert await refused(graph, page["@odata.nextLink"]) == (400, "Directory_ExpiredPageToken")
    for size in ("0", "1000", "x"):
        assert await refused(graph, f"/users?$top={size}") == (400, "Request_UnsupportedQuery")


async def test_delta_queries(graph: Graph, jo: User, piet: User) -> None:
    """A delta query is about ids only, of which 50 fit; "latest" tells nothing of what there is, and all that follows;
    what was never set is left out.
    """
    assert await refused(graph, "/users/delta?$filter=mail eq 'a'") == (400, "Request_UnsupportedQuery")
    many = " or ".join(f"id eq '{number}'" for number in range(51))
    assert await refused(graph, f"/users/delta?$filter={many}") == (400, "Request_UnsupportedQuery")
    latest = await get(graph, "/users/delta?$deltatoken=latest")
    assert latest["value"] == []
    piet.display_name = "Pieter"
    (said,) = (await get(graph, latest["@odata.deltaLink"]))["value"]
    assert (said["id"], said["displayName"]) == (piet.id, "Pieter")
    (said,) = (await get(graph, f"/users/delta?$select=mail,preferredLanguage&$filter=id eq '{piet.id}'"))["value"]
    assert said == {"id": piet.id, "mail": "piet@korenbloem.example"}
    assert jo.id


async def test_only_people_of_a_group(graph: Graph, customer: Tenant, jo: User) -> None:
    """Only people, without what an advanced query takes, is refused."""
    customer.consent(APP_ID, "GroupMember.Read.All", at=datetime.now(UTC))
    group = customer.add_group("Engineers", jo.id)
    path = f"/groups/{group.id}/transitiveMembers/microsoft.graph.user"
    assert await refused(graph, path) == (400, "Request_UnsupportedQuery")
    assert await refused(graph, path, ConsistencyLevel="eventual") == (400, "Request_UnsupportedQuery")
    assert len((await get(graph, f"{path}?$count=true", ConsistencyLevel="eventual"))["value"]) == 1


async def test_subscriptions_that_are_refused(graph: Graph, customer: Tenant, stand_in: GraphStandIn) -> None:
    """Each part of a subscription has to be as Graph wants it, and a hundred for an app and a tenant are enough."""
    right = {
        "changeType": "updated,deleted",
        "resource": "users",
        "notificationUrl": "http://127.0.0.1:1/changes",
        "expirationDateTime": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "clientState": "s",
    }
    nobody = "users/00000000-0000-0000-0000-0000000000ff"
    for wrong, code in (
        ({"changeType": "renamed"}, "InvalidRequest"),
        ({"notificationUrl": None}, "InvalidRequest"),
        ({"notificationUrl": "http://bot.example/changes"}, "InvalidRequest"),
        ({"resource": "groups"}, "InvalidRequest"),
        ({"resource": nobody}, "Request_ResourceNotFound"),
        ({"expirationDateTime": "tomorrow"}, "InvalidRequest"),
        ({"clientState": "s" * 129}, "InvalidRequest"),
        ({}, "ValidationError"),
    ):
        with pytest.raises(GraphRefused) as error:
            await graph.tell(post(graph.build.subscriptions, right | wrong))
        assert error.value.code == code, wrong
    for number in range(100):
        end = stand_in.clock() + timedelta(days=1)
        one = Subscription(APP_ID, "users", frozenset({"updated"}), "https://bot.example", None, None, end)
        subscriptions(customer)[str(number)] = one
    with pytest.raises(GraphRefused) as error:
        await graph.tell(post(graph.build.subscriptions, right))
    assert (error.value.status, error.value.code) == (403, "Forbidden")
