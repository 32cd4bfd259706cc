"""The stand-in's login service and door refuse what Microsoft's refuse: else a bot that is wrong would pass."""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import jwt
import pytest

from demo.graph.directory import Tenant, User
from demo.graph.login import GRAPH_AUDIENCE
from demo.graph.server import GraphStandIn

APP_ID = "00000000-0000-0000-0000-0000000000b0"
SECRET = "a-secret-of-the-tests"
BAKERY = "10000000-0000-0000-0000-00000000000a"
ROSES = "10000000-0000-0000-0000-00000000000b"
BACK = "https://support.example/consent"
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
VERIFIER = "a-verifier-that-is-long-enough-to-be-one-of-them"


@dataclass
class Town:
    """Two tenants, an administrator and a baker, and a browser."""

    stand_in: GraphStandIn
    bakery: Tenant
    roses: Tenant
    admin: User
    baker: User
    http: aiohttp.ClientSession

    async def browse(self, path: str, **query: str) -> dict[str, str]:
        """Where a page leads to, as the parameters of that address."""
        address = f"{self.stand_in.url}/{path}"
        async with self.http.get(address, params=query, allow_redirects=False) as response:
            if response.status != 302:
                return {"status": str(response.status)}
            found = urlsplit(response.headers["Location"])
        assert f"{found.scheme}://{found.netloc}{found.path}" == BACK
        return dict(parse_qsl(found.query))

    async def token(self, tenant: str = BAKERY, **changed: str) -> dict[str, Any]:
        """What the token endpoint answers."""
        form = {"client_id": APP_ID, "client_secret": SECRET, "grant_type": "client_credentials"}
        form |= {"scope": f"{GRAPH_AUDIENCE}/.default"} | changed
        async with self.http.post(f"{self.stand_in.url}/{tenant}/oauth2/v2.0/token", data=form) as response:
            found: dict[str, Any] = await response.json()
        return found

    async def code(self, **changed: str) -> dict[str, str]:
        """What signing in leads to."""
        query = {"client_id": APP_ID, "redirect_uri": BACK, "response_type": "code", "state": "s", "nonce": "n"}
        tenant = changed.pop("tenant", BAKERY)
        return await self.browse(f"{tenant}/oauth2/v2.0/authorize", **(query | changed))

    async def consent(self, **changed: str) -> dict[str, str]:
        """What the page for administrators leads to."""
        query = {"client_id": APP_ID, "redirect_uri": BACK, "scope": f"{GRAPH_AUDIENCE}/.default", "state": "s"}
        tenant = changed.pop("tenant", BAKERY)
        return await self.browse(f"{tenant}/v2.0/adminconsent", **(query | changed))

    async def ask(self, token: str) -> tuple[int, str]:
        """How Graph answers a question with this token."""
        address, headers = f"{self.stand_in.url}/v1.0/users/{self.baker.id}", {"Authorization": f"Bearer {token}"}
        async with self.http.get(address, headers=headers) as response:
            body = await response.json()
        return response.status, body.get("error", {}).get("code", "")


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which nobody has consented to anything."""
    async with GraphStandIn(tmp_path, clock=lambda: NOW) as stand_in:
        stand_in.directory.add_app(APP_ID, SECRET, redirect_urls=[BACK])
        bakery = stand_in.directory.add_tenant(BAKERY, "Bakkerij", "bakkerij.example")
        roses = stand_in.directory.add_tenant(ROSES, "Rozen", "rozen.example")
        admin = bakery.add_user("Ada", "ada@bakkerij.example", is_global_administrator=True)
        baker = bakery.add_user("Bram", "bram@bakkerij.example")
        trusts = ssl.create_default_context(cafile=stand_in.ca_path)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusts)) as http:
            yield Town(stand_in, bakery, roses, admin, baker, http)


# --- consent ----------------------------------------------------------------------------------------------------------


async def test_an_administrator_consents(town: Town) -> None:
    """The app gets what its registration asks for, and the browser comes back with state and tenant."""
    town.stand_in.login.browser.sign_in(town.bakery, town.admin)
    led = await town.consent()
    assert led == {"admin_consent": "True", "state": "s", "tenant": BAKERY, "scope": f"{GRAPH_AUDIENCE}/.default"}
    assert town.bakery.principals[APP_ID].role_names == ["User.Read.All"]
    assert town.bakery.principals[APP_ID].roles[0].created_at == NOW


@pytest.mark.parametrize("who", ["nobody", "baker", "declines", "disabled", "elsewhere"])
async def test_who_does_not_consent(town: Town, who: str) -> None:
    """Nobody, no administrator, one who declines or may not sign in, one of another tenant: `admin_consent=True` all
    the same, with an error, and nothing is granted.
    """
    browser = town.stand_in.login.browser
    if who != "nobody":
        browser.sign_in(town.bakery, town.baker if who == "baker" else town.admin)
    browser.declines = who == "declines"
    town.admin.account_enabled = who != "disabled"
    led = await town.consent(tenant=ROSES if who == "elsewhere" else BAKERY)
    assert (led["admin_consent"], led["error"], led["state"]) == ("True", "access_denied", "s")
    assert "tenant" not in led
    assert APP_ID not in {*town.bakery.principals, *town.roses.principals}


async def test_nobody_is_led_astray(town: Town) -> None:
    """An address that the app did not register gets nobody, be it for consent or for signing in."""
    town.stand_in.login.browser.sign_in(town.bakery, town.admin)
    for changed in ({"redirect_uri": "https://evil.example"}, {"client_id": "another"}):
        assert await town.consent(**changed) == {"status": "400"}
        assert await town.code(**changed) == {"status": "400"}
    assert town.bakery.principals == {}


# --- signing in -------------------------------------------------------------------------------------------------------


async def test_somebody_signs_in(town: Town) -> None:
    """A code says nothing; for it the app gets, once, who it was: signed, for this app, with the nonce it chose."""
    town.stand_in.login.browser.sign_in(town.bakery, town.admin)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    led = await town.code(tenant="organizations", code_challenge=challenge, code_challenge_method="S256")
    assert led["state"] == "s"
    redeem = {"grant_type": "authorization_code", "code": led["code"], "redirect_uri": BACK, "code_verifier": VERIFIER}
    found = await town.token(**redeem)
    async with town.http.get(f"{town.stand_in.url}/{BAKERY}/discovery/v2.0/keys") as response:
        (key,) = (await response.json())["keys"]
    claims = jwt.decode(
        found["id_token"],
        jwt.PyJWK(key),
        algorithms=["RS256"],
        audience=APP_ID,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert (claims["oid"], claims["tid"], claims["nonce"]) == (town.admin.id, BAKERY, "n")
    assert claims["iss"] == f"{town.stand_in.url}/{BAKERY}/v2.0"
    assert (await town.token(**redeem))["error_codes"] == [70000]


@pytest.mark.parametrize(
    "changed",
    [{"code_verifier": "another"}, {"redirect_uri": "https://evil.example"}, {"code": "guessed"}, {"tenant": ROSES}],
    ids=str,
)
async def test_a_code_is_good_for_one_thing(town: Town, changed: dict[str, str]) -> None:
    """With another verifier, another address, in another tenant or guessed it gives nothing."""
    town.stand_in.login.browser.sign_in(town.bakery, town.admin)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    led = await town.code(code_challenge=challenge)
    redeem = {"grant_type": "authorization_code", "code": led["code"], "redirect_uri": BACK, "code_verifier": VERIFIER}
    assert (await town.token(**(redeem | changed)))["error_codes"] == [70000]


async def test_who_may_not_sign_in(town: Town) -> None:
    """Somebody of another tenant, or whose account was disabled, gets no code."""
    town.stand_in.login.browser.sign_in(town.bakery, town.baker)
    assert (await town.code(tenant=ROSES))["error"] == "access_denied"
    town.baker.account_enabled = False
    assert (await town.code())["error"] == "access_denied"


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed,error,code",
    [
        ({"client_secret": "another"}, "invalid_client", 7000215),
        ({"client_id": "another"}, "unauthorized_client", 700016),
        ({"tenant": "10000000-0000-0000-0000-0000000000ff"}, "invalid_tenant", 90002),
        ({"tenant": ROSES}, "invalid_client", 7000229),
        ({"scope": f"{GRAPH_AUDIENCE}/User.Read"}, "invalid_scope", 70011),
        ({"grant_type": "password"}, "unsupported_grant_type", 70003),
    ],
    ids=str,
)
async def test_entras_own_refusals(town: Town, changed: dict[str, str], error: str, code: int) -> None:
    """Each refusal has the body, the words and the number that Entra gives."""
    town.bakery.consent(APP_ID, at=NOW)
    found = await town.token(**changed)
    assert (found["error"], found["error_codes"]) == (error, [code])
    assert found["error_description"].startswith(f"AADSTS{code}: ")


async def test_a_token_outlives_what_it_was_given_for(town: Town) -> None:
    """What is taken away stands in tokens that were given before, to their end; as with Microsoft."""
    town.bakery.consent(APP_ID, "User.Read.All", at=NOW)
    token = (await town.token())["access_token"]
    town.bakery.revoke(APP_ID)
    assert await town.ask(token) == (200, "")
    assert (await town.token())["error_codes"] == [7000229]
    town.stand_in.clock = lambda: NOW + timedelta(hours=1)
    assert await town.ask(token) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    "changed,expected",
    [
        ({}, (200, "")),
        ({"aud": "https://api.botframework.com"}, (401, "InvalidAuthenticationToken")),
        ({"tid": "10000000-0000-0000-0000-0000000000ff"}, (401, "InvalidAuthenticationToken")),
        ({"exp": NOW}, (401, "InvalidAuthenticationToken")),
        ({"roles": []}, (403, "Authorization_RequestDenied")),
        ({"roles": ["Mail.Send"]}, (403, "Authorization_RequestDenied")),
        ({"tid": ROSES}, (404, "Request_ResourceNotFound")),
    ],
    ids=str,
)
async def test_what_graph_accepts(town: Town, changed: dict[str, Any], expected: tuple[int, str]) -> None:
    """A token is for Graph, in force, of a tenant that exists, and carries the permission; it sees its own tenant."""
    claims = {"aud": GRAPH_AUDIENCE, "tid": BAKERY, "appid": APP_ID, "roles": ["User.Read.All"], **changed}
    assert await town.ask(town.stand_in.login.sign(claims)) == expected


async def test_what_graph_does_not_accept_at_all(town: Town) -> None:
    """No token, a forged one, one that was withdrawn."""
    claims = {"aud": GRAPH_AUDIENCE, "tid": BAKERY, "appid": APP_ID, "roles": ["User.Read.All"]}
    genuine = town.stand_in.login.sign(claims)
    town.stand_in.login.withdraw(genuine)
    forged = jwt.encode({**claims, "exp": NOW + timedelta(hours=1)}, "k" * 32, algorithm="HS256")
    for token in ("", "nonsense", forged, genuine):
        assert await town.ask(token) == (401, "InvalidAuthenticationToken")
