"""Questions to Graph, with the real msgraph-sdk over TLS: whose pause, which error, and where a token goes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from demo.graph.directory import Tenant
from demo.graph.server import GraphStandIn
from graph import tenants as module
from graph.access import Secret
from graph.client import Graph
from graph.errors import AccessUnavailable, GraphRefused, GraphUnavailable
from graph.tenants import Tenants
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME, ROSES, SECRET, Clock, name_of


async def test_a_token_graph_refuses_is_fetched_anew_once(
    stand_in: GraphStandIn, clocked: Tenants, customer: Tenant, seconds: Clock
) -> None:
    """A 401 costs one more token and one more question; where that is refused too, no further one for a minute."""
    anna = customer.add_user("Anna", "anna@a.example")
    graph = clocked.of(CUSTOMER)
    assert await name_of(graph, anna.id) == "Anna"
    stand_in.faults.add("GET /v1.0/*", status=401)
    assert await name_of(graph, anna.id) == "Anna"
    assert len(stand_in.login.requests) == 2
    fault = stand_in.faults.add("GET /v1.0/*", status=401, code="InvalidAuthenticationToken", times=99)
    for _ in range(3):
        with pytest.raises(GraphRefused) as refused:
            await name_of(graph, anna.id)
        assert (refused.value.status, refused.value.code) == (401, "InvalidAuthenticationToken")
    assert (len(stand_in.login.requests), fault.hits) == (2, 3)
    seconds.s += module.FORGET_EVERY_S
    with pytest.raises(GraphRefused):
        await name_of(graph, anna.id)
    assert (len(stand_in.login.requests), fault.hits) == (3, 5)


async def test_a_token_that_ended_is_replaced(stand_in: GraphStandIn, tenants: Tenants, customer: Tenant) -> None:
    """Graph's clock runs ahead of ours: the token it calls expired is replaced, and the same question asked again."""
    anna = customer.add_user("Anna", "anna@a.example")
    graph = tenants.of(CUSTOMER)
    question = graph.build.users.by_user_id(anna.id).to_get_request_information()
    await graph.ask_raw(question)
    now = stand_in.clock()
    stand_in.clock = lambda: now + timedelta(hours=2)
    assert b"Anna" in await graph.ask_raw(question)
    assert len(stand_in.login.requests) == 2


@pytest.mark.parametrize(
    "fault,status",
    [
        ({"status": 429, "retry_after_s": 30}, 429),
        ({"status": 500}, 500),
        ({"status": 502}, 502),
        ({"drop": "before"}, 0),
        ({"drop": "after"}, 0),
        ({"truncated": True}, 0),
    ],
    ids=str,
)
async def test_what_may_pass_is_unavailable(
    graph: Graph, customer: Tenant, stand_in: GraphStandIn, fault: dict[str, object], status: int
) -> None:
    """Throttled for long, failing, cut off before, after or in the middle: asking again may succeed."""
    anna = customer.add_user("Anna", "anna@a.example")
    stand_in.faults.add("GET /v1.0/*", **fault)
    with pytest.raises(GraphUnavailable) as unavailable:
        await name_of(graph, anna.id)
    assert unavailable.value.status == status
    assert unavailable.value.retry_after_s == fault.get("retry_after_s")


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_what_stays_is_refused(graph: Graph, customer: Tenant, stand_in: GraphStandIn, status: int) -> None:
    """A refusal keeps its status and Graph's own code, and is not asked again."""
    fault = stand_in.faults.add("GET /v1.0/*", status=status, code="Whatever", times=9)
    with pytest.raises(GraphRefused) as refused:
        await name_of(graph, "anna")
    assert (refused.value.status, refused.value.code, fault.hits) == (status, "Whatever", 1)


@pytest.mark.parametrize("body", [[], "text", 5, None], ids=repr)
async def test_an_answer_that_is_no_object_is_none(graph: Graph, stand_in: GraphStandIn, body: object) -> None:
    """What is JSON but no object, and what is no JSON at all, cannot be read."""
    from graph.credentials import Registration

    question = graph.build.users.to_get_request_information()
    stand_in.faults.add("GET /v1.0/*", body=body) if body is not None else stand_in.faults.add(
        "GET /v1.0/*", malformed=True
    )
    with pytest.raises(GraphUnavailable) as unavailable:
        await graph.ask(question, Registration)
    assert unavailable.value.code == "unreadable"


async def test_an_answer_that_leads_away_is_none(graph: Graph, customer: Tenant, stand_in: GraphStandIn) -> None:
    """A proxy that wants somebody to sign in is not followed, and its page is no answer of Graph."""
    anna = customer.add_user("Anna", "anna@a.example")
    stand_in.faults.add("GET /v1.0/*", status=302, headers={"Location": f"{stand_in.url}/v1.0/users/{anna.id}"})
    with pytest.raises(GraphUnavailable) as unavailable:
        await name_of(graph, anna.id)
    assert (unavailable.value.status, len(stand_in.calls)) == (302, 1)


async def test_a_question_has_an_end(
    graph: Graph, customer: Tenant, stand_in: GraphStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that does not come is no answer, and takes no place from the next question."""
    anna = customer.add_user("Anna", "anna@a.example")
    assert await name_of(graph, anna.id) == "Anna"
    monkeypatch.setattr("graph.client.QUESTION_TIMEOUT_S", 0.1)
    held = asyncio.Event()
    stand_in.faults.add("GET /v1.0/*", wait_for=held, times=6)
    for _ in range(6):
        with pytest.raises(GraphUnavailable) as unavailable:
            await name_of(graph, anna.id)
        assert (unavailable.value.status, unavailable.value.code) == (0, "TimeoutError")
    held.set()
    monkeypatch.setattr("graph.client.QUESTION_TIMEOUT_S", 5)
    assert await name_of(graph, anna.id) == "Anna"


async def test_others_of_the_tenant_wait_along(graph: Graph, customer: Tenant, stand_in: GraphStandIn) -> None:
    """While one question waits as Graph asked, another one of the same tenant is not put."""
    anna = customer.add_user("Anna", "anna@a.example")
    assert await name_of(graph, anna.id) == "Anna"
    fault = stand_in.faults.add("GET /v1.0/*", status=429, retry_after_s=1)
    waiting = asyncio.create_task(name_of(graph, anna.id))
    await fault.reached.wait()
    while not graph._sender.pause.left_s():  # noqa: ASYNC110  until that answer has arrived
        await asyncio.sleep(0.001)
    asked = len(stand_in.calls)
    other = asyncio.create_task(name_of(graph, anna.id))
    await asyncio.sleep(0.2)
    assert len(stand_in.calls) == asked
    assert [await waiting, await other] == ["Anna", "Anna"]


async def test_short_pauses_are_waited_for(graph: Graph, customer: Tenant, stand_in: GraphStandIn) -> None:
    """A pause of a second and an outage of a moment are overcome within one question."""
    anna = customer.add_user("Anna", "anna@a.example")
    stand_in.faults.add("GET /v1.0/*", status=429, retry_after_s=1)
    stand_in.faults.add("GET /v1.0/*", status=503, retry_after_s=0)
    assert await name_of(graph, anna.id) == "Anna"


async def test_a_pause_is_one_tenants(
    tenants: Tenants, customer: Tenant, roses: Tenant, stand_in: GraphStandIn
) -> None:
    """A tenant that is told to wait for long is not asked meanwhile, and says for how long; others are asked."""
    bram = roses.add_user("Bram", "bram@b.example")
    fault = stand_in.faults.add("GET */anna", status=429, retry_after_s=90, times=9)
    for _ in range(3):
        with pytest.raises(GraphUnavailable) as unavailable:
            await name_of(tenants.of(CUSTOMER), "anna")
        assert unavailable.value.retry_after_s == pytest.approx(90, abs=2)
    assert fault.hits == 1
    assert await name_of(tenants.of(ROSES), bram.id) == "Bram"


async def test_where_the_whole_app_asked_too_much_everybody_waits(
    tenants: Tenants, customer: Tenant, roses: Tenant, stand_in: GraphStandIn
) -> None:
    """Graph says whose limit was reached; the app's own concerns all tenants."""
    stand_in.faults.add(
        "GET */anna", status=429, retry_after_s=90, headers={"x-ms-throttle-scope": f"Application/Read/{APP_ID}"}
    )
    for tenant_id in (CUSTOMER, ROSES):
        with pytest.raises(GraphUnavailable):
            await name_of(tenants.of(tenant_id), "anna")
    assert len(stand_in.calls) == 1


async def test_one_tenant_never_takes_the_whole_line(
    tenants: Tenants, customer: Tenant, roses: Tenant, stand_in: GraphStandIn
) -> None:
    """Of a hundred questions in one tenant four are under way; another tenant's is answered meanwhile."""
    anna, bram = customer.add_user("Anna", "anna@a.example"), roses.add_user("Bram", "bram@b.example")
    held = asyncio.Event()
    fault = stand_in.faults.add(f"GET */{anna.id}", wait_for=held, times=100)
    waiting = [asyncio.create_task(name_of(tenants.of(CUSTOMER), anna.id)) for _ in range(100)]
    assert await name_of(tenants.of(ROSES), bram.id) == "Bram"
    assert fault.hits <= 4
    held.set()
    assert await asyncio.gather(*waiting) == ["Anna"] * 100


@pytest.mark.parametrize("link", ["http{}", "https://127.0.0.1:1/v1.0/users", "https://graph.example/v1.0/users"])
async def test_the_token_goes_to_graph_only(graph: Graph, stand_in: GraphStandIn, link: str) -> None:
    """A link that leads elsewhere, be it only without TLS, gets neither a token nor a visit."""
    question = RequestInformation(Method.GET)
    question.url = link.format(stand_in.url.removeprefix("https") + "/v1.0/users")
    with pytest.raises(GraphUnavailable) as unavailable:
        await graph.ask_raw(question)
    assert unavailable.value.code == "foreign link"
    assert stand_in.calls == []


async def test_without_trust_there_is_no_token(stand_in: GraphStandIn) -> None:
    """An authority that the settings do not name is not trusted: neither with the secret nor with a token."""
    opened = await module.open_tenants(
        client_id=APP_ID,
        home_tenant_id=HOME,
        credential=Secret(SECRET),
        graph_url=stand_in.url,
        login_host=stand_in.login_host,
    )
    with pytest.raises(AccessUnavailable) as unavailable:
        await opened.roles(CUSTOMER)
    await opened.close()
    assert unavailable.value.code == "SSLError"
    assert stand_in.login.requests == []
