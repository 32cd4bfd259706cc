"""With everything logged that there is to log, no secret, no token and nobody's address is in it."""

from __future__ import annotations

import io
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from bot.logs import configure
from demo.graph.directory import Tenant
from demo.graph.server import GraphStandIn
from graph.access import Secret
from graph.errors import GraphError
from graph.people import changes, find_account
from graph.subscriptions import subscribe
from tests.graph.listener import Listener
from tests.graph.stand_in import CUSTOMER, SECRET, open_to

WRONG = "not-the-right-secret"
CLIENT_STATE = "a-client-state-of-the-tests"


async def test_no_secret_is_logged(stand_in: GraphStandIn, customer: Tenant) -> None:
    """At the level of developers too: not of the login, questions, links, subscriptions, or of a failure."""
    anna = customer.add_user("Anna Geheim", "anna.geheim@korenbloem.example")
    root, said = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level)
    tokens: list[str] = []
    try:
        configure("debug", "json", said)
        async with open_to(stand_in) as tenants:
            graph = tenants.of(CUSTOMER)
            await find_account(graph, anna.mail or "")
            tokens.append(await tenants._tenant(CUSTOMER).tokens.get())
            link = (await changes(graph, [anna.id], None)).link
            listener = Listener()
            await listener.start()
            ends_at = datetime.now(UTC) + timedelta(days=2)
            await subscribe(
                graph, url=listener.url, lifecycle_url=listener.lifecycle_url, secret=CLIENT_STATE, ends_at=ends_at
            )
            await listener.stop()
        async with open_to(stand_in, Secret(WRONG)) as tenants:
            with pytest.raises(GraphError) as raised:
                await tenants.roles(CUSTOMER)
            logging.getLogger("graph.test").error("it failed", exc_info=raised.value)
    finally:
        structlog.reset_defaults()
        root.handlers[:], root.level = before
    written = said.getvalue()
    assert "it failed" in written
    # What this one says was put together before we could look at it: headers of answers are in it.
    assert "httpcore" not in written
    hidden: dict[str, Any] = {
        "secret": SECRET,
        "wrong secret": WRONG,
        "client state": CLIENT_STATE,
        "token": tokens[0],
        "address": "anna.geheim",
        "name": "Geheim",
        "link": link.rpartition("=")[2],
    }
    assert [name for name, value in hidden.items() if value in written] == []
