"""Long lists, a page at a time, with a link to the next page as Graph gives it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from demo.graph.calls import Call, No

PAGE_SIZE = "page_size"
"""`tenant.kept[PAGE_SIZE] = 2` makes the pages of every list in that tenant so short."""


def page(call: Call, items: Sequence[dict[str, Any]], *, context: str, most: int = 999) -> dict[str, Any]:
    """The page that was asked for, by `$top` and by the token of the page before. Raises `No`."""
    query = call.request.query
    try:
        begin, wanted = int(query.get("$skiptoken", "0")), int(query.get("$top", "100"))
    except ValueError as error:
        raise No(400, "BadRequest", "Invalid $top or $skiptoken.") from error
    if not 1 <= wanted <= most:
        raise No(400, "BadRequest", f"Invalid page size specified: '{wanted}'. Must be between 1 and {most} inclusive.")
    size = min(wanted, int(call.tenant.kept.get(PAGE_SIZE, most)))
    answer: dict[str, Any] = {"@odata.context": f"{call.url}/$metadata#{context}"}
    if begin + size < len(items):
        link = call.request.url.update_query({"$skiptoken": str(begin + size)})
        answer["@odata.nextLink"] = f"{call.stand_in.url}{link.raw_path_qs}"
    return {**answer, "value": list(items[begin : begin + size])}
