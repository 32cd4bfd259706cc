"""Links in Graph's answers: to the next page, to the changes of next time. They are used as they are, at Graph only.

What stands in a link is Graph's own business. Where it leads is ours: a link to another host is never followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from graph.answers import Follow, malformed

if TYPE_CHECKING:
    from graph.client import Graph

_CARRIED = frozenset({"accept", "consistencylevel", "prefer"})
"""Headers that count for every page. A token is not among them: it is given anew, to Graph's host only."""


def is_own(graph: Graph, link: str) -> bool:
    """Whether a link leads to the Graph that is asked."""
    try:
        asked, own = urlsplit(link), urlsplit(graph.base_url)
        same = (asked.scheme, asked.hostname, asked.port) == (own.scheme, own.hostname, own.port)
    except ValueError:
        return False
    return same and asked.username is None and asked.path.startswith(own.path + "/")


def follower(graph: Graph, question: RequestInformation) -> Follow:
    """How the pages after the first one are asked for. Raises `GraphUnavailable` for a link to another host, and for
    one that was followed before.
    """
    headers = {name: value for name, value in (question.request_headers or {}).items() if name.lower() in _CARRIED}
    followed: set[str] = set()

    def follow(link: str) -> RequestInformation:
        if link in followed:
            raise malformed()
        followed.add(link)
        return at(graph, link, headers)

    return follow


def at(graph: Graph, link: str, headers: dict[str, str] | None = None) -> RequestInformation:
    """The question that a link is. Raises `GraphUnavailable` where it leads to another host."""
    if not is_own(graph, link):
        raise malformed()
    question = RequestInformation(Method.GET)
    question.url = link
    for name, value in {"Accept": "application/json", **(headers or {})}.items():
        question.headers.try_add(name, value)
    return question
