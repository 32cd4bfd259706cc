"""Catches what blocks the event loop: blocking calls by the thread that runs it, and callbacks that compute for long.

    with guarding() as guard:
        await graph.ask(...)
    assert guard.blocked == []
    assert guard.longest_s < LONGEST_STEP_S

A blocking call is one that waits in the kernel: connecting, sending and receiving on a socket that has a time limit or
none, resolving a name, sleeping, starting a program, opening a file (but a Python module), waiting for a thread's end.
Computing is measured in the thread's own CPU time, which a busy machine does not change.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import functools
import socket
import ssl
import sys
import threading
import time
import traceback
from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LONGEST_STEP_S = 0.5
"""CPU seconds of one callback. The stand-in and the test run in the same loop, and make tokens and mails there."""
AUDITED = frozenset(
    {
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.system",
        "open",
    }
)
ON_SOCKETS = ("recv", "recv_into", "send", "sendall", "recvfrom", "sendto", "accept")
ON_TLS = ("do_handshake", "read", "write", "recv", "recv_into", "send", "sendall", "unwrap")
MODULES = (".py", ".pyc", ".so")


class Guard:
    """What blocked the loop of this thread: the call, and the lines that led to it."""

    def __init__(self) -> None:
        self.thread_id = threading.get_ident()
        self.blocked: list[str] = []
        self.longest_s = 0.0

    def note(self, what: str) -> None:
        """A blocking call, if it is this thread's and a callback of the loop made it."""
        if threading.get_ident() == self.thread_id and events._get_running_loop() is not None:
            lines = traceback.extract_stack(limit=12)[:-2]
            self.blocked.append(what + "".join(f"\n  {line.filename}:{line.lineno} {line.name}" for line in lines))

    def step(self, seconds: float) -> None:
        """How long a callback of the loop computed."""
        if threading.get_ident() == self.thread_id:
            self.longest_s = max(self.longest_s, seconds)


_guards: list[Guard] = []


@functools.cache
def _listen() -> None:
    """An audit hook cannot be taken away again, so there is one for the process."""
    sys.addaudithook(_audited)


def _audited(event: str, args: tuple[Any, ...]) -> None:
    if not _guards or event not in AUDITED:
        return
    if event == "socket.connect" and args[0].gettimeout() == 0:
        return
    if event == "open" and (not isinstance(args[0], str | Path) or str(args[0]).endswith(MODULES)):
        return
    _note(f"{event} {args[1:] if event == 'socket.connect' else args!s:.200}")


def _note(what: str) -> None:
    for guard in _guards:
        guard.note(what)


Wrap = Callable[[Any], Any]


def _on_socket(name: str) -> Wrap:
    """A call on a socket, which blocks unless the socket has no time limit at all (0)."""

    def wrap(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        def watched(self: socket.socket, *args: Any, **kwargs: Any) -> Any:
            if self.gettimeout() != 0:
                _note(name)
            return call(self, *args, **kwargs)

        return watched

    return wrap


def _sleeping(sleep: Callable[[float], None]) -> Callable[[float], None]:
    def watched(seconds: float) -> None:
        _note("time.sleep")
        sleep(seconds)

    return watched


def _waiting(result: Callable[..., Any]) -> Callable[..., Any]:
    def watched(future: concurrent.futures.Future[Any], timeout: float | None = None) -> Any:
        if not future.done():
            _note("Future.result")
        return result(future, timeout)

    return watched


def _joining(join: Callable[..., Any]) -> Callable[..., Any]:
    def watched(thread: threading.Thread, timeout: float | None = None) -> Any:
        if thread.is_alive():
            _note("Thread.join")
        return join(thread, timeout)

    return watched


def _timed(run: Callable[[Any], None]) -> Callable[[Any], None]:
    def timed(handle: asyncio.Handle) -> None:
        began_s = time.thread_time()
        run(handle)
        for guard in _guards:
            guard.step(time.thread_time() - began_s)

    return timed


WATCHED: tuple[tuple[Any, str, Wrap], ...] = (
    *((socket.socket, name, _on_socket(f"socket.{name}")) for name in ON_SOCKETS),
    *((ssl.SSLSocket, name, _on_socket(f"tls.{name}")) for name in ON_TLS),
    (asyncio.Handle, "_run", _timed),
    (concurrent.futures.Future, "result", _waiting),
    (threading.Thread, "join", _joining),
    (time, "sleep", _sleeping),
)


@contextmanager
def guarding() -> Iterator[Guard]:
    """Watches the loop that runs in this thread. Not inside another one."""
    _listen()
    guard = Guard()
    before = [owner.__dict__.get(name) for owner, name, _ in WATCHED]
    for owner, name, wrap in WATCHED:
        setattr(owner, name, wrap(getattr(owner, name)))
    _guards.append(guard)
    try:
        yield guard
    finally:
        _guards.remove(guard)
        for (owner, name, _), was in zip(WATCHED, before, strict=True):
            if was is None:
                delattr(owner, name)
            else:
                setattr(owner, name, was)
