"""What is asked of a customer's tenant: the app's permissions, and the roles of the provider's engineers (R25).

Never more than the work needs: the app only reads who the contacts are, and the engineers get roles that read, reset
and support, not the one that may do everything. A provider can ask for more by settings, and each permission is named
to the customer with why it is asked and what happens without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contract.consents import Permission

READ_PEOPLE = "User.Read.All"
"""The one permission the app can't do without: object id, name, address, and whether the account is enabled."""

APP_ROLES: Mapping[str, str] = MappingProxyType(
    {
        READ_PEOPLE: "df021288-bdef-4463-88db-98f22de89214",
        "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
        "AppCatalog.Read.All": "e12dae10-5a57-4817-b79d-dfbec5348930",
        "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
        "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
        "GroupMember.Read.All": "98830695-27a2-44f7-8c18-0c3ebc9698f6",
        "TeamsAppInstallation.ReadWriteSelfForUser.All": "908de74d-f8b2-4d6b-a9ed-2a17b3b78179",
    }
)
"""Microsoft's own ids of application permissions of Graph, which are the same in every tenant (R25)."""

LEAST_ROLES = (
    Permission("31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator"),
    Permission("729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"),
    Permission("4d6ac14f-3453-41d0-bef9-a3e0c569773a", "License Administrator"),
    Permission("f023fd81-a637-4b56-95fd-791ac0226033", "Service Support Administrator"),
    Permission("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
)
"""Entra's role templates that support needs as a rule: read, reset a password, hand out a licence, help with mail,
open a case with Microsoft (R17, R25).
"""

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""May do everything; Microsoft does not extend relationships that have it."""

LONGEST_DAYS = 730
"""Two years: what Microsoft allows a delegated admin relationship."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTemplate:
    """What this provider asks of every customer (R25)."""

    app_id: str = ""
    permissions: tuple[str, ...] = (READ_PEOPLE,)
    roles: tuple[Permission, ...] = LEAST_ROLES
    group_id: str | None = None
    """The security group of engineers that gets the roles; without it no relationship can be asked for."""
    days: int = 365
    extends: bool = False
    """Whether Microsoft extends it by half a year each time, until somebody ends it."""
