"""Where links in Graph's answers may lead: to Graph, and to nobody who looks like it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from graph.errors import GraphUnavailable
from graph.links import at, follower, is_own

GRAPH: Any = SimpleNamespace(base_url="https://graph.microsoft.com/v1.0")
OWN = "https://graph.microsoft.com/v1.0/users?$skiptoken=a%20b"


@pytest.mark.parametrize(
    "link,own",
    [
        (OWN, True),
        ("https://GRAPH.microsoft.com/v1.0/users/delta?$deltatoken=x", True),
        ("https://graph.microsoft.com:443/v1.0/users", False),
        ("https://graph.microsoft.com:444/v1.0/users", False),
        ("http://graph.microsoft.com/v1.0/users", False),
        ("https://graph.microsoft.com.attacker.example/v1.0/users", False),
        ("https://attacker.example/v1.0/users?https://graph.microsoft.com/v1.0/", False),
        ("https://graph.microsoft.com@attacker.example/v1.0/users", False),
        ("https://somebody@graph.microsoft.com/v1.0/users", False),
        ("https://graph.microsoft.com/v1.0evil/users", False),
        ("https://graph.microsoft.com/beta/users", False),
        ("https://graph.microsoft.com:x/v1.0/users", False),
        ("https://[graph/v1.0/users", False),
        ("/v1.0/users", False),
        ("", False),
    ],
)
def test_where_a_link_leads(link: str, own: bool) -> None:
    """Scheme, host, port and version have to be Graph's own; whatever else is written before or after does not help."""
    assert is_own(GRAPH, link) is own
    if own:
        assert at(GRAPH, link).url == link
    else:
        with pytest.raises(GraphUnavailable):
            at(GRAPH, link)


def test_what_goes_along_to_the_next_page() -> None:
    """What was said of the whole list is said again; a token is not, which is given anew for each address."""
    first = RequestInformation(Method.GET)
    for name, value in (
        ("ConsistencyLevel", "eventual"),
        ("Authorization", "Bearer a"),
        ("Accept", "application/json"),
    ):
        first.headers.add(name, value)
    headers = follower(GRAPH, first)(OWN).request_headers
    assert headers == {"consistencylevel": "eventual", "accept": "application/json"}


def test_no_page_twice() -> None:
    """A link that was followed before leads in a circle."""
    follow = follower(GRAPH, RequestInformation(Method.GET))
    follow(OWN)
    follow(f"{OWN}2")
    with pytest.raises(GraphUnavailable):
        follow(OWN)
