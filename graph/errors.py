"""What can go wrong with Microsoft's login service and Microsoft Graph. Data only, never text.

GraphError
├── NoAccess               there is no token for a tenant
│   ├── AccessRefused      the login service said no: wrong secret, app unknown in the tenant, certificate ended
│   └── AccessUnavailable  the login service could not be asked, or asked for a pause
└── NoAnswer               Graph did not give what it was asked for
    ├── GraphRefused       the app may not read it, or there is no such thing
    └── GraphUnavailable   Graph could not be asked, failed, or asked for a pause
"""

from __future__ import annotations


class GraphError(Exception):
    """Anything that went wrong with the login service or Microsoft Graph."""


class NoAccess(GraphError):
    """No token for `tenant_id`. `code` is the service's own (`AADSTS700016`, `invalid_client`), or the name of the
    fault.
    """

    def __init__(self, tenant_id: str, code: str) -> None:
        super().__init__(tenant_id, code)
        self.tenant_id = tenant_id
        self.code = code


class AccessRefused(NoAccess):
    """Asking again gives the same answer until somebody changes the registration or the settings."""


class AccessUnavailable(NoAccess):
    """Asking again may succeed."""


class NoAnswer(GraphError):
    """Graph answered with `status` (0: no answer came) and its own `code`, such as `Authorization_RequestDenied`."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code


class GraphRefused(NoAnswer):
    """Asking again gives the same answer until somebody grants a permission or corrects an id."""


class GraphUnavailable(NoAnswer):
    """Asking again may succeed."""
