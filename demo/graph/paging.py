"""Lists that come in pages and answer to no filter."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from demo.graph.calls import Call, No
from demo.graph.queries import MOST_PER_PAGE, first_page, next_page


def pages(call: Call, items: list[dict[str, Any]], *, context: str, most: int = MOST_PER_PAGE) -> web.Response:
    """The page that a link leads to, or the first one, of at most so many. Raises `No`."""
    if (page := next_page(call)) is not None:
        return page
    top = call.request.query.get("$top", "1")
    if not top.isdecimal() or int(top) > most:
        raise No(400, "BadRequest", f"The limit of '{most}' for Top query has been exceeded.")
    return first_page(call, items, context=context)
