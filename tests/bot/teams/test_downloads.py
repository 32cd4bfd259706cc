"""Fetching files from a server that really listens, and everything that must not be fetched."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.teams.connector import BotConnector
from bot.teams.downloads import Downloads
from bot.teams.hosts import FILE_HOSTS, TEAMS_HOSTS, TrustedHosts
from bot.wire import Attachment, Busy, InDoubt, Refused
from tests.bot.teams.line import OneToken
from tests.bot.teams.stand_in import APP_ID, LOCAL

PNG = b"\x89PNG" + bytes(range(256)) * 40


class FileServer:
    """Serves what people send; remembers who asked for what with which token."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.location = ""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self.server = TestServer(app)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.raw_path, request.headers.get("Authorization")))
        path = request.match_info["path"]
        if path.isdigit():
            return web.Response(status=int(path), headers={"Location": self.location} if path.startswith("3") else None)
        if path == "endless":
            response = web.StreamResponse()
            await response.prepare(request)
            while True:
                await response.write(PNG)
        if path == "zipped":
            return web.Response(body=gzip.compress(b"\0" * 100_000), headers={"Content-Encoding": "gzip"})
        if path == "broken":
            assert request.transport is not None
            request.transport.close()
        return web.Response(body=PNG)


class Net:
    """The file server, and a connector that may fetch from it."""

    def __init__(self, session: aiohttp.ClientSession, server: FileServer) -> None:
        self.server = server
        self.session = session
        self.connector = BotConnector(session, OneToken(), app_id=APP_ID, hosts=LOCAL)

    def file(self, path: str = "report.pdf", *, needs_token: bool = False) -> Attachment:
        """An attachment on the server."""
        return Attachment("x", "image/png", str(self.server.server.make_url("/")) + path, needs_token)


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    """A server with files."""
    server = FileServer()
    async with server.server, aiohttp.ClientSession() as session:
        yield Net(session, server)


async def test_a_file_is_fetched_without_the_token(net: Net) -> None:
    """A pre-signed address is used to the letter, and the bot's token stays at home."""
    assert await net.connector.download(net.file("report.pdf?tempauth=a%2Fb+c%3d"), len(PNG)) == PNG
    assert net.server.asked == [("/report.pdf?tempauth=a%2Fb+c%3d", None)]


async def test_a_picture_is_fetched_with_the_token(net: Net) -> None:
    """A pasted picture lies at the Bot Connector, which asks for the bot's token."""
    assert await net.connector.download(net.file(needs_token=True), len(PNG)) == PNG
    assert net.server.asked == [("/report.pdf", "Bearer the-token")]


@pytest.mark.parametrize("path", ["report.pdf", "endless", "zipped"])
async def test_a_file_past_the_limit_is_refused(net: Net, path: str) -> None:
    """Announced, streamed without end, or hidden by compression: reading stops at the limit."""
    with pytest.raises(Refused) as refused:
        await net.connector.download(net.file(path), len(PNG) - 1)
    assert refused.value.status == 413


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "http://contoso-my.sharepoint.com/x",
        "https://169.254.169.254/metadata/identity",
        "http://127.0.0.1:80/",
        "http://localhost/",
        "file:///etc/passwd",
        "https://contoso.sharepoint.com@evil.example/",
        "data:image/png;base64,AAAA",
        "",
    ],
)
@pytest.mark.parametrize("needs_token", [True, False])
async def test_other_hosts_are_not_asked(net: Net, url: str, *, needs_token: bool) -> None:
    """Whoever can send a file must not be able to make the bot read other machines, least of all with its token."""
    connector = BotConnector(net.session, OneToken(), app_id=APP_ID, hosts=TrustedHosts(TEAMS_HOSTS))
    with pytest.raises(Refused) as refused:
        await connector.download(Attachment("x", "image/png", url, needs_token), 100)
    assert refused.value.status == 400


def test_the_token_is_for_teams_hosts_only(net: Net) -> None:
    """A picture that claims to lie at the connector but lies in a OneDrive gets no token, and is not fetched either."""
    downloads = Downloads(net.session, TrustedHosts(TEAMS_HOSTS), TrustedHosts(FILE_HOSTS))
    at_teams = Attachment("x", "image/png", "https://smba.trafficmanager.net/emea/v3/attachments/1", needs_token=True)
    assert downloads.wants_token(at_teams)
    url = "https://contoso-my.sharepoint.com/x"
    assert not downloads.wants_token(Attachment("x", "image/png", url, needs_token=True))
    assert not downloads.wants_token(Attachment("x", "image/png", at_teams.url, needs_token=False))


async def test_a_redirect_within_the_list_is_followed(net: Net) -> None:
    """A file that has moved on an allowed host is still fetched."""
    net.server.location = "/moved?x=%2F"
    assert await net.connector.download(net.file("302"), len(PNG)) == PNG
    assert [path for path, _ in net.server.asked] == ["/302", "/moved?x=%2F"]


@pytest.mark.parametrize("location", ["http://10.0.0.1/", "https://evil.example/", "//evil.example/x", "http://[::"])
async def test_a_redirect_to_another_host_is_not(net: Net, location: str) -> None:
    """An allowed host that points elsewhere does not widen the list."""
    net.server.location = location
    with pytest.raises(Refused) as refused:
        await net.connector.download(net.file("307"), len(PNG))
    assert refused.value.status == 400
    assert len(net.server.asked) == 1


async def test_redirects_end(net: Net) -> None:
    """A circle of redirects is left after three."""
    net.server.location = "/301"
    with pytest.raises(Refused, match="TooManyRedirects"):
        await net.connector.download(net.file("301"), len(PNG))
    assert len(net.server.asked) == 4


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_file_that_is_gone(net: Net, status: int) -> None:
    """A link that has ended says so, with its status."""
    with pytest.raises(Refused) as refused:
        await net.connector.download(net.file(str(status)), len(PNG))
    assert refused.value.status == status


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_file_that_may_come_later(net: Net, status: int) -> None:
    """Reading changes nothing, so every fault of the other side may be tried again."""
    with pytest.raises(Busy):
        await net.connector.download(net.file(str(status)), len(PNG))


async def test_a_connection_that_breaks(net: Net) -> None:
    """A file that broke off is not a file."""
    with pytest.raises(InDoubt):
        await net.connector.download(net.file("broken"), len(PNG))


async def test_a_server_that_is_not_there(net: Net) -> None:
    """Nobody answered: later."""
    file = net.file()
    await net.server.server.close()
    with pytest.raises(Busy):
        await net.connector.download(file, len(PNG))
