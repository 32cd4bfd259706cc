"""`fourstar serve` as a process: it says when it serves, ends on a signal, and names what keeps it from starting."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.bot.cli.test_commands import SETTINGS

RUN = "import sys; from bot.cli import app; sys.argv[0] = 'fourstar'; app()"


def start(database_url: str, port: int) -> subprocess.Popen[str]:
    """Start the bot."""
    values = {**SETTINGS, "DATABASE_URL": database_url, "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    own = {f"FOURSTAR_{name}": value for name, value in values.items()}
    return subprocess.Popen(
        [sys.executable, "-c", RUN, "serve"],
        env={**os.environ, **own},
        cwd=Path(__file__).parents[3],
        stderr=subprocess.PIPE,
        text=True,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal(sqlite_url: str, number: signal.Signals) -> None:
    """It answers once it says that it serves; SIGTERM and Ctrl-C end it with exit code 0 and a last line."""
    port = free_port()
    with start(sqlite_url, port) as process:
        try:
            assert process.stderr is not None
            assert any(json.loads(line)["event"] == "serving" for line in process.stderr)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
                assert answer.status == 200
            process.send_signal(number)
            events = [json.loads(line)["event"] for line in process.stderr]
            assert events[-1] == "stopped"
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def test_a_port_that_is_taken_is_named(sqlite_url: str) -> None:
    """It ends with exit code 1 and the variables to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken, start(sqlite_url, taken.getsockname()[1]) as process:
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert "FOURSTAR_PORT" in said
    assert "Traceback" not in said
