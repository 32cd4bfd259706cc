"""A test that hangs fails, and says where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFIGURATION = Path(__file__).parent.parent / "pyproject.toml"

HANGING = """
import asyncio, threading

async def forget_to_set():
    await asyncio.Event().wait()

async def test_hangs():
    await forget_to_set()
"""


def test_a_test_that_hangs_fails_with_its_stack(tmp_path: Path) -> None:
    """The watchdog of the project ends a test that waits forever, and shows the stack of every thread."""
    (tmp_path / "test_hanging.py").write_text(HANGING)
    options = ["-c", str(CONFIGURATION), "--rootdir", str(tmp_path), "--timeout", "1", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode != 0
    assert "Timeout" in ended.stdout + ended.stderr
    assert "run_until_complete" in ended.stdout + ended.stderr
    assert "timeout = " in CONFIGURATION.read_text()
