"""Everything the stand-in of Graph knows, as plain values that tests and the demo change directly.

A tenant has people, groups and apps; the stand-in answers from these values at the moment of the question. Ids are
invented where none is given. What belongs to one subject only is kept by that subject's file in `Tenant.kept`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cryptography import x509

from demo.graph.permissions import APP_ROLES, GRAPH_APP_ID, GRAPH_NAME, NAME_OF


def new_id() -> str:
    """An id such as Microsoft gives."""
    return str(uuid4())


@dataclass
class User:
    """An account of a tenant."""

    display_name: str
    user_principal_name: str
    id: str = field(default_factory=new_id)
    mail: str | None = None
    preferred_language: str | None = None
    account_enabled: bool = True
    user_type: str = "Member"
    is_global_administrator: bool = False
    other_mails: list[str] = field(default_factory=list)
    proxy_addresses: list[str] = field(default_factory=list)
    """Further addresses as Exchange writes them (`smtp:...`); the main one comes from `mail`."""


@dataclass
class Group:
    """A group; `members` are ids of users and of groups inside it."""

    display_name: str
    id: str = field(default_factory=new_id)
    members: list[str] = field(default_factory=list)


@dataclass
class AppRoleAssignment:
    """An application permission that was granted to an app's service principal."""

    app_role_id: str
    resource_id: str
    created_at: datetime
    resource_name: str = GRAPH_NAME
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class DelegatedGrant:
    """A delegated permission grant (`oauth2PermissionGrant`); without `principal_id` an administrator gave it for
    all.
    """

    resource_id: str
    scope: str
    principal_id: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)


@dataclass
class Principal:
    """An app as it stands in one tenant, with what was granted to it."""

    app_id: str
    display_name: str
    id: str = field(default_factory=new_id)
    account_enabled: bool = True
    roles: list[AppRoleAssignment] = field(default_factory=list)
    delegated: list[DelegatedGrant] = field(default_factory=list)

    @property
    def role_names(self) -> list[str]:
        """What an app-only token carries in its claim `roles`."""
        return sorted(NAME_OF.get(role.app_role_id, role.app_role_id) for role in self.roles)


@dataclass
class AppRegistration:
    """An app in the tenant of who made it: how it proves who it is, and what an administrator consents to."""

    app_id: str
    display_name: str = "Four Star Support"
    secrets: list[str] = field(default_factory=list)
    certificates: list[x509.Certificate] = field(default_factory=list)
    permissions: list[str] = field(default_factory=lambda: ["User.Read.All"])
    redirect_urls: list[str] = field(default_factory=list)


@dataclass
class Tenant:
    """One customer's (or the provider's) directory."""

    id: str
    name: str
    domain: str
    users: dict[str, User] = field(default_factory=dict)
    deleted: dict[str, tuple[User, datetime]] = field(default_factory=dict)
    """Who was deleted when, and can still be restored."""
    groups: dict[str, Group] = field(default_factory=dict)
    principals: dict[str, Principal] = field(default_factory=dict)
    """By app id."""
    unknown_app_code: int = 7000229
    """What the login service says where the app has no service principal: 7000229, or 700016."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What one subject's file keeps, by its name."""

    def add_user(self, display_name: str, user_principal_name: str, **more: Any) -> User:
        """Somebody new."""
        user = User(display_name, user_principal_name, **{"mail": user_principal_name, **more})
        self.users[user.id] = user
        return user

    def delete_user(self, user_id: str, at: datetime) -> None:
        """Deletes an account, which can be restored for a while."""
        self.deleted[user_id] = (self.users.pop(user_id), at)

    def restore_user(self, user_id: str) -> User:
        """Brings a deleted account back as it was."""
        user, _at = self.deleted.pop(user_id)
        self.users[user_id] = user
        return user

    def purge_user(self, user_id: str) -> None:
        """Deletes an account for good."""
        self.users.pop(user_id, None)
        self.deleted.pop(user_id, None)

    def add_group(self, display_name: str, *members: str, **more: Any) -> Group:
        """A group of these users and groups."""
        group = Group(display_name, members=list(members), **more)
        self.groups[group.id] = group
        return group

    def graph(self) -> Principal:
        """Microsoft Graph itself, which is an app in every tenant."""
        if GRAPH_APP_ID not in self.principals:
            self.principals[GRAPH_APP_ID] = Principal(GRAPH_APP_ID, GRAPH_NAME)
        return self.principals[GRAPH_APP_ID]

    def consent(self, app_id: str, *permissions: str, at: datetime, name: str = "Four Star Support") -> None:
        """An administrator grants these application permissions, beside those that are granted already."""
        principal = self.principals.setdefault(app_id, Principal(app_id, name))
        granted = set(principal.role_names)
        principal.roles += [
            AppRoleAssignment(APP_ROLES[permission], self.graph().id, at)
            for permission in permissions
            if permission not in granted
        ]

    def revoke(self, app_id: str, *permissions: str) -> None:
        """Takes these permissions away; without any named the app is removed altogether."""
        if not permissions:
            self.principals.pop(app_id, None)
        elif app_id in self.principals:
            taken = {APP_ROLES[permission] for permission in permissions}
            principal = self.principals[app_id]
            principal.roles = [role for role in principal.roles if role.app_role_id not in taken]


@dataclass
class Directory:
    """All tenants and app registrations."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    apps: dict[str, AppRegistration] = field(default_factory=dict)

    def add_tenant(self, tenant_id: str, name: str = "Bakkerij", domain: str = "bakkerij.example") -> Tenant:
        """A tenant without anybody in it."""
        self.tenants[tenant_id] = Tenant(tenant_id, name, domain)
        return self.tenants[tenant_id]

    def add_app(self, app_id: str, *secrets: str, **more: Any) -> AppRegistration:
        """An app that proves who it is with these secrets."""
        self.apps[app_id] = AppRegistration(app_id, secrets=list(secrets), **more)
        return self.apps[app_id]


def graph_time(at: datetime) -> str:
    """An instant as Graph writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
