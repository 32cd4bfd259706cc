"""The login service: discovery, keys and tokens of every tenant, with Entra's own error codes.

App-only tokens carry what was granted at that moment (`roles`), so a token that is in force outlives a revocation, as
Microsoft's do. The page an administrator consents on is in `demo/graph/signing_in.py`.
"""

from __future__ import annotations

import functools
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from demo.graph.calls import No
from demo.graph.directory import AppRegistration, Principal, Tenant
from demo.graph.permissions import GRAPH_APP_ID
from demo.graph.refusals import (
    APP_DISABLED,
    APP_UNKNOWN,
    NO_SUCH_TENANT,
    WITHOUT_SECRET,
    WRONG_CERTIFICATE,
    WRONG_GRANT,
    WRONG_SCOPE,
    WRONG_SECRET,
    Refusal,
    refusal_body,
)
from demo.graph.signing_in import SigningIn

if TYPE_CHECKING:
    from demo.graph.server import GraphStandIn

GRAPH_AUDIENCE = "https://graph.microsoft.com"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@functools.cache
def _signing_key() -> tuple[RSAPrivateKey, str]:
    """One for the process: making it takes longer than all else."""
    return generate_private_key(public_exponent=65537, key_size=2048), uuid4().hex


class Login:
    """Signs tokens and checks them. `requests` lists the forms that asked for tokens, with their `tenant`."""

    def __init__(self, stand_in: GraphStandIn) -> None:
        self.stand_in = stand_in
        self.lifetime = timedelta(hours=1)
        self.requests: list[dict[str, str]] = []
        self.discoveries = 0
        self._key, self._key_id = _signing_key()
        self._withdrawn: set[str] = set()
        self.browser = SigningIn(self)

    def add_routes(self, app: web.Application) -> None:
        """Every address of the login service."""
        add = app.router.add_route
        add("GET", "/{tenant}/v2.0/.well-known/openid-configuration", self._around(self._discover))
        add("GET", "/{tenant}/discovery/v2.0/keys", self._around(self._keys))
        add("POST", "/{tenant}/oauth2/v2.0/token", self._around(self._token))
        self.browser.add_routes(app, self._around)

    # --- tokens -----------------------------------------------------------------------------------------------------
    def sign(self, claims: dict[str, Any], lifetime: timedelta | None = None) -> str:
        """A token that is valid from now on; `claims` overrule the times."""
        now = self.stand_in.clock()
        times = {"iat": now, "nbf": now, "exp": now + (lifetime or self.lifetime)}
        return jwt.encode({**times, **claims}, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def withdraw(self, token: str) -> None:
        """Graph refuses this token from now on, although it should be in force."""
        self._withdrawn.add(token)

    def check(self, header: str | None) -> dict[str, Any]:
        """The claims of a token for Graph. Raises `No`: signature, audience, times, tenant."""
        scheme, _, token = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise No(401, "InvalidAuthenticationToken", "Access token is empty.")
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["RS256"],
                audience=[GRAPH_AUDIENCE, GRAPH_APP_ID],
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "require": ["exp", "aud", "tid"],
                },
            )
        except jwt.PyJWTError as error:
            raise No(401, "InvalidAuthenticationToken", "Access token validation failure.") from error
        if token in self._withdrawn or claims["exp"] <= self.stand_in.clock().timestamp():
            raise No(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        return claims

    # --- who asks ---------------------------------------------------------------------------------------------------
    def tenant(self, name: str) -> Tenant:
        """A tenant by its id or domain. Raises `Refusal`."""
        tenants = self.stand_in.directory.tenants.values()
        found = next((tenant for tenant in tenants if name.lower() in {tenant.id, tenant.domain}), None)
        if found is None:
            raise Refusal(NO_SUCH_TENANT)
        return found

    def app(self, form: dict[str, str]) -> AppRegistration:
        """The app that proves who it is. Raises `Refusal`."""
        app = self.stand_in.directory.apps.get(form.get("client_id", ""))
        if app is None:
            raise Refusal(APP_UNKNOWN)
        if form.get("client_assertion_type") == ASSERTION_TYPE:
            self._check_assertion(app, form.get("client_assertion", ""))
        elif "client_secret" not in form:
            raise Refusal(WITHOUT_SECRET)
        elif form["client_secret"] not in app.secrets:
            raise Refusal(WRONG_SECRET)
        return app

    def _check_assertion(self, app: AppRegistration, assertion: str) -> None:
        for certificate in app.certificates:
            try:
                claims = jwt.decode(
                    assertion,
                    certificate.public_key(),  # type: ignore[arg-type]  # RSA or EC, which PyJWT takes
                    algorithms=["RS256", "PS256"],
                    options={"verify_aud": False, "require": ["exp", "iss", "sub", "aud"]},
                )
            except jwt.PyJWTError:
                continue
            if claims["iss"] == claims["sub"] == app.app_id:
                return
        raise Refusal(WRONG_CERTIFICATE)

    # --- the pages --------------------------------------------------------------------------------------------------
    def _around(self, answer: Any) -> Any:
        async def do(request: web.Request) -> web.StreamResponse:
            try:
                found: web.StreamResponse = await answer(request)
            except Refusal as refusal:
                return await self._refused(request, refusal)
            return found

        async def handle(request: web.Request) -> web.StreamResponse:
            return await self.stand_in.faults.around(request, do)

        return handle

    async def _refused(self, request: web.Request, refusal: Refusal) -> web.Response:
        form = {**request.query, **(await request.post())} if request.method == "POST" else dict(request.query)
        app_id, tenant_name = str(form.get("client_id", "")), request.match_info["tenant"]
        status, body = refusal_body(refusal.code, app_id, tenant_name, self.stand_in.clock())
        return web.json_response(body, status=status)

    async def _discover(self, request: web.Request) -> web.Response:
        self.discoveries += 1
        tenant = self.tenant(request.match_info["tenant"])
        base = f"{self.stand_in.url}/{tenant.id}"
        document = {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }
        return web.json_response(document)

    async def _keys(self, request: web.Request) -> web.Response:
        key = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return web.json_response({"keys": [{**key, "use": "sig", "kid": self._key_id}]})

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.requests.append({**form, "tenant": request.match_info["tenant"]})
        if form.get("grant_type") == "authorization_code":
            return web.json_response(self.browser.redeem(request.match_info["tenant"], form))
        if form.get("grant_type") != "client_credentials":
            raise Refusal(WRONG_GRANT)
        tenant, app = self.tenant(request.match_info["tenant"]), self.app(form)
        scope = form.get("scope", "").split()
        if len(scope) != 1 or not scope[0].endswith("/.default"):
            raise Refusal(WRONG_SCOPE)
        principal = tenant.principals.get(app.app_id)
        if principal is None:
            raise Refusal(tenant.unknown_app_code)
        if not principal.account_enabled:
            raise Refusal(APP_DISABLED)
        claims = self._claims(tenant, principal, scope[0].removesuffix("/.default"))
        lasts = int(self.lifetime.total_seconds())
        return web.json_response(
            {"token_type": "Bearer", "expires_in": lasts, "ext_expires_in": lasts, "access_token": self.sign(claims)}
        )

    def _claims(self, tenant: Tenant, principal: Principal, audience: str) -> dict[str, Any]:
        """What an app-only token says; without any permission there is no claim `roles`, as in Microsoft's."""
        claims: dict[str, Any] = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "app_displayname": principal.display_name,
            "appid": principal.app_id,
            "idtyp": "app",
            "oid": principal.id,
            "sub": principal.id,
            "tid": tenant.id,
            "uti": uuid4().hex,
            "ver": "1.0",
        }
        if audience == GRAPH_AUDIENCE and principal.role_names:
            claims["roles"] = principal.role_names
        return claims
