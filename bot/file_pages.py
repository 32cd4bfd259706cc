"""GET /files/{token}: the bytes behind a link, for whoever holds one that is signed, has not ended and still may.

What customers send is never shown by the browser in our name: it is saved to disk, its type is not guessed, and
nothing in it can run. The answer is not kept anywhere on its way.
"""

from __future__ import annotations

import html
import logging
from datetime import datetime
from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from bot.downloads import load_download
from bot.links import BadLink, Download, Purpose, read_link
from bot.turn import Policy
from cards.language import texts_for
from contract.people import Language
from storage.database import Database
from storage.errors import NotFound

CHUNK_BYTES = 256 * 1024
"""What is handed to the network at a time, so that nobody else waits for a large file."""

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_log = logging.getLogger(__name__)


async def serve_file(request: web.Request, database: Database, policy: Policy, now: datetime) -> web.StreamResponse:
    """What is behind a link, or a page that says what to do instead."""
    try:
        link = read_link(policy.link_key, request.match_info["token"])
    except BadLink:
        return _page(HTTPStatus.NOT_FOUND, tuple(Language))
    if now >= link.good_until:
        return _page(HTTPStatus.GONE, (link.language,), link.purpose)
    try:
        found = await database.read(partial(load_download, link=link))
    except NotFound:
        return _page(HTTPStatus.NOT_FOUND, (link.language,), link.purpose)
    _log.info("%s %s opened with the link of person %s", link.purpose.value, link.thing_id, link.person_id)
    return await _send(request, found)


async def _send(request: web.Request, found: Download) -> web.StreamResponse:
    response = web.StreamResponse(headers=HEADERS)
    response.content_type = found.content_type
    response.content_length = len(found.content)
    response.headers["Content-Disposition"] = disposition(found.name)
    await response.prepare(request)
    if request.method != "HEAD":
        content = memoryview(found.content)
        for start in range(0, len(content), CHUNK_BYTES):
            await response.write(content[start : start + CHUNK_BYTES])
    await response.write_eof()
    return response


def disposition(name: str) -> str:
    """To be saved under this name: exactly for browsers of today, in plain letters for the others (RFC 6266)."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%;' else "_" for char in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _page(status: HTTPStatus, languages: tuple[Language, ...], purpose: Purpose | None = None) -> web.Response:
    """What to do instead. Who made up a link is told in both languages, since nothing is known of them."""
    said = []
    for language in languages:
        t = texts_for(language)
        if status is HTTPStatus.GONE:
            lines = (t("This link has ended"), t("Links to files work for 10 minutes."))
        else:
            lines = (t("This link does not work"), t("It may be incomplete, or the file is not yours to see any more."))
        advice = (
            t("Open the ticket in Teams and click Files again.")
            if purpose is Purpose.FILE
            else t("Go back to Teams and click the button on the card again.")
        )
        title, reason = (html.escape(line) for line in lines)
        said.append(f'<div lang="{language.value}"><h1>{title}</h1><p>{reason} {html.escape(advice)}</p></div>')
    lang = languages[0].value
    body = (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Four Star Support</title></head>'
        f"<body>{''.join(said)}</body></html>"
    )
    return web.Response(status=status, text=body, content_type="text/html", headers=HEADERS)
