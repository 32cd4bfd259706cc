"""Entra's error codes, and the body in which the login service says them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

WITHOUT_SECRET = 7000216
WRONG_SECRET = 7000215
WRONG_CERTIFICATE = 700027
APP_DISABLED = 7000112
APP_NOT_HERE = 7000229
APP_UNKNOWN = 700016
NO_SUCH_TENANT = 90002
WRONG_CODE = 70000
WRONG_GRANT = 70003
WRONG_SCOPE = 70011

_SAYS = {
    APP_DISABLED: (400, "unauthorized_client", "Application '{app}' is disabled."),
    WRONG_SECRET: (
        401,
        "invalid_client",
        (
            "Invalid client secret provided. Ensure the secret being sent in the request"
            " is the client secret value, not the client secret ID, for a secret added to app '{app}'."
        ),
    ),
    WITHOUT_SECRET: (
        401,
        "invalid_client",
        ("The request body must contain the following parameter: 'client_assertion' or 'client_secret'."),
    ),
    APP_NOT_HERE: (
        401,
        "invalid_client",
        (
            "The client application {app} is missing service principal in the tenant"
            " {tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119"
        ),
    ),
    APP_UNKNOWN: (
        400,
        "unauthorized_client",
        (
            "Application with identifier '{app}' was not found in the directory"
            " '{tenant}'. This can happen if the application has not been installed by the administrator of the"
            " tenant or consented to by any user in the tenant. You may have sent your authentication request to"
            " the wrong tenant."
        ),
    ),
    WRONG_CERTIFICATE: (
        401,
        "invalid_client",
        ("The certificate with identifier used to sign the client assertion is not registered on application."),
    ),
    WRONG_CODE: (400, "invalid_grant", "The provided value for the 'code' parameter is not valid."),
    WRONG_GRANT: (400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    WRONG_SCOPE: (400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid."),
    NO_SUCH_TENANT: (
        400,
        "invalid_tenant",
        (
            "Tenant '{tenant}' not found. Check to make sure you have the correct"
            " tenant ID and are signing into the correct cloud. Check with your subscription administrator,"
            " this may happen if there are no active subscriptions for the tenant."
        ),
    ),
}


class Refusal(Exception):
    """The login service says no, with the number after `AADSTS`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def refusal_body(code: int, app_id: str, tenant_name: str, now: datetime) -> tuple[int, dict[str, Any]]:
    """Status and body of a refusal."""
    status, error, text = _SAYS[code]
    at, trace, correlation = f"{now:%Y-%m-%d %H:%M:%SZ}", str(uuid4()), str(uuid4())
    told = text.format(app=app_id, tenant=tenant_name)
    return status, {
        "error": error,
        "error_description": f"AADSTS{code}: {told} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}",
        "error_codes": [code],
        "timestamp": at,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={code}",
    }
