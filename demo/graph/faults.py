"""What goes wrong with the login service and Graph, on demand: a fault waits for the next calls that suit it."""

from __future__ import annotations

import asyncio
import fnmatch
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from demo.graph.calls import problem


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong `times` times, for calls whose `METHOD /path` suits the pattern (`*` for anything).

    `status` answers instead of doing; `delay_s` waits first; `drop` closes the connection `"before"` or `"after"` the
    thing was done; `malformed` answers with something that is no JSON, `truncated` breaks off in the middle of the
    right answer; `body` replaces the right answer; `wait_for` holds the call until that event of a test is set.
    `reached` is set by the first call it happens to.
    """

    pattern: str
    status: int | None = None
    code: str = "ServiceError"
    retry_after_s: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: str = ""
    malformed: bool = False
    truncated: bool = False
    body: Any = None
    wait_for: asyncio.Event | None = None
    times: int = 1
    hits: int = field(default=0, init=False)
    reached: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    def suits(self, call: str) -> bool:
        """Whether this fault is meant for such a call and not used up."""
        return self.hits < self.times and fnmatch.fnmatchcase(call, self.pattern)


class Faults:
    """The faults that are waiting for their call."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, pattern: str, **what: Any) -> Fault:
        """Inject a fault: `add("GET */users/delta*", status=429, retry_after_s=1, times=2)`."""
        fault = Fault(pattern, **what)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting.clear()

    async def around(
        self, request: web.Request, do: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Do it, unless a fault waits for such a call."""
        call = f"{request.method} {request.path}"
        fault = next((fault for fault in self._waiting if fault.suits(call)), None)
        if fault is None:
            return await do(request)
        fault.hits += 1
        fault.reached.set()
        if fault.wait_for:
            await fault.wait_for.wait()
        if fault.delay_s:
            await asyncio.sleep(fault.delay_s)
            if request.transport is None or request.transport.is_closing():
                return web.Response(status=500)  # whoever asked has gone
        if fault.status:
            wait = {} if fault.retry_after_s is None else {"Retry-After": f"{fault.retry_after_s:g}"}
            headers = {**fault.headers, **wait}
            return problem(fault.status, fault.code, headers=headers)
        if fault.drop == "before":
            return _dropped(request)
        answer = await do(request)
        if fault.drop:
            return _dropped(request)
        if fault.malformed:
            return web.Response(text='{"value": [{"id": ', content_type="application/json")
        if fault.body is not None:
            return web.json_response(fault.body)
        return await _cut(request, answer) if fault.truncated else answer


def _dropped(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def _cut(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """Announces the whole answer and breaks off in the middle."""
    whole = answer.body if isinstance(answer, web.Response) and isinstance(answer.body, bytes) else b"{}"
    half = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(whole))})
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    if request.transport:
        request.transport.abort()
    return half
