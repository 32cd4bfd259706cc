"""What can go wrong with Microsoft's login service and Microsoft Graph. Data only, never text.

GraphError
└── NoAccess               there is no token for a tenant
    ├── AccessRefused      the login service said no: wrong secret, app unknown in the tenant, certificate ended
    └── AccessUnavailable  the login service could not be asked, or asked for a pause
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
