"""The guard of the event loop catches what it says: a guard that sees nothing would let every test pass."""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from tests.loop_guard import LONGEST_STEP_S, guarding


def connect(port: int, _folder: Path) -> None:
    """As every synchronous library does."""
    with socket.create_connection(("127.0.0.1", port)) as connected:
        connected.sendall(b"x")
        connected.recv(1)


def fetch(port: int, _folder: Path) -> None:
    """What msal does inside."""
    with pytest.raises(requests.RequestException):
        requests.get(f"https://127.0.0.1:{port}", timeout=5)


def open_file(_port: int, folder: Path) -> None:
    """A file that is no module."""
    (folder / "notes.txt").write_text("x", encoding="utf-8")


def resolve(_port: int, _folder: Path) -> None:
    """A name."""
    socket.getaddrinfo("localhost", 80)


def sleep(_port: int, _folder: Path) -> None:
    """Doing nothing."""
    time.sleep(0.001)


def start(_port: int, _folder: Path) -> None:
    """A program."""
    subprocess.run([sys.executable, "-S", "-c", "pass"], check=True)


def join(_port: int, _folder: Path) -> None:
    """Waiting for a thread."""
    thread = threading.Thread(target=time.sleep, args=(0.05,))
    thread.start()
    thread.join()


def wait(_port: int, _folder: Path) -> None:
    """Waiting for what a thread works out."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.05).result()


class Answers:
    """Something that listens in a thread of its own, and answers with one letter."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        accepted, _ = self.listening.accept()
        with accepted:
            accepted.recv(1)
            accepted.sendall(b"y")


@pytest.mark.parametrize(
    "call,named",
    [
        (connect, "socket.connect"),
        (connect, "socket.recv"),
        (fetch, "socket.connect"),
        (open_file, "open"),
        (resolve, "socket.getaddrinfo"),
        (sleep, "time.sleep"),
        (start, "subprocess.Popen"),
        (join, "Thread.join"),
        (wait, "Future.result"),
    ],
)
async def test_a_blocking_call_is_caught(call: Callable[[int, Path], None], named: str, tmp_path: Path) -> None:
    """Made by the loop's thread it is caught and named; made in a thread it is nobody's business."""
    first, second = Answers(), Answers()
    with guarding() as guard:
        await asyncio.to_thread(call, first.port, tmp_path)
        assert guard.blocked == []
        call(second.port, tmp_path)
    assert any(found.startswith(named) for found in guard.blocked), guard.blocked
    first.listening.close()
    second.listening.close()


async def test_waiting_in_the_loop_is_not_blocking() -> None:
    """What the loop itself does, connecting, resolving and sleeping included, is not caught."""
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    with guarding() as guard:
        reader, writer = await asyncio.open_connection("localhost", listening.sockets[0].getsockname()[1])
        await reader.read()
        writer.close()
        await asyncio.sleep(0.001)
    listening.close()
    assert guard.blocked == []
    assert guard.longest_s < LONGEST_STEP_S


async def test_computing_for_long_is_measured() -> None:
    """A callback that computes is found by its own CPU time, however busy the machine is."""

    async def compute() -> None:
        until_s = time.thread_time() + 0.05
        while time.thread_time() < until_s:
            pass

    with guarding() as guard:
        await asyncio.create_task(compute())
    assert 0.05 <= guard.longest_s < 0.2
