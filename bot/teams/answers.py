"""The bodies that answer an invoke: HTTP 200, and the outcome inside, as Universal Actions document them.

A card's JSON is put in as it is, not parsed and written again.
"""

from __future__ import annotations

from typing import Any

import orjson

from bot.wire import Reply

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MESSAGE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"

EMPTY = b""
"""For invokes whose documented "nothing to say" is an empty 200 (dialogs, file consent, feedback)."""

_NO_RESULTS: dict[str, Any] = {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": []}}
_NOT_OURS: dict[str, Any] = {
    "composeExtension/query": _NO_RESULTS,
    "composeExtension/queryLink": _NO_RESULTS,
    "composeExtension/anonymousQueryLink": _NO_RESULTS,
    "composeExtension/selectItem": _NO_RESULTS,
    "application/search": {
        "statusCode": 200,
        "type": "application/vnd.microsoft.search.searchResponse",
        "value": {"results": []},
    },
}


def action_answer(reply: Reply | None) -> bytes:
    """The answer to a click: the card that replaces the clicked one, or a line of text, shown as an error where it is
    one.

    None is a line without text: Teams shows an answer without a body as "Unable to reach app" and sends the click
    again.
    """
    if reply is not None and reply.card is not None:
        return _body(200, CARD_TYPE, orjson.Fragment(reply.card.json))
    text = (reply.text if reply is not None else None) or ""
    if reply is not None and reply.is_error:
        return error_answer(400, "Refused", text)
    return _body(200, MESSAGE_TYPE, text)


def error_answer(status: int, code: str, text: str) -> bytes:
    """An error inside a 200. `status` is one Teams documents: 400 for what was asked, 500 for a fault of ours."""
    return _body(status, ERROR_TYPE, {"code": code, "message": text})


def answer_to_others(name: object) -> bytes:
    """The harmless answer to an invoke this bot has no use for: nothing found, nothing to show."""
    found = _NOT_OURS.get(name) if isinstance(name, str) else None
    return EMPTY if found is None else orjson.dumps(found)


def _body(status: int, kind: str, value: object) -> bytes:
    return orjson.dumps({"statusCode": status, "type": kind, "value": value})
