"""Kiota's retries (429, 503, 504, three times), made patient for the tenant and impatient for the slot.

Imported in a thread by `graph/line.py`, because kiota_http costs as much as the SDK.
"""

from __future__ import annotations

import asyncio

import httpx
from kiota_http.middleware import RetryHandler
from kiota_http.middleware.middleware import REQUEST_OPTIONS_KEY
from kiota_http.middleware.options import RetryHandlerOption

from graph.errors import GraphUnavailable
from graph.line import LONGEST_KEPT_S, LONGEST_PAUSE_S, Pause, Sender

_WHOLE_APP = "application/"
_NO_PAUSE = Pause()


class PatientRetries(RetryHandler):
    """As kiota's; a pause holds for the tenant (or the whole app), and a long one ends the question."""

    def __init__(self, option: RetryHandlerOption) -> None:
        super().__init__(option)
        self._app = Pause()

    async def send(self, request: httpx.Request, transport: httpx.AsyncBaseTransport) -> httpx.Response:
        """Wait for a pause that holds already, then as kiota does. Raises `GraphUnavailable` for a long one."""
        sender = (request.extensions.get(REQUEST_OPTIONS_KEY) or {}).get(Sender.get_key())
        pause = sender.pause if isinstance(sender, Sender) else _NO_PAUSE
        request.extensions[Sender.get_key()] = sender  # the options are taken away before the first answer
        left_s = max(pause.left_s(), self._app.left_s())
        if left_s > LONGEST_PAUSE_S:
            raise GraphUnavailable(429, "paused", left_s)
        if left_s:
            await asyncio.sleep(left_s)
        return await super().send(request, transport)

    def get_delay_time(self, retry_count: int, response: httpx.Response | None = None, delay: float = 0) -> float:
        """As kiota computes it, and kept as the tenant's pause after a 429."""
        wait_s: float = super().get_delay_time(retry_count, response, delay)
        if response is not None and response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            sender = response.request.extensions.get(Sender.get_key())
            is_all = response.headers.get("x-ms-throttle-scope", "").lower().startswith(_WHOLE_APP)
            pause = self._app if is_all else sender.pause if isinstance(sender, Sender) else _NO_PAUSE
            pause.begin(min(wait_s, LONGEST_KEPT_S))
        return wait_s if wait_s <= LONGEST_PAUSE_S else float(RetryHandlerOption.MAX_DELAY)
