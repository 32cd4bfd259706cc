"""The administrator's way in a browser: our page, Microsoft's sign-in, Microsoft's consent, and back (R25).

    GET  /consent/{token}         what is asked; changes nothing, so that programs that look at links harm nothing
    POST /consent/{token}         the button: on to Microsoft, with a fresh state that is good for an hour and once
    POST /consent/signed-in       Microsoft says who it is, in a form (or an error, by GET); on to the consent
    GET  /consent/done            back: an error is read first, then the state; what it says is verified, never believed
    GET, POST /consent/end/{token}  the administrator confirms that a consent ends

Nothing of what the browser brings is trusted but our own signature, and that only for what it was made for: one request
of one customer, once, and in the browser that set out with it, which keeps a cookie for that: nobody can have begun it
and have somebody else's browser end it. Nothing runs in the pages, nothing is loaded, and no address goes on to another
site. What anybody may send here costs little: forms are small, and few sign-ins are asked for at a time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web

from bot.clock import Clock
from bot.consent_forms import read_form
from bot.consent_links import (
    STATE_GOOD_FOR,
    ConsentPurpose,
    ConsentToken,
    browser_mark,
    is_same,
    make_state,
    read_token,
)
from bot.consent_steps import (
    Back,
    back_from_consent,
    back_from_sign_in,
    came_back,
    end_asked,
    end_confirmed,
    page_of,
    set_out,
    signed_in,
)
from bot.links import BadLink
from bot.turn import Policy
from cards.consent_pages import STYLE_DIGEST, Said, end_page, request_page, said_page
from contract.consent_requests import SignedIn
from contract.people import Language
from graph.errors import AccessRefused, NoAccess
from graph.sign_in import admin_consent_url, error_code
from storage.database import Database

SIGN_INS_AT_ONCE = 3
"""Each takes a thread while the login service is asked; the others wait."""
COOKIE = "fourstar_consent_"
"""How the cookie begins in which a browser keeps that it set out; the number of the request follows."""

_log = logging.getLogger(__name__)

_STATUS = {
    Said.THANKS: HTTPStatus.OK,
    Said.GIVEN: HTTPStatus.OK,
    Said.ENDING: HTTPStatus.OK,
    Said.DECLINED: HTTPStatus.OK,
    Said.NOTHING_TO_END: HTTPStatus.OK,
    Said.OTHER_TENANT: HTTPStatus.FORBIDDEN,
    Said.OTHER_BROWSER: HTTPStatus.FORBIDDEN,
    Said.FORGED: HTTPStatus.NOT_FOUND,
    Said.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Of what is not here the status is 410: it was good, and is not any more."""


class SignsIn(Protocol):
    """Signs administrators in; `graph.sign_in.SignIn` is one."""

    @property
    def is_possible(self) -> bool:
        """Whether the app can."""

    async def begin(self, tenant_id: str, *, state: str, return_url: str) -> dict[str, Any]:
        """Where the browser goes, and what `finish` needs."""

    async def finish(self, tenant_id: str, flow: Mapping[str, Any], answer: Mapping[str, str]) -> SignedIn:
        """Who it was."""


@dataclass(frozen=True, slots=True)
class ConsentPages:
    """Serves the pages."""

    database: Callable[[], Database]
    """Opened after the addresses are made."""
    policy: Policy
    sign_in: SignsIn
    clock: Clock
    login_host: str
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIGN_INS_AT_ONCE))

    def add_routes(self, app: web.Application) -> None:
        """Every address; the fixed ones before the one that takes any token."""
        app.router.add_get("/consent/signed-in", self.signed_in)
        app.router.add_post("/consent/signed-in", self.signed_in)
        app.router.add_get("/consent/done", self.done)
        app.router.add_get("/consent/end/{token}", self.end)
        app.router.add_post("/consent/end/{token}", self.confirm_end)
        app.router.add_get("/consent/{token}", self.show)
        app.router.add_post("/consent/{token}", self.go)

    # --- our page -----------------------------------------------------------------------------------------------------

    async def show(self, request: web.Request) -> web.StreamResponse:
        """What is asked."""
        token = self._token(request.match_info["token"], ConsentPurpose.ASK)
        if token is None:
            return self._said(Said.FORGED)
        now = self.clock.now()
        page = await self.database().read(partial(page_of, token=token, now=now, policy=self.policy))
        if isinstance(page, Said):
            return self._said(page, token.language)
        shown = request_page(page, token.language, signs_in=self.sign_in.is_possible, phone=self.policy.provider.phone)
        return self._html(shown, HTTPStatus.OK)

    async def go(self, request: web.Request) -> web.StreamResponse:
        """The button: on to Microsoft."""
        token = self._token(request.match_info["token"], ConsentPurpose.ASK)
        if token is None:
            return self._said(Said.FORGED)
        now = self.clock.now()
        page = await self.database().read(partial(page_of, token=token, now=now, policy=self.policy))
        if isinstance(page, Said):
            return self._said(page, token.language)
        tenant_id = page.customer.tenant_id
        if not self.sign_in.is_possible:
            return await self._to_consent(token.language, page.request.id, tenant_id, now)
        state = make_state(self.policy, ConsentPurpose.SIGN_IN, page.request, token.language, now)
        try:
            async with self._turns:
                flow = await self.sign_in.begin(tenant_id, state=state, return_url=self._url("signed-in"))
        except NoAccess as error:
            _log.warning("nobody can be signed in for request %s: %s", page.request.id, error.code)
            return self._said(Said.BUSY, token.language)
        if not await self.database().write(
            partial(set_out, request_id=page.request.id, state=state, flow=flow, now=now)
        ):
            return self._said(Said.USED, token.language)
        return self._leads_to(str(flow["auth_uri"]), state, page.request.id)

    async def _to_consent(
        self, language: Language, request_id: int, tenant_id: str, now: datetime, who: SignedIn | None = None
    ) -> web.StreamResponse:
        """Microsoft's page to consent, with a state of its own."""
        state = await self.database().write(
            partial(signed_in, request_id=request_id, policy=self.policy, language=language, now=now, who=who)
        )
        if state is None:
            return self._said(Said.USED, language)
        url = admin_consent_url(
            tenant_id,
            client_id=self.policy.access.app_id,
            state=state,
            return_url=self._url("done"),
            login_host=self.login_host,
        )
        return self._leads_to(url, state, request_id)

    # --- back from Microsoft ------------------------------------------------------------------------------------------

    async def signed_in(self, request: web.Request) -> web.StreamResponse:
        """Microsoft says who it is."""
        query, now = request.query if request.method == "GET" else await read_form(request), self.clock.now()
        state = query.get("state", "")
        token = self._token(state, ConsentPurpose.SIGN_IN)
        if token is None:
            return self._said(Said.FORGED)
        if not self._began_here(request, state, token):
            return self._said(Said.OTHER_BROWSER, token.language)
        found = await self.database().write(partial(back_from_sign_in, token=token, state=state, now=now))
        if isinstance(found, Said):
            return self._said(found, token.language)
        if query.get("error"):
            code = error_code(query["error"], query.get("error_description", ""))
            return await self._came_back(token, Back.DECLINED, now, code)
        try:
            async with self._turns:
                who = await self.sign_in.finish(found.tenant_id, found.flow, query)
        except AccessRefused as error:
            return await self._came_back(token, Back.DECLINED, now, error.code)
        except NoAccess:
            return self._said(Said.BUSY, token.language)
        if who.tenant_id.lower() != found.tenant_id.lower():
            return await self._came_back(token, Back.OTHER_TENANT, now, who.tenant_id)
        return await self._to_consent(token.language, token.thing_id, found.tenant_id, now, who)

    async def done(self, request: web.Request) -> web.StreamResponse:
        """Back from the consent: `admin_consent=True` stands there on errors too, so an error is read first."""
        query, now = request.query, self.clock.now()
        state = query.get("state", "")
        token = self._token(state, ConsentPurpose.STATE)
        if token is None:
            return self._said(Said.FORGED)
        if not self._began_here(request, state, token):
            return self._said(Said.OTHER_BROWSER, token.language)
        code = error_code(query["error"], query.get("error_description", "")) if query.get("error") else ""
        said = await self.database().write(
            partial(back_from_consent, token=token, state=state, code=code, policy=self.policy, now=now)
        )
        return self._said(said, token.language, code)

    async def _came_back(self, token: ConsentToken, how: Back, now: datetime, code: str) -> web.StreamResponse:
        """Nobody was signed in, or somebody of another organisation: written down, and the link stays good."""
        await self.database().write(partial(came_back, token=token, how=how, code=code, policy=self.policy, now=now))
        said = Said.OTHER_TENANT if how is Back.OTHER_TENANT else Said.DECLINED
        return self._said(said, token.language, code if how is Back.DECLINED else "")

    # --- ending -------------------------------------------------------------------------------------------------------

    async def end(self, request: web.Request) -> web.StreamResponse:
        """Whether it is to end; changes nothing."""
        token = self._token(request.match_info["token"], ConsentPurpose.END)
        if token is None:
            return self._said(Said.FORGED)
        if self.clock.now() >= token.good_until:
            return self._said(Said.EXPIRED, token.language)
        found = await self.database().read(partial(end_asked, token=token, key=self.policy.link_key))
        if found is None:
            return self._said(Said.NOTHING_TO_END, token.language)
        grant, name = found
        return self._html(end_page(grant, name, token.language, provider=self.policy.provider.name), HTTPStatus.OK)

    async def confirm_end(self, request: web.Request) -> web.StreamResponse:
        """The administrator's button."""
        token, now = self._token(request.match_info["token"], ConsentPurpose.END), self.clock.now()
        if token is None:
            return self._said(Said.FORGED)
        if now >= token.good_until:
            return self._said(Said.EXPIRED, token.language)
        done = await self.database().write(partial(end_confirmed, token=token, policy=self.policy, now=now))
        return self._said(Said.ENDING if done else Said.NOTHING_TO_END, token.language)

    # --- answers ------------------------------------------------------------------------------------------------------

    def _token(self, written: str, purpose: ConsentPurpose) -> ConsentToken | None:
        try:
            return read_token(self.policy.link_key, written, purpose)
        except BadLink:
            return None

    def _url(self, name: str) -> str:
        return f"{self.policy.public_url}/consent/{name}"

    def _said(self, said: Said, language: Language | None = None, code: str = "") -> web.Response:
        languages = tuple(Language) if language is None else (language,)
        page = said_page(said, languages, provider=self.policy.provider.name, code=code)
        return self._html(page, _STATUS.get(said, HTTPStatus.GONE))

    def _html(self, page: str, status: HTTPStatus) -> web.Response:
        return web.Response(status=status, text=page, content_type="text/html", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        # Browsers hold a form to this also where its answer leads on to Microsoft.
        form = f"form-action 'self' https://{self.login_host}"
        style = f"style-src 'sha256-{STYLE_DIGEST}'"
        return {
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"default-src 'none'; {style}; {form}; frame-ancestors 'none'; base-uri 'none'",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }

    def _leads_to(self, url: str, state: str, request_id: int) -> web.Response:
        headers = {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        answer = web.Response(status=HTTPStatus.SEE_OTHER, headers=headers)
        # Microsoft's form comes from another site, so the cookie has to come along from there.
        is_safe = self.policy.public_url.lower().startswith("https:")
        answer.set_cookie(
            f"{COOKIE}{request_id}",
            browser_mark(self.policy.link_key, state),
            path="/consent",
            max_age=int(STATE_GOOD_FOR.total_seconds()),
            httponly=True,
            secure=is_safe,
            samesite="None" if is_safe else None,
        )
        return answer

    def _began_here(self, request: web.Request, state: str, token: ConsentToken) -> bool:
        kept = request.cookies.get(f"{COOKIE}{token.thing_id}", "")
        return is_same(kept, browser_mark(self.policy.link_key, state))
