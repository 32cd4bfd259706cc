"""Ids of the tests of Graph, and how they open the real msal and msgraph-sdk to the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from demo.graph.server import GraphStandIn
from graph.access import Credential, Secret
from graph.client import Graph
from graph.tenants import Tenants, open_tenants

APP_ID = "00000000-0000-0000-0000-0000000000b0"
SECRET = "a-secret-of-the-tests"
HOME = "10000000-0000-0000-0000-000000000001"
CUSTOMER = "10000000-0000-0000-0000-00000000000a"
ROSES = "10000000-0000-0000-0000-00000000000b"
"""Another customer, who is there where a test asks for the fixture `roses`."""


class Clock:
    """Monotonic seconds that pass when told."""

    def __init__(self) -> None:
        self.s = 5000.0

    def __call__(self) -> float:
        """Now."""
        return self.s


@asynccontextmanager
async def open_to(
    stand_in: GraphStandIn,
    credential: Credential = Secret(SECRET),  # noqa: B008  a frozen value
    clock: Callable[[], float] = monotonic,
) -> AsyncIterator[Tenants]:
    """All tenants, closed afterwards."""
    opened = await open_tenants(
        client_id=APP_ID,
        home_tenant_id=HOME,
        credential=credential,
        graph_url=stand_in.url,
        login_host=stand_in.login_host,
        trusted_ca=stand_in.ca_path,
        monotonic=clock,
    )
    try:
        yield opened
    finally:
        await opened.close()


async def name_of(graph: Graph, user_id: str) -> str:
    """A question that every test can ask: the name of somebody."""
    question = graph.build.users.by_user_id(user_id).to_get_request_information()
    return (await graph.ask_raw(question)).decode().partition('"displayName": "')[2].partition('"')[0]
