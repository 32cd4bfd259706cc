"""`fourstar serve` runs the bot; `fourstar demo` plays it on this machine without Microsoft."""

from __future__ import annotations

import asyncio
import importlib.util
import runpy
import signal
import sys
from typing import Annotated

import structlog
import typer

from bot.cli.opened import NOT_DONE, fail, guarded, settings
from bot.clock import SystemClock
from bot.settings import Settings

FINISH_S = 15.0
"""How long requests under way may take after the bot was asked to stop."""


def serve() -> None:
    """Run the bot until SIGTERM or Ctrl-C; what is under way is finished first."""
    from bot.logs import configure

    given = settings()
    configure(given.log_level, given.log_format)
    try:
        guarded(lambda: asyncio.run(run(given)), SystemClock().now())
    except OSError as error:
        fail(f"Can't listen on {given.host}:{given.port} ({error.strerror}). Set FOURSTAR_HOST or FOURSTAR_PORT.")


async def run(given: Settings) -> None:
    """Serve until a signal comes. Raises OSError where the port is taken, StorageError where the database is."""
    from aiohttp import web

    from bot.app import create_app

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log = structlog.get_logger(__name__)
    runner = web.AppRunner(create_app(given), access_log=None, handle_signals=False, shutdown_timeout=FINISH_S)
    try:
        await runner.setup()
        await web.TCPSite(runner, given.host, given.port).start()
        log.info("serving", host=given.host, port=given.port)
        await stop.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()
    log.info("stopped")


def demo(once: Annotated[bool, typer.Option("--once", help="Play the story and stop.")] = False) -> None:
    """Play the main story on this machine, then open a window per person. Only in a clone of the repository."""
    if importlib.util.find_spec("demo") is None:
        fail("The demo is in the repository, not in the installed package. Clone it and run: make demo", NOT_DONE)
    # Run as `python -m demo`: product code knows nothing of the stand-ins.
    sys.argv = ["demo", *(["--once"] if once else [])]
    runpy.run_module("demo", run_name="__main__", alter_sys=True)
