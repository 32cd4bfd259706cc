"""When the bot's secret or certificate ends: asked from Graph over TLS, else taken from what is known."""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from graph.access import Certificate, ManagedIdentity, Secret
from graph.client import Graph, open_graph
from graph.credentials import CredentialEnd, Source, credential_end, days_left, due_warning
from graph.errors import AccessRefused

APP_ID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = Secret("abc8Q~invented")


@dataclass
class Registration:
    """What the stand-in of Graph answers, and what it was asked."""

    answers: list[tuple[int, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    asked: list[web.BaseRequest] = field(default_factory=list)

    def says(self, status: int = 200, headers: dict[str, str] | None = None, **body: Any) -> None:
        """Queue an answer; the last one stays."""
        self.answers.append((status, body, headers or {}))

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Any request."""
        self.asked.append(request)
        status, body, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.json_response(body, status=status, headers=headers)


class Tokens:
    """Tokens without a login service."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    async def get(self) -> str:
        """A token, or what went wrong."""
        if self.error is not None:
            raise self.error
        return "a-token"

    def forget(self, token: str) -> None:
        """There is no other."""


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine with its key, which ends on 1 March 2099."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 3, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "standin.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def registration() -> Registration:
    """The stand-in's answers."""
    return Registration()


@pytest.fixture
def tokens() -> Tokens:
    """The bot's tokens."""
    return Tokens()


@pytest.fixture
async def graph(registration: Registration, tokens: Tokens, pem: Path) -> AsyncIterator[Graph]:
    """A connection to the stand-in, over TLS."""
    serves = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serves.load_cert_chain(pem)
    app = web.Application()
    app.router.add_get("/{tail:.*}", registration.answer)
    server = TestServer(app)
    await server.start_server(ssl=serves)
    trusts = ssl.create_default_context(cafile=pem)
    async with open_graph(tokens, url=str(server.make_url("")).rstrip("/"), verify=trusts) as opened:
        yield opened
    await server.close()


def secret(ends: str, hint: str = "abc") -> dict[str, Any]:
    """One secret of a registration, as Graph writes it."""
    return {"endDateTime": ends, "hint": hint, "keyId": "b1", "displayName": "bot", "secretText": None}


def thumbprint_of(pem: Path) -> bytes:
    """What Entra calls a certificate by."""
    return x509.load_pem_x509_certificate(pem.read_bytes()).fingerprint(hashes.SHA1())  # noqa: S303  Entra's choice


async def end_of(graph: Graph | None, expires_on: date | None = None, credential: Any = SECRET) -> CredentialEnd | None:
    """What the bot finds out."""
    return await credential_end(credential, APP_ID, NOW, graph=graph, expires_on=expires_on)


async def test_graph_says_when_the_secret_ends(graph: Graph, registration: Registration) -> None:
    """The registration is asked for two fields, with the bot's token; of its secrets the one in use counts."""
    registration.says(
        passwordCredentials=[secret("2026-12-01T00:00:00Z", "xyz"), secret("2027-01-31T10:30:00.1234567Z")]
    )
    found = await end_of(graph, expires_on=date(2030, 1, 1))
    assert found == CredentialEnd(datetime(2027, 1, 31, 10, 30, 0, 123456, tzinfo=UTC), Source.GRAPH)
    (asked,) = registration.asked
    assert asked.path == f"/v1.0/applications(appId='{APP_ID}')"
    assert asked.query == {"$select": "passwordCredentials,keyCredentials"}
    assert asked.headers["Authorization"] == "Bearer a-token"


@pytest.mark.parametrize(
    "ends,expected",
    [
        (["2027-06-01T00:00:00Z", "2027-01-01T00:00:00Z"], datetime(2027, 1, 1, tzinfo=UTC)),
        (["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"], datetime(2027, 1, 1, tzinfo=UTC)),
        (["2025-01-01T00:00:00Z", "2026-01-01T00:00:00Z"], datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
async def test_of_several_the_next_to_end_counts(
    ends: list[str], expected: datetime, graph: Graph, registration: Registration
) -> None:
    """Of secrets that begin alike the next to end counts: a warning too early beats one too late."""
    registration.says(passwordCredentials=[secret(end) for end in ends])
    assert await end_of(graph) == CredentialEnd(expected, Source.GRAPH)


@pytest.mark.parametrize("hexadecimal", [True, False])
async def test_graph_says_when_the_certificate_ends(
    hexadecimal: bool, graph: Graph, registration: Registration, pem: Path
) -> None:
    """A certificate is recognised by its thumbprint, in both of the ways in which it is written down."""
    thumbprint = thumbprint_of(pem)
    written = thumbprint.hex().upper() if hexadecimal else base64.b64encode(thumbprint).decode()
    registration.says(
        keyCredentials=[
            {"endDateTime": "2026-12-01T00:00:00Z", "customKeyIdentifier": "no thumbprint"},
            {"endDateTime": "2027-02-01T00:00:00Z", "customKeyIdentifier": written},
        ]
    )
    found = await end_of(graph, credential=Certificate(pem))
    assert found == CredentialEnd(datetime(2027, 2, 1, tzinfo=UTC), Source.GRAPH)


async def test_a_certificate_knows_its_own_end(graph: Graph, registration: Registration, pem: Path) -> None:
    """A certificate that Graph does not show, or that Graph is not asked about, ends when it says itself."""
    registration.says(keyCredentials=[])
    itself = CredentialEnd(datetime(2099, 3, 1, tzinfo=UTC), Source.CERTIFICATE)
    assert await end_of(graph, credential=Certificate(pem)) == itself
    assert await end_of(None, credential=Certificate(pem)) == itself


async def test_an_unreadable_certificate_leaves_the_setting(
    graph: Graph, registration: Registration, tmp_path: Path
) -> None:
    """A certificate that cannot be read stops nothing here: the setting says when it ends."""
    registration.says(keyCredentials=[])
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    found = await end_of(graph, expires_on=date(2027, 1, 31), credential=Certificate(broken))
    assert found == CredentialEnd(datetime(2027, 2, 1, tzinfo=UTC), Source.SETTING)


@pytest.mark.parametrize(
    "status,body",
    [
        (403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}),
        (404, {"error": {"code": "Request_ResourceNotFound"}}),
        (400, {}),
        (500, {"error": {"code": "InternalServerError"}}),
        (200, {"passwordCredentials": [], "keyCredentials": []}),
        (200, {"passwordCredentials": [{"hint": "abc", "endDateTime": "soon"}, {"hint": None}]}),
        (200, {"passwordCredentials": "none"}),
        (204, {}),
    ],
)
async def test_without_an_answer_the_setting_counts(
    status: int, body: dict[str, Any], graph: Graph, registration: Registration
) -> None:
    """Where the app may not read its registration, or Graph fails, the setting holds: to the end of that day."""
    registration.says(status, **body)
    assert await end_of(graph, expires_on=date(2027, 1, 31)) == CredentialEnd(
        datetime(2027, 2, 1, tzinfo=UTC), Source.SETTING
    )
    assert await end_of(graph) is None


async def test_a_pause_that_graph_asks_for_is_kept(graph: Graph, registration: Registration) -> None:
    """Too many requests: asked again after the time Graph names, then answered."""
    registration.says(429, {"Retry-After": "0"}, error={"code": "TooManyRequests"})
    registration.says(passwordCredentials=[secret("2027-01-31T00:00:00Z")])
    assert await end_of(graph) == CredentialEnd(datetime(2027, 1, 31, tzinfo=UTC), Source.GRAPH)
    assert len(registration.asked) == 2


async def test_no_token_is_no_disaster(graph: Graph, registration: Registration, tokens: Tokens) -> None:
    """Where the login service refuses a token for Graph, nothing is asked and the setting counts."""
    registration.says()
    tokens.error = AccessRefused("tenant", "AADSTS7000215")
    found = await end_of(graph, expires_on=date(2027, 1, 31))
    assert found is not None
    assert found.source is Source.SETTING
    assert registration.asked == []


async def test_an_unreachable_graph_is_no_disaster(tokens: Tokens) -> None:
    """Where nothing listens, or the certificate of the other side is not trusted, the setting counts."""
    async with open_graph(tokens, url="https://127.0.0.1:1") as graph:
        assert await end_of(graph) is None


async def test_a_managed_identity_never_ends(graph: Graph, registration: Registration) -> None:
    """A managed identity has nothing that ends, and nobody is asked about it."""
    registration.says()
    assert await end_of(graph, expires_on=date(2027, 1, 31), credential=ManagedIdentity()) is None
    assert registration.asked == []


@pytest.mark.parametrize(
    "before_end,left,warning",
    [
        (timedelta(days=31), 31, None),
        (timedelta(days=30, hours=23), 30, 30),
        (timedelta(days=8), 8, 30),
        (timedelta(days=7), 7, 7),
        (timedelta(days=1, hours=1), 1, 1),
        (timedelta(hours=23), 0, 1),
        (timedelta(0), 0, 1),
        (-timedelta(hours=1), -1, 1),
    ],
)
def test_warnings_at_30_7_and_1_days(before_end: timedelta, left: int, warning: int | None) -> None:
    """Somebody is told with 30, 7 and 1 days left; the last day counts as 0, the past as the last warning."""
    assert days_left(NOW + before_end, NOW) == left
    assert due_warning(left) == warning
