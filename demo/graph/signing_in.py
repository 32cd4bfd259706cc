"""What happens in a person's browser: signing in, and the page on which an administrator consents.

There is no page to click on: whoever `person` is signs in at once, and consents unless `declines` is set. Both pages
lead back to the app with the parameters Microsoft's do; `admin_consent=True` stands there also when it failed.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from demo.graph.directory import AppRegistration, Tenant, User
from demo.graph.grants import log_consent
from demo.graph.refusals import WRONG_CODE, Refusal

if TYPE_CHECKING:
    from demo.graph.login import Login

ANY_TENANT = frozenset({"common", "organizations"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits at the browser, and in which tenant."""

    tenant: Tenant
    user: User


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that the app may change for tokens, once."""

    person: Person
    client_id: str
    redirect_url: str
    nonce: str
    challenge: str


class SigningIn:
    """The browser of one person at a time: `person` signs in, `declines` says no to a consent."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self.person: Person | None = None
        self.declines = False
        self._codes: dict[str, _Code] = {}

    def add_routes(self, app: web.Application, around: Any) -> None:
        """The two pages."""
        app.router.add_get("/{tenant}/oauth2/v2.0/authorize", around(self._authorize))
        app.router.add_get("/{tenant}/v2.0/adminconsent", around(self._consent))

    def sign_in(self, tenant: Tenant, user: User) -> None:
        """Who sits at the browser from now on."""
        self.person = Person(tenant, user)

    async def _authorize(self, request: web.Request) -> web.Response:
        """A code for the person, or what Microsoft says when he may not sign in here."""
        query = request.query
        app = self._app(query.get("client_id", ""), query.get("redirect_uri", ""))
        back = {"state": query["state"]} if "state" in query else {}
        person = self._present(request.match_info["tenant"])
        if person is None:
            problem = {"error": "access_denied", "error_description": "AADSTS50020: User account does not exist."}
            return _leads_back(query, {**problem, **back})
        code = uuid4().hex
        self._codes[code] = _Code(
            person, app.app_id, query["redirect_uri"], query.get("nonce", ""), query.get("code_challenge", "")
        )
        return _leads_back(query, {"code": code, **back, "session_state": str(uuid4())})

    async def _consent(self, request: web.Request) -> web.Response:
        """Grants what the app asks for; only an administrator can."""
        query = request.query
        app = self._app(query.get("client_id", ""), query.get("redirect_uri", ""))
        back = {"admin_consent": "True", "state": query.get("state", "")}
        person = self._present(request.match_info["tenant"])
        if person is None or not person.user.is_global_administrator or self.declines:
            said = "AADSTS65004: User declined to consent to access the app."
            return _leads_to(query["redirect_uri"], {**back, "error": "access_denied", "error_description": said})
        now = self._login.stand_in.clock()
        person.tenant.consent(app.app_id, *app.permissions, at=now, name=app.display_name)
        log_consent(person.tenant, app.app_id, person.user, now)
        done = {**back, "tenant": person.tenant.id, "scope": query.get("scope", "")}
        return _leads_to(query["redirect_uri"], done)

    def redeem(self, tenant_name: str, form: dict[str, str]) -> dict[str, Any]:
        """Tokens for a code: an ID token that says who it was. Raises `Refusal`."""
        app = self._login.app(form)
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or (code.client_id, code.redirect_url) != (app.app_id, form.get("redirect_uri")):
            raise Refusal(WRONG_CODE)
        if code.challenge and code.challenge != _challenge(form.get("code_verifier", "")):
            raise Refusal(WRONG_CODE)
        tenant, user = code.person.tenant, code.person.user
        if tenant_name not in ANY_TENANT and self._login.tenant(tenant_name) is not tenant:
            raise Refusal(WRONG_CODE)
        who = {"oid": user.id, "tid": tenant.id, "sub": uuid4().hex, "name": user.display_name}
        issuer = f"{self._login.stand_in.url}/{tenant.id}/v2.0"
        claims = {
            **who,
            "iss": issuer,
            "aud": app.app_id,
            "preferred_username": user.user_principal_name,
            "ver": "2.0",
            **({"nonce": code.nonce} if code.nonce else {}),
        }
        lasts = int(self._login.lifetime.total_seconds())
        access = self._login.sign({**who, "iss": issuer, "aud": "https://graph.microsoft.com", "scp": "openid profile"})
        return {
            "token_type": "Bearer",
            "scope": "openid profile",
            "expires_in": lasts,
            "access_token": access,
            "id_token": self._login.sign(claims),
        }

    def _present(self, tenant_name: str) -> Person | None:
        """Who signs in, if he is of this tenant and his account is in force."""
        person = self.person
        if person is None or not person.user.account_enabled or person.user.id not in person.tenant.users:
            return None
        if tenant_name not in ANY_TENANT and self._login.tenant(tenant_name) is not person.tenant:
            return None
        return person

    def _app(self, app_id: str, redirect_url: str) -> AppRegistration:
        """The app, if it registered that address: to any other nobody is ever led. Raises HTTP 400."""
        app = self._login.stand_in.directory.apps.get(app_id)
        if app is None or redirect_url not in app.redirect_urls:
            raise web.HTTPBadRequest(text="AADSTS50011: The redirect URI does not match the ones of the application.")
        return app


def _leads_back(query: Mapping[str, str], parameters: dict[str, str]) -> web.Response:
    """In the address, or in a form that a browser sends by itself, as the app asked."""
    if query.get("response_mode") != "form_post":
        return _leads_to(query["redirect_uri"], parameters)
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in parameters.items()
    )
    action = html.escape(query["redirect_uri"])
    page = f'<form method="post" action="{action}">{fields}<button>Continue</button></form>'
    return web.Response(text=page + "<script>document.forms[0].submit()</script>", content_type="text/html")


def _leads_to(url: str, parameters: dict[str, str]) -> web.Response:
    return web.Response(status=302, headers={"Location": f"{url}?{urlencode(parameters)}"})


def _challenge(verifier: str) -> str:
    """What a verifier must hash to (S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
