"""Who an administrator is, by signing in with Microsoft: OpenID Connect with a code and PKCE, by way of msal (R25).

Only people of the customer's own tenant can sign in: the authority is that tenant, never `common`. Nothing is asked for
but who the person is; the access token that comes along is thrown away. The code comes back in a form and not in an
address, so that no log has it. msal blocks and asks the network already when it is made, so it works in a thread. A
managed identity has no secret for this: then nobody is asked to sign in.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msal
import requests
from msal.exceptions import MsalError

from contract.consent_requests import SignedIn
from graph.access import LOGIN_HOST, Certificate, Credential, ManagedIdentity, Secret
from graph.errors import AccessRefused, AccessUnavailable
from graph.login_session import LoginSession
from graph.texts import kept

_OUTAGE = (requests.RequestException, MsalError, RuntimeError, TypeError, KeyError, AttributeError)
_NUMBER = re.compile(r"AADSTS\d+")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Signs people of a tenant in. `trusted` has more authorities to trust than the system's."""

    client_id: str
    credential: Credential
    login_host: str = LOGIN_HOST
    trusted: ssl.SSLContext | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the app can prove itself in a browser's name."""
        return not isinstance(self.credential, ManagedIdentity)

    async def begin(self, tenant_id: str, *, state: str, return_url: str) -> dict[str, Any]:
        """What `finish` needs; its `auth_uri` is where the browser goes. Raises `NoAccess`."""
        return await asyncio.to_thread(self._begin, tenant_id, state, return_url)

    async def finish(self, tenant_id: str, flow: Mapping[str, Any], answer: Mapping[str, str]) -> SignedIn:
        """Who it was, by an id token that Microsoft gave us directly. Raises `NoAccess`.

        `answer` are the parameters the browser came back with.
        """
        return await asyncio.to_thread(self._finish, tenant_id, dict(flow), dict(answer))

    def _begin(self, tenant_id: str, state: str, return_url: str) -> dict[str, Any]:
        with LoginSession(trusted=self.trusted) as http:
            try:
                flow = self._client(tenant_id, http).initiate_auth_code_flow(
                    [], redirect_uri=return_url, state=state, prompt="select_account", response_mode="form_post"
                )
            except _OUTAGE as error:
                raise AccessUnavailable(tenant_id, type(error).__name__) from error
            except (ValueError, OSError) as error:
                raise AccessRefused(tenant_id, type(error).__name__) from error
        return dict(flow)

    def _finish(self, tenant_id: str, flow: dict[str, Any], answer: dict[str, str]) -> SignedIn:
        with LoginSession(trusted=self.trusted) as http:
            try:
                found = self._client(tenant_id, http).acquire_token_by_auth_code_flow(flow, answer)
            except _OUTAGE as error:
                raise AccessUnavailable(tenant_id, type(error).__name__) from error
            except (ValueError, OSError) as error:
                # Another state, another nonce, or a token that is not for us.
                raise AccessRefused(tenant_id, type(error).__name__) from error
        claims = found.get("id_token_claims")
        if "error" in found or not isinstance(claims, dict) or not claims.get("oid") or not claims.get("tid"):
            raise AccessRefused(
                tenant_id, error_code(str(found.get("error", "")), str(found.get("error_description", "")))
            )
        return SignedIn(
            str(claims["tid"]).lower(),
            str(claims["oid"]).lower(),
            kept(str(claims.get("name", "")))[:200],
            kept(str(claims.get("preferred_username", "")))[:320],
        )

    def _client(self, tenant_id: str, http: requests.Session) -> Any:
        if isinstance(self.credential, Secret):
            proof: Any = self.credential.value
        elif isinstance(self.credential, Certificate):
            pem = self.credential.pem_path.read_text(encoding="ascii")
            proof = {"private_key": pem, "public_certificate": pem}
        else:
            raise AccessRefused(tenant_id, "managed_identity")
        return msal.ConfidentialClientApplication(
            self.client_id,
            client_credential=proof,
            authority=f"https://{self.login_host}/{tenant_id}",
            instance_discovery=False,
            http_client=http,
        )


def error_code(error: str, description: str = "") -> str:
    """What Microsoft's error is called: its own number where the description has one, else the word for its kind."""
    number = _NUMBER.search(description)
    found = number[0] if number else error
    return found[:40] if re.fullmatch(r"[A-Za-z0-9_]+", found) else "unreadable"


def admin_consent_url(
    tenant_id: str, *, client_id: str, state: str, return_url: str, login_host: str = LOGIN_HOST
) -> str:
    """The page on which an administrator of the tenant consents to the app's permissions there.

    Which those are stands in the app's registration: application permissions can't be named in the address.
    """
    asked = {
        "client_id": client_id,
        "scope": "https://graph.microsoft.com/.default",
        "redirect_uri": return_url,
        "state": state,
    }
    return f"https://{login_host}/{tenant_id}/v2.0/adminconsent?{urlencode(asked)}"
