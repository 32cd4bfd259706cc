"""What both measured servers share: they listen on a free port, tell which, and say how much CPU time they used."""

from __future__ import annotations

import asyncio
import sys
import time

from aiohttp import web


async def _spent(request: web.Request) -> web.Response:
    return web.json_response({"cpu_s": time.process_time()})


async def serve(app: web.Application) -> None:
    """Serve until stdin is closed."""
    app.router.add_get("/bench/cpu", _spent)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    try:
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await runner.cleanup()
