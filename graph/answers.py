"""Answers that are evidence: read as they came, digested, and only then taken apart (R25).

Who reads a consent out of an answer must not guess: where a field is missing that Graph always gives, the answer is
malformed, which is no answer at all. An empty list is something else: it says that there is nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from graph.client import Graph
from graph.errors import GraphRefused, GraphUnavailable
from graph.texts import kept

if TYPE_CHECKING:
    from kiota_abstractions.request_information import RequestInformation

MOST_PAGES = 200
"""More than any list of ours has; a list that goes on is one whose links lead in a circle."""
MOST_BYTES = 64 * 1024 * 1024
"""Of all pages of a list together."""
MALFORMED = "malformed"
NEXT = "@odata.nextLink"

Item = Mapping[str, Any]
Follow = Callable[[str], "RequestInformation"]
"""From the address of the next page to the question for it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, taken apart; and as it came."""

    body: Item
    raw: bytes


@dataclass(frozen=True, slots=True)
class Listing:
    """All pages of a list; `raw` is what came, page by page."""

    items: tuple[Item, ...]
    raw: tuple[bytes, ...]


def malformed() -> GraphUnavailable:
    """What is raised where an answer is not what Graph gives; asking again may succeed."""
    return GraphUnavailable(200, MALFORMED)


def digest_of(*raw: bytes) -> str:
    """The SHA-256 of answers in this order, each with its length, so that no two lists of answers share one."""
    found = hashlib.sha256()
    for one in raw:
        found.update(len(one).to_bytes(8))
        found.update(one)
    return found.hexdigest()


async def read(graph: Graph, question: RequestInformation, *, missing: Collection[str] | None = None) -> Answer:
    """One answer. Raises `NoAccess`, `GraphRefused` or `GraphUnavailable`.

    `missing` names the codes, in small letters, with which Graph says that there is no such thing; a 404 with any
    other, such as a gateway's, is then a failed question.
    """
    try:
        raw = await graph.ask_raw(question)
    except GraphRefused as error:
        if missing is not None and error.status == HTTPStatus.NOT_FOUND and error.code.lower() not in missing:
            raise GraphUnavailable(error.status, error.code) from error
        raise
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise malformed() from error
    if not isinstance(body, dict):
        raise malformed()
    return Answer(body, raw)


async def read_list(
    graph: Graph, question: RequestInformation, follow: Follow, *, missing: Collection[str] | None = None
) -> Listing:
    """All pages of a list, in order: all of it or an error, as a part of a list looks like something taken away."""
    items: list[Item] = []
    raw: list[bytes] = []
    for _ in range(MOST_PAGES):
        answer = await read(graph, question, missing=missing)
        raw.append(answer.raw)
        if sum(map(len, raw)) > MOST_BYTES:
            raise malformed()
        items += objects(answer.body, "value")
        link = answer.body.get(NEXT)
        if link is None:
            return Listing(tuple(items), tuple(raw))
        if not isinstance(link, str):
            raise malformed()
        question = follow(link)
    raise malformed()


def text(item: Item, *path: str) -> str:
    """The text at this place. Raises `GraphUnavailable` where there is none."""
    found = optional_text(item, *path)
    if not found:
        raise malformed()
    return found


def optional_text(item: Item, *path: str) -> str | None:
    """The text at this place, if there is one; None also where it is empty, as Graph at times writes it."""
    found: Any = item
    for name in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    if found is not None and not isinstance(found, str):
        raise malformed()
    return kept(found) or None if found else None


def instant(item: Item, name: str) -> datetime | None:
    """The instant at this place (aware, UTC), if there is one. Raises `GraphUnavailable` for what is none."""
    written = optional_text(item, name)
    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError as error:
        raise malformed() from error
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


def objects(item: Item, *path: str) -> Sequence[Item]:
    """The list of objects at this place. Raises `GraphUnavailable` where there is none."""
    found: Any = item
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise malformed()
    return found
