"""What the tests of files share: a place that Teams would keep files in, and what became of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from bot.delivery import Delivery
from bot.fetching import FileKinds
from bot.limits import Limits
from bot.wire import Attachment, Member, Message, Refused
from storage.tables import file_contents, files
from tests.bot.deliveries import SetClock
from tests.bot.people import Somebody, World

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
_numbers = itertools.count(1)


@dataclass
class Place:
    """A connector that only has files: bytes by address, or the errors it raises first."""

    contents: dict[str, bytes] = field(default_factory=dict)
    errors: dict[str, list[Exception]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def offer(self, name: str, content: bytes = PNG, *, pasted: bool = False, errors: Any = ()) -> Attachment:
        """A file that can be sent and fetched."""
        url = f"https://files.example/{next(_numbers)}?tempauth=secret"
        self.contents[url] = content
        self.errors[url] = list(errors)
        kind = "image/*" if pasted else "application/octet-stream"
        return Attachment(name, kind, url, needs_token=pasted)

    async def download(self, attachment: Attachment, limit_bytes: int) -> bytes:
        """The bytes, or the next error."""
        self.asked.append(attachment.url)
        if self.errors[attachment.url]:
            raise self.errors[attachment.url].pop(0)
        content = self.contents[attachment.url]
        if len(content) > limit_bytes:
            raise Refused(413, "TooLarge")
        return content

    async def send(self, service_url: str, conversation_id: str, message: Message) -> str:
        """Nothing is posted here."""
        raise NotImplementedError

    async def update(self, service_url: str, conversation_id: str, activity_id: str, message: Message) -> None:
        """Nothing is posted here."""
        raise NotImplementedError

    async def open_chat(self, service_url: str, tenant_id: str, user_id: str) -> str:
        """Nothing is posted here."""
        raise NotImplementedError

    async def member(self, service_url: str, conversation_id: str, user_id: str) -> Member:
        """Nobody is here."""
        raise NotImplementedError

    async def fetch(self, world: World, *, hours: int = 0) -> None:
        """Have everything fetched whose time has come, then let so many hours pass, an attempt at a time."""
        clock = SetClock()
        clock.at = world.now
        kinds = FileKinds(world.database, self, world.router.policy).kinds()
        # Postings wait: what a test looks at is that they do.
        delivery = Delivery(world.database, kinds, clock, Limits(clock), slots=4)
        await delivery.start()
        await delivery.drained()
        for _ in range(hours * 12):
            clock.move(300)
            await delivery.drained()
        await delivery.stop()
        world.now = clock.now()


async def file_rows(world: World) -> list[dict[str, Any]]:
    """Every file as it is kept, oldest first."""
    query = select(files).order_by(files.c.id)
    return await world.database.read(lambda session: [dict(row._mapping) for row in session.execute(query)])


async def contents(world: World) -> int:
    """How many different contents are kept."""
    query = select(func.count()).select_from(file_contents)
    return int(await world.database.read(lambda session: session.execute(query).scalar_one()))


async def files_shown(world: World, who: Somebody) -> list[dict[str, Any]]:
    """The cards about sent files that wait for somebody."""
    return [row for row in await world.waiting(who) if row["kind"] == "show" and row["view"] == "files"]


async def lines_for(world: World, who: Somebody) -> int:
    """How many lines of notification wait for somebody."""
    return sum(row["kind"] == "line" for row in await world.waiting(who))
