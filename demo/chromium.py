"""Finds a Chromium and says how it is started: headless, without a sandbox (containers run as root), without
connections of its own.
"""

from __future__ import annotations

import os
import shutil

from playwright.async_api import Browser, Playwright

from demo.node import ToolMissing

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
)


def find_chromium() -> str:
    """The path of a Chromium: the variable CHROMIUM, otherwise from PATH. Raises `ToolMissing`."""
    for name in (os.environ.get("CHROMIUM", ""), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise ToolMissing("A Chromium is needed: sudo apt install chromium (or set CHROMIUM=/path/to/it)")


async def start_chromium(playwright: Playwright) -> Browser:
    """A browser, to be closed by the caller. Raises `ToolMissing`."""
    return await playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=list(FLAGS))
