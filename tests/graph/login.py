"""A stand-in for Microsoft's login service, with TLS, because msal refuses an authority without."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import NameOID

ENDS_AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def write_certificate(path: Path) -> RSAPrivateKey:
    """Writes private key and self-signed certificate for this machine into one PEM file."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(ENDS_AT)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return key


class LoginServer:
    """Answers discovery and token requests; counts them, and can be told to refuse, to fail and to wait."""

    def __init__(self, pem_path: Path) -> None:
        self.pem_path = pem_path
        self.expires_in: int | None = 3600
        self.status = 200
        self.error: dict[str, Any] | None = None
        self.discoveries = 0
        self.requests: list[dict[str, Any]] = []
        self.asked = threading.Event()
        app = web.Application()
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._discover)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_get("/identity", self._identity)
        self.server = TestServer(app, scheme="https")

    async def start(self) -> None:
        """Listens with TLS."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.pem_path)
        await self.server.start_server(ssl=context)

    @property
    def host(self) -> str:
        """Host and port, as the setting has them."""
        return f"127.0.0.1:{self.server.port}"

    async def _discover(self, request: web.Request) -> web.Response:
        self.discoveries += 1
        if self.status != 200:
            return web.Response(status=self.status)
        base = f"https://{self.host}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        self.requests.append({**form, "tenant": request.match_info["tenant"]})
        return self._answer({"expires_in": self.expires_in})

    async def _identity(self, request: web.Request) -> web.Response:
        self.requests.append({**request.query, "header": request.headers.get("X-IDENTITY-HEADER")})
        until = datetime.now(UTC) + timedelta(seconds=self.expires_in or 0)
        return self._answer({"expires_on": str(int(until.timestamp())), "resource": request.query["resource"]})

    def _answer(self, lifetime: dict[str, Any]) -> web.Response:
        if self.error is not None:
            return web.json_response(self.error, status=400)
        if self.status != 200:
            return web.Response(status=self.status, text="<html>")
        token = f"token-{len(self.requests)}"
        return web.json_response({"token_type": "Bearer", "access_token": token, **lifetime})
