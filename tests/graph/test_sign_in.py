"""Signing an administrator in with the real msal over TLS: who it was, and nothing else (R25)."""

from __future__ import annotations

import asyncio
import html
import http.client
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography import x509

from demo.graph.directory import Tenant
from demo.graph.server import GraphStandIn
from graph.access import Certificate, ManagedIdentity, Secret
from graph.errors import AccessRefused, AccessUnavailable
from graph.login_session import trusting
from graph.sign_in import SignIn, admin_consent_url, error_code
from tests.graph.login import write_certificate
from tests.graph.stand_in import APP_ID, CUSTOMER, HOME, SECRET
from tests.loop_guard import guarding

BACK = "https://bot.example.org/consent/signed-in"


def signing_in(stand_in: GraphStandIn, credential: Any = Secret(SECRET)) -> SignIn:  # noqa: B008  a frozen value
    """The product's own way to sign people in, led to the stand-in."""
    stand_in.directory.apps[APP_ID].redirect_urls.append(BACK)
    return SignIn(APP_ID, credential, stand_in.login_host, trusting(stand_in.ca_path))


async def browse(stand_in: GraphStandIn, url: str) -> dict[str, str]:
    """Open an address as a browser does; the form with which Microsoft leads back."""

    def get() -> str:
        parts = urlsplit(url)
        assert parts.netloc == stand_in.login_host
        context = ssl.create_default_context(cafile=str(stand_in.ca_path))
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=5)
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        assert f'action="{BACK}"' in page, answer.status
        return page

    fields = re.findall(r'name="([^"]*)" value="([^"]*)"', await asyncio.to_thread(get))
    return {html.unescape(name): html.unescape(value) for name, value in fields}


async def test_who_signed_in_is_known(stand_in: GraphStandIn, customer: Tenant) -> None:
    """With a secret and PKCE, from an id token that msal itself checked; msal never runs on the event loop."""
    sanne = customer.add_user("Sanne de Boer", "sanne@korenbloem.example")
    stand_in.login.browser.sign_in(customer, sanne)
    sign_in = signing_in(stand_in)
    with guarding() as guard:
        flow = await sign_in.begin(CUSTOMER, state="our-state", return_url=BACK)
        back = await browse(stand_in, flow["auth_uri"])
        assert back["state"] == "our-state"
        who = await sign_in.finish(CUSTOMER, flow, back)
    assert (who.tenant_id, who.object_id) == (CUSTOMER, sanne.id)
    assert (who.name, who.username) == ("Sanne de Boer", "sanne@korenbloem.example")
    assert guard.blocked == []
    asked = dict(parse_qsl(urlsplit(flow["auth_uri"]).query))
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert "User.Read.All" not in asked["scope"]


async def test_a_certificate_works_in_place_of_a_secret(
    stand_in: GraphStandIn, customer: Tenant, tmp_path: Path
) -> None:
    """The same with a certificate; a managed identity has nothing to prove itself with."""
    pem = tmp_path / "app.pem"
    write_certificate(pem)
    stand_in.directory.apps[APP_ID].certificates.append(x509.load_pem_x509_certificate(pem.read_bytes()))
    stand_in.login.browser.sign_in(customer, customer.add_user("Sanne", "sanne@korenbloem.example"))
    sign_in = signing_in(stand_in, Certificate(pem))
    flow = await sign_in.begin(CUSTOMER, state="s", return_url=BACK)
    assert (await sign_in.finish(CUSTOMER, flow, await browse(stand_in, flow["auth_uri"]))).name == "Sanne"
    none = signing_in(stand_in, ManagedIdentity())
    assert not none.is_possible
    with pytest.raises(AccessRefused, match="managed_identity"):
        await none.begin(CUSTOMER, state="s", return_url=BACK)


async def test_a_code_is_good_once_and_for_its_own_attempt(stand_in: GraphStandIn, customer: Tenant) -> None:
    """Another's state, a code that was used, a verifier of another attempt: nobody is signed in."""
    stand_in.login.browser.sign_in(customer, customer.add_user("Sanne", "sanne@korenbloem.example"))
    sign_in = signing_in(stand_in)
    flow = await sign_in.begin(CUSTOMER, state="one", return_url=BACK)
    other = await sign_in.begin(CUSTOMER, state="one", return_url=BACK)
    back = await browse(stand_in, flow["auth_uri"])
    for wrong in ({**back, "state": "two"}, {"state": "one"}, {"error": "access_denied", "state": "one"}):
        with pytest.raises(AccessRefused):
            await sign_in.finish(CUSTOMER, flow, wrong)
    with pytest.raises(AccessRefused):
        await sign_in.finish(CUSTOMER, other, back)
    with pytest.raises(AccessRefused):
        await sign_in.finish(CUSTOMER, flow, back)


async def test_people_of_another_tenant_can_not_sign_in(stand_in: GraphStandIn, home: Tenant) -> None:
    """The customer's own tenant is the authority: Microsoft turns others back."""
    stand_in.login.browser.sign_in(home, home.add_user("Eva", "eva@oxineo.example"))
    flow = await signing_in(stand_in).begin(CUSTOMER, state="s", return_url=BACK)
    back = await browse(stand_in, flow["auth_uri"])
    assert error_code(back["error"], back["error_description"]) == "AADSTS50020"
    assert HOME not in str(back)


async def test_an_outage_is_no_answer(stand_in: GraphStandIn) -> None:
    """Whether the login service is asked before or after: asking again may succeed."""
    sign_in = signing_in(stand_in)
    stand_in.faults.add("GET */openid-configuration", drop="before", times=9)
    with pytest.raises((AccessUnavailable, AccessRefused)):
        await sign_in.begin(CUSTOMER, state="s", return_url=BACK)


@pytest.mark.parametrize("error,description,code", [
    ("access_denied", "AADSTS65004: User declined to consent.", "AADSTS65004"),
    ("access_denied", "", "access_denied"),
    ("<script>", "no number", "unreadable"),
    ("", "", "unreadable"),
])  # fmt: skip
def test_an_error_has_a_short_name(error: str, description: str, code: str) -> None:
    """Microsoft's number or word; whatever else a browser brings is not repeated."""
    assert error_code(error, description) == code


def test_the_address_of_the_consent() -> None:
    """Microsoft's page in the customer's tenant, for everything that the app's registration asks."""
    url = admin_consent_url("t-1", client_id="app", state="a b&c", return_url="https://x.example/done", login_host="l")
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "l", "/t-1/v2.0/adminconsent")
    assert dict(parse_qsl(parts.query)) == {
        "client_id": "app",
        "scope": "https://graph.microsoft.com/.default",
        "redirect_uri": "https://x.example/done",
        "state": "a b&c",
    }
