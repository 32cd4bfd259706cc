"""One Chromium for all browser tests. Where it is missing they fail and name the command that gets it: none is
skipped.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from demo.chromium import start_chromium
from demo.pictures import Pictures


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All browser tests run in one worker, so that there is one Chromium and not one per core."""
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A Chromium."""
    async with async_playwright() as playwright:
        started = await start_chromium(playwright)
        yield started
        await started.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def pictures() -> AsyncIterator[Pictures]:
    """Microsoft's card renderer, ready."""
    async with Pictures() as started:
        yield started
