"""The form with which Microsoft has an administrator's browser come back, read from whoever sends one (R25).

It is small, has a few fields, and is all there soon. What is none, or was sent by somebody else, has no state of ours
in it, so nothing is said about what was wrong with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

LONGEST_FORM = 64 * 1024
MOST_FIELDS = 50
PATIENCE_S = 10.0
_FORM = "application/x-www-form-urlencoded"


async def read_form(request: web.Request, *, patience_s: float = PATIENCE_S) -> Mapping[str, str]:
    """The fields by their names; none where it is no such form, is too large, or does not end."""
    if request.content_type != _FORM or (request.content_length or 0) > LONGEST_FORM:
        return {}
    body = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            async for part in request.content.iter_any():
                body += part
                if len(body) > LONGEST_FORM:
                    return {}
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except (TimeoutError, ValueError):
        return {}
